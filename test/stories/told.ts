/**
 * What people hear of a story, as text: a line for each thing that was submitted, and what the webhook said to it.
 *
 * What is told before but for its numbers is counted there.
 */
import { getOrMake } from '../../src/cilium/get-or-make.ts';
import { formatRef, refOf } from '../../src/cilium/objects.ts';
import { CHECK_OF_FINDING, type FindingId } from '../../src/checks/facts/finding-facts.ts';
import type { Scene } from './stage.ts';

export function told(scenes: readonly Scene[]): string {
  const likes = new Map<string, { readonly text: string; times: number }>();
  for (const text of scenes.map(sceneText)) {
    getOrMake(likes, text.replace(/\d+/g, '0'), () => ({ text, times: 0 })).times += 1;
  }
  return [...likes.values()].map(({ text, times }) => `${text}${times > 1 ? likeIt(times - 1) : ''}`).join('');
}

function likeIt(more: number): string {
  return `    ... and ${more} more like it\n`;
}

function sceneText({ by, operation, object, answer }: Scene): string {
  const verdict = answer.allowed ? 'allowed' : 'denied';
  const said = answer.allowed ? answer.warnings.map((warning) => `Warning: ${warning}`) : answer.message.split('\n');
  const lines = [
    `${by.replace(/^.*:/, '')}: ${operation} ${formatRef(refOf(object))}: ${verdict}${recordedPart(answer.auditAnnotations)}`,
    ...said.map((line) => `    ${line}`),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** What the audit log has of it: `decision` where it is not the verdict, and the findings. */
function recordedPart({ decision, findings = '' }: Readonly<Record<string, string>>): string {
  const unknown = decision === 'unknown' ? ', not wholly judged' : '';
  const named = findings
    .split(',')
    .filter((id) => id !== '')
    .map((id) => `${CHECK_OF_FINDING[id as FindingId]}/${id}`);
  return named.length === 0 ? unknown : `${unknown} (${named.join(', ')})`;
}
