/**
 * Objects of manifests, judged one after the other: each on top of those that were admitted before it.
 *
 * Mirrors what a webhook would see: what is admitted is part of the cluster from then on, and what mode enforce denies is not.
 */
import { isCiliumPolicy, refOf, type ClusterObject } from '../cilium/objects.ts';
import { runToEnd } from '../cilium/run-to-end.ts';
import type { Submission } from '../checks/check.ts';
import type { CheckSettings } from '../checks/settings.ts';
import type { ClusterStore } from '../cluster/store.ts';
import type { ClusterView } from '../cluster/view.ts';
import { formatFieldError } from '../kubernetes/decode/decode-object.ts';
import type { KindEntry } from '../kubernetes/decode/kinds.ts';
import { fileSubmission } from '../kubernetes/submission.ts';
import { admit, type AdmitOptions } from '../review/admit.ts';
import { Admissions } from '../review/ledger/admissions.ts';
import type { CheckResult, Decision, ObjectDecision, Unknown } from '../review/results.ts';
import { scopeOf } from '../review/scope.ts';
import { formatOrigin, type FileEvent } from '../sources/file-event.ts';
import { servedSchemas, type RefusingSchema } from './served-schemas.ts';
import { Skipped } from './skipped.ts';

type ObjectEvent = Extract<FileEvent, { readonly type: 'object' }>;

interface Judging extends Pick<AdmitOptions, 'rules' | 'now'> {
  readonly customKinds?: readonly KindEntry[];
}

/** Judges objects one after the other on a store of its own. */
export class Checking {
  readonly problems: string[] = [];
  readonly skipped = new Skipped();
  readonly #store: ClusterStore;
  readonly #options: AdmitOptions;
  readonly #customKinds: readonly KindEntry[];
  /** Time stands still: pods of a workload that was admitted are waited for to the end. */
  readonly #ledger = new Admissions({ clock: () => 0, rates: 'none' });
  readonly #decisions: ObjectDecision[] = [];

  constructor(store: ClusterStore, settings: CheckSettings, { customKinds = [], ...judging }: Judging = {}) {
    this.#store = store;
    this.#customKinds = customKinds;
    this.#options = { settings, ...judging };
  }

  take(event: FileEvent): void {
    switch (event.type) {
      case 'object':
        this.#judge(event);
        break;
      case 'dns-cache':
        this.skipped.add({
          reason: 'DNS cache of an agent, which is nothing to judge',
          count: 1,
          origin: event.origin,
        });
        break;
      case 'note':
        this.skipped.remark(event);
        break;
      case 'skipped':
        this.skipped.add(event);
        break;
      case 'problem':
        this.problems.push(`${formatOrigin(event.origin)} ${event.reason}`);
        break;
    }
  }

  result(): CheckResult {
    const skipped = this.skipped.things();
    return {
      kind: 'CheckResult',
      modelRevision: this.#store.view().revision,
      decisions: this.#decisions,
      ...(skipped === undefined ? {} : { skipped }),
    };
  }

  #judge(event: ObjectEvent): void {
    const { object, raw, origin } = event;
    const schemas = isCiliumPolicy(object) ? servedSchemas(raw, this.#store.view()) : TAKEN;
    if (schemas.kind === 'refused') {
      this.problems.push(refusalText(event, schemas.by));
      return;
    }
    const submission = fileSubmission({ raw, before: this.#store.get(refOf(object)), customKinds: this.#customKinds });
    if (!submission.ok) {
      this.problems.push(`${formatOrigin(origin)} ${formatFieldError(submission.error)}`);
      return;
    }
    const decision = this.#decide(submission.value, schemas.exceptBy);
    this.#decisions.push(this.#told(event, submission.value, decision));
    const { change } = submission.value;
    if (decision.verdict === 'allow' && 'after' in change) this.#admit(change.after, decision);
  }

  #decide(submission: Submission, exceptBy: readonly RefusingSchema[]): Decision {
    const options = { ...this.#options, ledger: this.#ledger };
    const decision = runToEnd(admit(this.#store.view(), submission, options));
    return { ...decision, unknowns: [...decision.unknowns, ...exceptBy.map(unknownTo)] };
  }

  #told({ raw, origin: { file, line } }: ObjectEvent, submission: Submission, decision: Decision): ObjectDecision {
    const scope = scopeOf(submission, this.#options.settings);
    return {
      object: identityOf(raw),
      operation: submission.change.op === 'create' ? 'CREATE' : 'UPDATE',
      origin: { file, line },
      ...(scope.kind === 'exempt' ? { notJudged: scope.reason } : {}),
      decision,
    };
  }

  /** Part of the cluster from now on. */
  #admit(object: ClusterObject, { charge }: Decision): void {
    this.#ledger.charge(charge);
    this.#ledger.observe(this.#store.apply({ type: 'upsert', object: onceBound(object, this.#store.view()) }));
  }
}

const TAKEN = { kind: 'taken', exceptBy: [] } as const;

function refusalText({ origin, lineOf }: ObjectEvent, by: readonly [RefusingSchema, ...RefusingSchema[]]): string {
  const [{ fault }] = by;
  const place = formatOrigin({ ...origin, line: lineOf(fault.path) });
  const versions = by.map(({ crds }) => crds).join(' or ');
  return `${place} ${formatFieldError(fault)}: no API server with Cilium ${versions} takes it`;
}

/** Whether the API server serves these CRDs is not known. */
function unknownTo({ crds, fault: { path, reason } }: RefusingSchema): Unknown {
  const refusal = { reason: `an API server that serves the CRDs of Cilium ${crds} refuses it: ${reason}` };
  return path === '' ? refusal : { ...refusal, path };
}

/** Pods of files wait for no scheduler: the model gets them as they are on a node. */
function onceBound(object: ClusterObject, view: ClusterView): ClusterObject {
  return object.kind === 'Pod' && object.nodeName === '' ? view.boundShape(object, object.namespace) : object;
}

/** The decoder has read these fields before. */
function identityOf(raw: unknown): ObjectDecision['object'] {
  const { apiVersion, kind, metadata } = raw as {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly namespace?: string; readonly name: string };
  };
  const { namespace, name } = metadata;
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
}
