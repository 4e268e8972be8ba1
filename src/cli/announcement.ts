/**
 * What `serve` prints once it serves: what, where, and what to try.
 */
import { existsSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CheckSettings } from '../checks/settings.ts';

/** A review that mode enforce denies; there in a checkout, not in every package. */
const REVIEW = fileURLToPath(new URL('../../examples/reviews/02-label-churn.json', import.meta.url));

export interface Announced {
  /** `Cilium 1.19.7, cluster "default", 213 objects` */
  readonly model: string;
  /** Of each check the strictest that anybody has. */
  readonly modes: CheckSettings['modes'];
  readonly webhook: AddressInfo;
  readonly operations: AddressInfo;
  /** Says what to try as well; a client has to trust this CA. */
  readonly tryWith?: ToTry;
}

interface ToTry {
  readonly caFile: string;
  /** Whether a configuration may say otherwise of single tenants. */
  readonly configured: boolean;
}

/** The first two lines are for programs. */
export function announcement(announced: Announced): readonly string[] {
  const { model, webhook, operations, tryWith } = announced;
  const webhookUrl = urlOf('https', webhook, '/validate');
  const operationsUrl = urlOf('http', operations, '');
  const modes = [...new Set(Object.values(announced.modes))];
  const lines = [`webhook ${webhookUrl}`, `operations ${operationsUrl}`, `model ${model}, modes: ${modes.join(', ')}`];
  if (tryWith === undefined) return lines;
  return [...lines, '', ...suggestions({ ...tryWith, webhookUrl, operationsUrl }), ...answerLines(announced, tryWith)];
}

interface Tried {
  readonly caFile: string;
  readonly webhookUrl: string;
  readonly operationsUrl: string;
}

function suggestions({ caFile, webhookUrl, operationsUrl }: Tried): readonly string[] {
  const post = `curl --cacert ${caFile} -H 'Content-Type: application/json' -d @${relative(process.cwd(), REVIEW)} '${webhookUrl}?timeout=3s'`;
  return [
    'Try, in another terminal:',
    ...(existsSync(REVIEW) ? [`  ${post}`] : []),
    `  curl '${operationsUrl}/readyz?verbose'`,
    `  curl '${operationsUrl}/metrics'`,
  ];
}

/** What the review is answered with: its finding is one of identity-churn, whatever the other checks do. */
function answerLines({ modes }: Announced, { configured }: ToTry): readonly string[] {
  const unless = configured ? ', unless the configuration exempts namespace ci or has another mode for it' : '';
  if (modes['identity-churn'] === 'enforce') return [`The review is denied${unless}. Ctrl-C stops.`];
  return [
    'The review is admitted: the answer names the findings, and their text is logged here. Ctrl-C stops.',
    'To see a denial: npm start -- --mode enforce',
  ];
}

function urlOf(scheme: string, { address, family, port }: AddressInfo, path: string): string {
  const host = family === 'IPv6' ? `[${address}]` : address;
  return `${scheme}://${host}:${port}${path}`;
}
