/**
 * Steady load through the API server: dry runs of pods in a namespace of their own, every other one to be denied.
 *
 * What became of each is read from two sides: the answer, and the audit log of the API server, which names who decided. An API
 * server that gets no answer from a hook admits (failurePolicy Ignore), so that an answer alone would hide what we failed.
 * Invariant: every request is exactly one of those that are counted in a tally.
 */
import type { Api, ApiAnswer } from '../cluster/api.ts';
import { pod } from '../objects.ts';
import { OF_CILIUM } from '../steps/registration.ts';

export const LOAD_NAMESPACE = 'load';
const PODS = `/api/v1/namespaces/${LOAD_NAMESPACE}/pods?dryRun=All`;
const EVERY_MS = 50;

export interface Tally {
  readonly requests: number;
  /** The API server did not answer: it was not there. */
  readonly unanswered: number;
  /** It asked, and nobody answered. */
  readonly failed: readonly string[];
  /** Denied what is right, or decided "allow" without a finding for what is wrong. */
  readonly wrong: readonly string[];
  /** Found to be wrong, or not known, and let through. */
  readonly recorded: number;
}

interface Sent {
  readonly name: string;
  readonly isRight: boolean;
  readonly answer: Promise<ApiAnswer | undefined>;
}

export class Load {
  readonly #sent: Sent[] = [];
  readonly #timer: NodeJS.Timeout;

  /** `api`: whichever serves now. */
  constructor(prefix: string, api: () => Api) {
    this.#timer = setInterval(() => {
      const isRight = this.#sent.length % 2 === 0;
      const name = `${prefix}-${this.#sent.length}`;
      const made = pod(name, isRight ? { app: 'web' } : OF_CILIUM);
      const sent = { ...made, metadata: { ...(made['metadata'] as object), namespace: LOAD_NAMESPACE } };
      const answer = api()
        .post(PODS, sent)
        .catch(() => undefined);
      this.#sent.push({ name, isRight, answer });
    }, EVERY_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** `audit`: the text of the audit log, read once all is answered. */
  async end(audit: () => string): Promise<Tally> {
    this.stop();
    const answers = await Promise.all(this.#sent.map(({ answer }) => answer));
    const decisions = decisionsIn(audit());
    const tally = { requests: this.#sent.length, unanswered: 0, recorded: 0 };
    const [failed, wrong]: [string[], string[]] = [[], []];
    for (const [index, { name, isRight }] of this.#sent.entries()) {
      const answer = answers[index];
      const decision = decisions.get(name);
      const isDenied = answer?.status === 403;
      if (answer === undefined || (answer.status !== 201 && !isDenied)) tally.unanswered += 1;
      else if (isDenied) {
        if (isRight || !answer.message.includes('cilium-bulkhead.io" denied')) wrong.push(`${name}: ${answer.message}`);
      } else if (decision === undefined) failed.push(name);
      else if (decision.verdict === 'unknown' || decision.hasFindings) tally.recorded += 1;
      else if (!isRight) wrong.push(`${name}: ${decision.verdict}`);
    }
    return { ...tally, failed, wrong };
  }
}

interface Decided {
  readonly verdict: string;
  readonly hasFindings: boolean;
}

interface AuditEvent {
  readonly objectRef?: { readonly name?: string };
  readonly annotations?: Readonly<Record<string, string>>;
}

const ANNOTATION = 'pods.cilium-bulkhead.io/';

/** By the name of the pod; where no hook of ours decided there is none. */
function decisionsIn(audit: string): ReadonlyMap<string, Decided> {
  const decided = new Map<string, Decided>();
  for (const line of audit.split('\n')) {
    if (!line.includes(ANNOTATION)) continue;
    const { objectRef, annotations = {} } = JSON.parse(line) as AuditEvent;
    const verdict = annotations[`${ANNOTATION}decision`];
    if (verdict === undefined || objectRef?.name === undefined) continue;
    decided.set(objectRef.name, { verdict, hasFindings: `${ANNOTATION}findings` in annotations });
  }
  return decided;
}
