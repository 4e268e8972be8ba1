/**
 * The label-prefix-file: it takes the place of the built-in rules, its prefixes are no expressions, and its sources are
 * compared literally.
 */
import type { FilterRule } from '../../cilium/identity/filter-rule.ts';
import { isLabelKey } from './expression.ts';
import { lengthOf, type LabelStudy } from './label-study.ts';
import type { Trap } from './trap.ts';

type FileOrigin = Extract<FilterRule['origin'], { kind: 'file' }>;

/** Of pods; `reserved` is a source too. */
const SOURCES_OF_USE: readonly string[] = ['k8s', 'reserved'];

export function* fileTraps(study: LabelStudy): Iterable<Trap> {
  for (const rule of study.base) {
    if (rule.origin.kind === 'file') yield* fileTrap(study, rule, rule.origin);
  }
}

function* fileTrap(study: LabelStudy, rule: FilterRule, { prefix, position }: FileOrigin): Iterable<Trap> {
  const base = { where: 'file', entry: { text: prefix, position }, labels: [] } as const;
  if (!SOURCES_OF_USE.includes(rule.source)) {
    yield { ...base, id: 'filter-source', reason: rule.source === 'any' ? 'any' : 'other' };
  } else if (
    rule.source === 'k8s' &&
    !isLabelKey(prefix) &&
    study.labels.every((label) => lengthOf(rule, label) === 0)
  ) {
    yield { ...base, id: 'filter-file-literal', reason: 'expression' };
  }
}

/** What controllers give to pods and the built-in rules keep out, and the file does not. `defaults`: those of this version. */
export function readmittedByFile(study: LabelStudy, isKeptByDefault: (key: string) => boolean): Trap | undefined {
  if (!study.isFromFile) return undefined;
  const labels = study.labels.filter(
    (label) => study.isKnown(label) && study.filter.keeps(label) && !isKeptByDefault(label.key),
  );
  return labels.length === 0 ? undefined : { id: 'filter-readmitted', reason: 'file', where: 'file', labels };
}
