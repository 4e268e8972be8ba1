/**
 * The servers that are compared, each in a process of its own, all of them up for the whole run.
 */
import { Child } from '../children/child.ts';
import type { Address } from './connection.ts';

export interface Server {
  readonly name: ServerName;
  readonly child: Child;
  readonly address: Address;
  /** What the answer to the review with this uid holds. */
  readonly answerTo: (uid: string) => readonly string[];
}

/** `express again` is the same program in another process: what differs between the two is noise. */
export const SERVER_NAMES = ['webhook', 'express', 'express again', 'bare https'] as const;
export type ServerName = (typeof SERVER_NAMES)[number];

const ALLOWED = '"allowed":true';

const PROGRAMS: Readonly<Record<ServerName, { readonly program: string; readonly answerTo: Server['answerTo'] }>> = {
  // An answer given in overload, or after the deadline, says `unknown`.
  webhook: { program: 'webhook.ts', answerTo: (uid) => [`"uid":"${uid}"`, ALLOWED, '"decision":"allow"'] },
  express: { program: 'express-no-op.ts', answerTo: () => ['"uid":"constant"', ALLOWED] },
  'express again': { program: 'express-no-op.ts', answerTo: () => ['"uid":"constant"', ALLOWED] },
  'bare https': { program: 'bare-https.ts', answerTo: (uid) => [`"uid":"${uid}"`, ALLOWED] },
};

export interface ServerFiles {
  readonly certificates: string;
  readonly ca: string;
  readonly workload: string;
}

export async function startServers({ certificates, ca, workload }: ServerFiles): Promise<readonly Server[]> {
  return Promise.all(
    SERVER_NAMES.map(async (name) => {
      const { program, answerTo } = PROGRAMS[name];
      const child = new Child({ program, args: [certificates, workload] });
      const { port } = await child.next('listening');
      return { name, child, address: { port, ca }, answerTo };
    }),
  );
}
