/**
 * Findings about the label filter -> sentences.
 */
import type { FindingOfCheck } from '../../checks/check.ts';
import { count, quotedList } from '../../checks/facts/wording.ts';
import type { FilterFindingId, FilterReasons } from '../../checks/facts/findings/label-filter.ts';

type FilterFinding = FindingOfCheck<'label-filter'>;
type Reason = FilterReasons[FilterFindingId];

/** `labels entry 2 "app,team" matches no label: ...` */
export function labelFilterMessage(finding: FilterFinding): string {
  return `${subjectOf(finding)} ${effectOf(finding)}${lostPart(finding)}`;
}

function subjectOf({ facts, field }: FilterFinding): string {
  const place = field === 'data.labels' ? '`labels`' : 'the label-prefix-file';
  if (facts.entry === undefined || facts.position === undefined) return place;
  return `entry ${facts.position + 1} of ${place}, "${facts.entry}",`;
}

function effectOf(finding: FilterFinding): string {
  const { facts, details } = finding;
  const { reason, rule = 'no rule' } = facts;
  const labels = quotedList(facts.labels, details.labels);
  switch (finding.id) {
    case 'filter-refused':
      return `cannot be read: the next agent that restarts will refuse to start (${details.error ?? reason})`;
    case 'filter-comma':
      return 'matches no label: entries are separated by white space, and a comma is part of the expression';
    case 'filter-source':
      return `matches no label of a pod: ${SOURCES[reason] ?? 'their source is "k8s", and what stands before a colon is compared with it literally'}`;
    case 'filter-no-such-key':
      return `matches no label: ${CHARACTERS[reason] ?? 'no label key has such a character'}`;
    case 'filter-not-at-start':
      return reason === 'namespace-label'
        ? `does not match the label of the namespace, whose key in an identity is ${labels}`
        : `matches no label that is there: a match starts where the key does, and ${labels} ${has(details.labels)} it further on`;
    case 'filter-empty-match':
      return details.labels > 0
        ? `takes back the excludes before it, as its match may be empty: ${labels} ${is(details.labels)} part of identities in spite of ${rule}`
        : 'decides nothing: its match is empty, and an empty match counts for nothing';
    case 'filter-glob':
      return `is no pattern for file names: "*" repeats the character before it${also(labels, details.labels)}`;
    case 'filter-unescaped-dot':
      return `has a dot that matches any character${also(labels, details.labels)}`;
    case 'filter-prefix':
      return `matches every key that starts so, and decides ${labels} too; "$" at its end would stop that`;
    case 'filter-alternatives':
      return `has alternatives, of which the first that matches counts: ${labels} would come out otherwise if each were an entry`;
    case 'filter-outweighed':
      return `decides nothing: ${rule} ${reason === 'tie' ? 'is as long, and of two of one length the exclude counts' : 'outweighs it'} (${labels})`;
    case 'filter-shortest-exclude':
      return `does not drop ${labels}: of the excludes that match only the shortest counts, ${rule}, which an include outweighs`;
    case 'filter-dead-entry':
      return `decides nothing: ${reason === 'repeated' ? 'it is there twice' : `without it ${rule} decides the same`} (${labels})`;
    case 'filter-include-mode':
      return 'includes, and so every label needs an include: it adds nothing to what is kept by default, it replaces that';
    case 'filter-readmitted':
      return reason === 'file'
        ? `takes the place of the built-in rules: ${labels} ${is(details.labels)} part of identities`
        : `makes ${labels} part of identities, which ${rule} leaves out by default`;
    case 'filter-lost-label':
      return `takes ${labels} out of every identity: ${CONSEQUENCES[reason] ?? ''}`;
    case 'filter-lost-selector':
      return `takes ${labels} out of every identity, by which ${count(details.policies, 'policy rule')} ${details.policies === 1 ? 'selects' : 'select'}: nothing is selected by it`;
    case 'filter-file-literal':
      return 'matches no label: prefixes of the file are compared as they are written, and are no expressions';
  }
}

const SOURCES: Partial<Record<Reason, string>> = {
  any: '"any" is compared literally here, and the source of their labels is "k8s"',
  exclamation: 'an "!" before the source is part of it, so that this is an include; an exclude is "k8s:!..."',
};

const CHARACTERS: Partial<Record<Reason, string>> = {
  value: 'values have no part in it, and no key has "="',
  quotes: 'quotes are part of the expression, and no key has them',
  exclamation: 'one "!" makes an exclude, and the second is part of the expression',
  minus: 'nothing is excluded by "-", and no key starts with it',
};

const CONSEQUENCES: Partial<Record<Reason, string>> = {
  namespace: 'pods of different namespaces share an identity, and no policy can tell them apart',
  cluster: 'selectors that name a cluster select no pod, nor does the entity "cluster" before 1.20',
  'cluster-of-every-peer': 'every peer selector asks for it (policy-default-local-cluster), and selects no pod',
  'service-account': 'no policy can select by service account',
  'namespace-labels': 'no namespaceSelector but the one for all selects a pod',
};

function also(labels: string, total: number): string {
  return total === 0 ? '' : `; so it decides ${labels} too`;
}

function has(labels: number): string {
  return labels === 1 ? 'has' : 'have';
}

function is(labels: number): string {
  return labels === 1 ? 'is' : 'are';
}

/** An include that does not do what it says does that much. */
function lostPart({ facts: { lost = [] }, details }: FilterFinding): string {
  if (lost.length === 0) return '';
  return `; as an include it takes ${quotedList(lost, details.lost)} out of identities`;
}
