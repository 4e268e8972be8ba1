/**
 * The same policy in a form that needs fewer entries, and the two numbers: counted in the cluster as it is, and as it would be.
 *
 * Of the maps of endpoints that the policy selects the one that gains most counts. What saves less than one percent of a map is
 * not worth a word.
 * Cost: O(identities that the policy selects) and a count of no more than MOST_CLASSES maps, once for each subject; a what-if, and
 * these counts again, only where one of these maps has so many entries that there may be something to save.
 */
import { compareBytes } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { NO_PORTS } from '../../cilium/named-ports.ts';
import { refOf, type CiliumCIDRGroup, type PolicyObject } from '../../cilium/objects.ts';
import type { FieldPath } from '../../cilium/field-path.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { ClusterView } from '../../cluster/view.ts';
import { PAUSE, type Fix, type Pause } from '../check.ts';
import { entriesCertainty } from '../facts/entries-certainty.ts';
import { examplePod, hasEndpoint } from '../facts/class-members.ts';
import { entriesOf } from '../facts/entries.ts';
import type { CostId, CostReasons } from '../facts/findings/policy-pitfalls.ts';
import { pausing } from '../facts/pausing.ts';
import type { Cost } from './pitfall-finding.ts';

export interface Rewritten {
  readonly policy: PolicyObject;
  /** Groups that it needs. */
  readonly groups?: readonly CiliumCIDRGroup[];
}

export interface CheaperForm {
  readonly id: CostId;
  readonly reason: CostReasons[CostId];
  readonly field: FieldPath;
  /** The rules that are otherwise in it. */
  readonly rules: readonly Rule[];
  /** Made only where it may be worth it. */
  readonly make: () => Rewritten;
  readonly prefixes?: number;
  readonly fix: Fix;
}

const MOST_CLASSES = 8;
const IDENTITIES_PER_PAUSE = 200;
/** Of the limit. */
const WORTH = 0.01;

/** Of one class. */
interface Selected {
  /** Those of it that the rule selects; at least one. */
  readonly identities: NumericIdentity[];
  readonly policyClass: PolicyClass;
  readonly entries: number;
}

/** Of one policy. */
export class Costs {
  readonly #written: PolicyObject;
  readonly #view: ClusterView;
  readonly #least: number;
  readonly #classes = new Map<string, readonly Selected[]>();

  constructor(written: PolicyObject, view: ClusterView) {
    this.#written = written;
    this.#view = view;
    this.#least = view.settings.config.policyMapMax * WORTH;
  }

  /** Whether a map of what the rules select has so many entries that some may be worth saving. */
  *mayBeWorth({ rules }: CheaperForm): Generator<Pause, boolean> {
    return (yield* this.#selected(rules)).length > 0;
  }

  /** undefined: it saves next to nothing. */
  *of(form: CheaperForm): Generator<Pause, Cost | undefined> {
    const other = yield* otherwise(form, this.#written, this.#view);
    const most = yield* mostSaved(yield* this.#selected(form.rules), { view: this.#view, other });
    if (most === undefined || most.entries - most.entriesOtherwise < this.#least) return undefined;
    return yield* costWith(most, form, { written: this.#written, view: this.#view });
  }

  *#selected(rules: readonly Rule[]): Generator<Pause, readonly Selected[]> {
    const selected: Selected[] = [];
    for (const [key, rule] of new Map(rules.map((one) => [`${one.subjectKind} ${one.subject.key}`, one]))) {
      const known = this.#classes.get(key) ?? (yield* selectedClasses(rule, this.#view));
      this.#classes.set(key, known);
      selected.push(...known.filter(({ entries }) => entries >= this.#least));
    }
    return selected;
  }
}

interface Saving extends Selected {
  readonly entriesOtherwise: number;
}

function* mostSaved(
  selected: readonly Selected[],
  { view, other }: { readonly view: ClusterView; readonly other: ClusterView },
): Generator<Pause, Saving | undefined> {
  let most: Saving | undefined;
  for (const one of selected) {
    const [identity] = one.identities;
    if (identity === undefined) continue;
    const otherClass = other.classOf(view.labelsOf(identity) ?? [], identity, one.policyClass.ownPorts);
    if (otherClass.uncounted !== undefined || otherClass.conflict !== undefined) continue;
    const entriesOtherwise = yield* entriesOf(otherClass, other);
    const saving = { ...one, entriesOtherwise };
    if (most === undefined || (yield* isMore(saving, most, view))) most = saving;
  }
  return most;
}

/** Of two that save as much the larger map, then that of the first pod by name: numbers of identities tell who came first. */
function* isMore(a: Saving, b: Saving, view: ClusterView): Generator<Pause, boolean> {
  const saved = a.entries - a.entriesOtherwise - (b.entries - b.entriesOtherwise);
  if (saved !== 0) return saved > 0;
  if (a.entries !== b.entries) return a.entries > b.entries;
  return compareBytes((yield* examplePod(a, view)) ?? '', (yield* examplePod(b, view)) ?? '') < 0;
}

function* costWith(
  { identities, policyClass, entries, entriesOtherwise }: Saving,
  { id, reason, field, fix, prefixes }: CheaperForm,
  { written, view }: { readonly written: PolicyObject; readonly view: ClusterView },
): Generator<Pause, Cost> {
  const pod = yield* examplePod({ policyClass, identities }, view);
  const certainty = entriesCertainty(view, policyClass);
  const isOwn = refOf(written).namespace !== undefined;
  const shown = isOwn ? { pod } : {};
  return { id, reason, object: refOf(written), field, entries, entriesOtherwise, certainty, ...shown, prefixes, fix };
}

/** Of the endpoints that the rule selects, by class. */
function* selectedClasses(rule: Rule, view: ClusterView): Generator<Pause, readonly Selected[]> {
  const classes = new Map<string, Selected>();
  let seen = 0;
  for (const identity of view.subjects(rule)) {
    if (++seen % IDENTITIES_PER_PAUSE === 0) yield PAUSE;
    if (classes.size === MOST_CLASSES) break;
    const policyClass = classOf(identity, view);
    if (policyClass === undefined) continue;
    const known = classes.get(policyClass.key);
    known?.identities.push(identity);
    if (known !== undefined || policyClass.uncounted !== undefined || policyClass.conflict !== undefined) continue;
    classes.set(policyClass.key, { identities: [identity], policyClass, entries: yield* entriesOf(policyClass, view) });
  }
  return [...classes.values()];
}

/** undefined: no endpoint has it, and so nothing has a map. */
function classOf(identity: NumericIdentity, view: ClusterView): PolicyClass | undefined {
  const labels = view.labelsOf(identity);
  if (labels === undefined || !hasEndpoint([identity], view)) return undefined;
  const [first] = view.portSetsOf(identity);
  return view.classOf(labels, identity, first?.ports ?? NO_PORTS);
}

function* otherwise({ make }: CheaperForm, written: PolicyObject, view: ClusterView): Generator<Pause, ClusterView> {
  const { policy, groups = [] } = make();
  let other = view;
  for (const after of groups) other = yield* pausing(other.afterSteps({ op: 'create', after }));
  return yield* pausing(other.afterSteps({ op: 'update', before: written, after: policy }));
}
