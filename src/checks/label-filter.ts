/**
 * label-filter: a `labels` value, or a label-prefix-file, that Cilium refuses or that does something else than its author
 * meant. It is the platform's configuration: nobody's submission is judged by it.
 *
 * Every statement is one about decisions of the filter itself (src/cilium/identity/label-filter.ts), over the labels of the
 * model and those that every cluster may have; a corrected value was tried out the same way.
 * Cost: O(entries x labels) decisions, both bounded, with pauses.
 */
import { fields } from '../cilium/go-text.ts';
import { parseLabelFilter, type LabelFilter } from '../cilium/identity/label-filter.ts';
import type { ObjectRef } from '../cilium/objects.ts';
import type { ClusterView } from '../cluster/view.ts';
import { PAUSE, type Answer } from './check.ts';
import type { Check, StateContext } from './context.ts';
import { knownKeys } from './facts/known-keys.ts';
import { count } from './facts/wording.ts';
import { FIELD_OF_LABELS, findingOf } from './label-filter/filter-finding.ts';
import { podLabel } from './facts/pod-label.ts';
import { LabelStudy } from './label-filter/label-study.ts';
import { refusedTraps } from './label-filter/refused.ts';
import { selectedKeys } from './label-filter/selected-keys.ts';
import { trapsOf } from './label-filter/traps.ts';

export const labelFilter: Check = { id: 'label-filter', kinds: [], onState };

const MOST_ENTRIES = 100;
const MOST_KEYS = 2000;
/** Each carries the whole value. */
const MOST_REFUSED = 20;

function* onState({ view }: StateContext): Iterable<Answer> {
  const { filter, config } = view.settings;
  if (config.labels === undefined && config.labelPrefixFile === undefined) return;
  const object: ObjectRef = { kind: 'ConfigMap', namespace: config.ciliumNamespace, name: 'cilium-config' };
  const entries = fields(config.labels ?? '');
  if (filter.kind === 'unknown') return;
  if (filter.kind === 'invalid') {
    const traps = refusedTraps(entries, filter.error).slice(0, MOST_REFUSED);
    for (const trap of traps) yield findingOf(trap, object, view.settings);
  } else if (entries.length > MOST_ENTRIES) {
    const reason = `no more than ${MOST_ENTRIES} entries of \`labels\` are looked at, and there are ${entries.length}`;
    yield { kind: 'unjudged', reason, object, path: FIELD_OF_LABELS, unfinished: 'size' };
  } else {
    yield* trapsIn(filter.filter, entries, object, view);
  }
}

function* trapsIn(
  filter: LabelFilter,
  entries: readonly string[],
  object: ObjectRef,
  view: ClusterView,
): Iterable<Answer> {
  const keys = yield* knownKeys(view);
  const left = keys.present.length - MOST_KEYS;
  if (left > 0) {
    const reason = `the label filter is looked at with ${MOST_KEYS} label keys, and ${count(left, 'other')} are left out`;
    yield { kind: 'unjudged', reason, object, unfinished: 'size' };
  }
  const study = new LabelStudy(filter, entries, { ...keys, present: keys.present.slice(0, MOST_KEYS) });
  const { profile, config } = view.settings;
  const defaults = parseLabelFilter({ profile });
  const around = {
    selected: yield* selectedKeys(view),
    peersNameCluster: config.policyDefaultLocalCluster,
    isKeptByDefault: (key: string) => defaults.ok && defaults.value.keeps(podLabel(key)),
  };
  for (const trap of trapsOf(study, around)) yield trap === PAUSE ? PAUSE : findingOf(trap, object, view.settings);
}
