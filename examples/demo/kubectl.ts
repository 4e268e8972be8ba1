/**
 * An answer, as `kubectl` shows it to the person whose request it was.
 */
import type { Answer, Review } from './admission.ts';

export interface Shown {
  readonly fileName: string;
  /** The hook that asked, by its name in deploy/. */
  readonly hook: string;
  readonly review: Review;
  readonly answer: Answer;
}

export function kubectlOutput({ fileName, hook, review, answer }: Shown): readonly string[] {
  const warnings = answer.warnings.map((warning) => `Warning: ${warning}`);
  if (answer.allowed) return [...warnings, `${resourceName(review)} ${VERBS.get(review.operation) ?? 'unchanged'}`];
  const doing = review.operation === 'CREATE' ? `error when creating "${fileName}": ` : '';
  const denial = `admission webhook "${hook}" denied the request: ${answer.message}`;
  return [...warnings, `Error from server${reasonOf(answer)}: ${doing}${denial}`];
}

const VERBS = new Map([
  ['CREATE', 'created'],
  ['UPDATE', 'configured'],
  ['DELETE', 'deleted'],
]);

/** `pod/web-0`, `ciliumnetworkpolicy.cilium.io/allow-dns` */
function resourceName(review: Review): string {
  const group = review.group === '' ? '' : `.${review.group}`;
  return `${review.singular}${group}/${review.name}`;
}

function reasonOf(answer: Answer): string {
  return answer.reason === '' ? '' : ` (${answer.reason})`;
}
