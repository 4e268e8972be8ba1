/**
 * The labels that pods of a relabelled namespace have before and after, by key and value: which pods a selector could be about.
 *
 * Invariant: whoever a selector takes, before or after, is among its candidates.
 * Cost: one entry for each label of each key of the namespace, made with pauses.
 */
import { labelOf } from '../../cilium/identity/label.ts';
import { getOrMake } from '../../cilium/get-or-make.ts';
import { Pace } from '../../cilium/pace.ts';
import type { EndpointSelector, Requirement } from '../../cilium/policy/selector.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { KeyChange } from '../facts/relabelled-pods.ts';

const LABELS_PER_PAUSE = 2_000;

export class MovedLabels {
  readonly #changes: readonly KeyChange[];
  readonly #differing: ReadonlySet<string>;
  /** By key, then by value. */
  readonly #having: ReadonlyMap<string, ReadonlyMap<string, readonly KeyChange[]>>;

  private constructor(
    changes: readonly KeyChange[],
    differing: ReadonlySet<string>,
    having: ReadonlyMap<string, ReadonlyMap<string, readonly KeyChange[]>>,
  ) {
    this.#changes = changes;
    this.#differing = differing;
    this.#having = having;
  }

  static *of(changes: readonly KeyChange[]): Generator<Pause, MovedLabels> {
    const pace = new Pace(LABELS_PER_PAUSE);
    const differing = new Set<string>();
    const having = new Map<string, Map<string, KeyChange[]>>();
    for (const change of changes) {
      const { labelsBefore, labels } = change;
      if (pace.isPauseDue(labelsBefore.length + labels.length)) yield PAUSE;
      for (const { key, value } of labels) add(having, { key, value, change });
      for (const { key, value } of labelsBefore) {
        if (labelOf(labels, key)?.value !== value) add(having, { key, value, change });
      }
      for (const { key } of [...labelsBefore, ...labels]) {
        if (labelOf(labelsBefore, key)?.value !== labelOf(labels, key)?.value) differing.add(key);
      }
    }
    return new MovedLabels(changes, differing, having);
  }

  /** Whether it asks for a label in which pods differ from what they were; no other selector can answer otherwise. */
  isAsked({ requirements }: EndpointSelector): boolean {
    return requirements.some(({ key }) => this.#differing.has(key));
  }

  candidates({ requirements }: EndpointSelector): readonly KeyChange[] {
    let fewest = this.#changes;
    for (const requirement of requirements) {
      const having = isOfLabel(requirement) ? this.#havingOneOf(requirement) : fewest;
      if (having.length < fewest.length) fewest = having;
    }
    return fewest;
  }

  #havingOneOf({ key, values }: Requirement): readonly KeyChange[] {
    const having = this.#having.get(key);
    if (having === undefined) return [];
    const [value] = values;
    if (values.length === 1 && value !== undefined) return having.get(value) ?? [];
    return [...new Set(values.flatMap((one) => having.get(one) ?? []))];
  }
}

function isOfLabel({ operator, source, encoded }: Requirement): boolean {
  return operator === 'In' && source !== 'cidr' && encoded !== true;
}

interface Having {
  readonly key: string;
  readonly value: string;
  readonly change: KeyChange;
}

function add(having: Map<string, Map<string, KeyChange[]>>, { key, value, change }: Having): void {
  const byValue = getOrMake(having, key, () => new Map<string, KeyChange[]>());
  getOrMake(byValue, value, (): KeyChange[] => []).push(change);
}
