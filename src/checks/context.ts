/**
 * What a check is: a pure question about a change, or about the state, that yields findings. And what it is given: the
 * cluster before and after a change, and facts that several checks share.
 *
 * Everything but the submission is made when it is first asked for and kept for that run: most decisions (a pod with a
 * known identity) need no what-if view at all. No two checks do the same work and none imports another.
 */
import type { ClusterView } from '../cluster/view.ts';
import type { Kind } from '../cilium/objects.ts';
import { writesPolicy, type Change } from '../cluster/change.ts';
import type { Tenant } from '../cluster/tenant.ts';
import type { Answer, Pause, Submission } from './check.ts';
import type { CheckId } from './facts/finding-facts.ts';
import { holdsExactly } from './facts/stored-object.ts';
import { pausing } from './facts/pausing.ts';
import { EMPTY_LEDGER, type Ledger } from './facts/ledger.ts';
import type { CheckSettings } from './settings.ts';

export interface Check {
  readonly id: CheckId;
  readonly kinds: readonly Kind[];
  readonly onChange?: (context: ChangeContext) => Iterable<Answer>;
  /**
   * Whether `onChange` has nothing to say about a change of pods: no answer but pauses. Asked first, so that the many pods about which
   * nobody has anything to say cost little more than a look at each.
   */
  readonly isSilent?: (context: ChangeContext) => boolean;
  /** For an audit: no before, no rates. */
  readonly onState?: (context: StateContext) => Iterable<Answer>;
}

export interface ChangeContext {
  readonly submission: Submission;
  readonly settings: CheckSettings;
  /** What was admitted and is not part of the model yet. */
  readonly ledger: Ledger;
  /** The cluster as the model has it. */
  readonly current: ClusterView;
  /** The cluster before the change: for an update the submitted object is there in its old form, as it was sent. */
  readonly before: ClusterView;
  /** The cluster as it would be, with the old identities of a rollout or relabel still there. */
  readonly after: ClusterView;
  /** `after`, once the unused identities are collected. */
  readonly settled: ClusterView;
  /** The answer of this function for this context, computed once. */
  readonly fact: <Value>(compute: (context: ChangeContext) => Value) => Value;
}

export interface StateContext {
  readonly view: ClusterView;
  /** In milliseconds since 1970; absent where no clock goes with the view: then nothing has an age. */
  readonly now?: number;
  /** Those of everybody. */
  readonly settings: CheckSettings;
  readonly settingsOf: (tenant: Tenant) => CheckSettings;
}

/** A context that may be asked for whatever takes no what-if view. */
export interface StartedContext extends ChangeContext {
  /**
   * Before anything else is asked. For a policy the views are made then, with pauses: nearly every check asks for them, and it may
   * list tens of thousands of prefixes.
   */
  readonly prepare: () => Generator<Pause, void>;
}

export function startedContext(
  current: ClusterView,
  submission: Submission,
  settings: CheckSettings,
  ledger: Ledger = EMPTY_LEDGER,
): StartedContext {
  return new LazyContext(current, submission, settings, ledger);
}

export function* changeContextSteps(
  current: ClusterView,
  submission: Submission,
  settings: CheckSettings,
  ledger?: Ledger,
): Generator<Pause, ChangeContext> {
  const context = startedContext(current, submission, settings, ledger);
  yield* context.prepare();
  return context;
}

/** To make the views of: a policy may name tens of thousands of prefixes, a namespace have thousands of pods. */
function takesLong(change: Change): boolean {
  return writesPolicy(change) || (change.op === 'update' && change.after.kind === 'Namespace');
}

class LazyContext implements StartedContext {
  readonly submission: Submission;
  readonly settings: CheckSettings;
  readonly ledger: Ledger;
  readonly current: ClusterView;
  readonly #facts = new Map<unknown, unknown>();

  constructor(current: ClusterView, submission: Submission, settings: CheckSettings, ledger: Ledger) {
    this.current = current;
    this.submission = submission;
    this.settings = settings;
    this.ledger = ledger;
  }

  get before(): ClusterView {
    return this.fact(viewBefore);
  }

  get after(): ClusterView {
    return this.fact(viewAfter);
  }

  get settled(): ClusterView {
    return this.fact(viewSettled);
  }

  *prepare(): Generator<Pause, void> {
    if (!takesLong(this.submission.change)) return;
    const former = formerOf(this);
    const before = former === undefined ? this.current : yield* pausing(this.current.afterSteps(former));
    this.#facts.set(viewBefore, before);
    this.#facts.set(viewAfter, yield* pausing(before.afterSteps(this.submission.change)));
  }

  fact<Value>(compute: (context: ChangeContext) => Value): Value {
    const known = this.#facts.get(compute);
    if (known !== undefined || this.#facts.has(compute)) return known as Value;
    const value = compute(this);
    this.#facts.set(compute, value);
    return value;
  }
}

function viewBefore(context: ChangeContext): ClusterView {
  const former = formerOf(context);
  return former === undefined ? context.current : context.current.after(former);
}

/** The watch may lag behind the API server: what was sent as the old object is what the change is measured against. */
function formerOf({ current, submission: { change } }: ChangeContext): Change | undefined {
  if (change.op !== 'update' || holdsExactly(current, change.before)) return undefined;
  const { before } = change;
  return { op: 'update', before, after: before };
}

function viewAfter({ before, submission: { change } }: ChangeContext): ClusterView {
  return before.after(change);
}

function viewSettled({ after }: ChangeContext): ClusterView {
  return after.settled();
}
