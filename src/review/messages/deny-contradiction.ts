/**
 * Findings of deny-contradiction -> sentences.
 */
import type { FindingOf, FindingOfCheck } from '../../checks/check.ts';
import { count, listed, quotedList, roundedToOneDigit } from '../../checks/facts/wording.ts';
import { describeRef } from '../../cilium/objects.ts';
import { causeText } from './cause-text.ts';
import { peerText } from './peer-text.ts';

const NAMED_CAUSES = 3;

export function denyContradictionMessage(finding: FindingOfCheck<'deny-contradiction'>): string {
  switch (finding.id) {
    case 'dead-allow':
      return deadAllow(finding);
    case 'dead-today':
      return deadToday(finding);
    case 'partial-allow':
      return `${allowOf(finding)} allows less than it says: ${finding.details.part} is denied by ${namesOf(finding)}`;
    case 'dead-selector':
      return deadSelector(finding);
    case 'kills-allows':
      return killsAllows(finding);
  }
}

function deadAllow(finding: FindingOf<'dead-allow'>): string {
  const { unpoliced: open } = finding.details;
  const stays = open === 1 ? 'stays' : 'stay';
  const unpoliced =
    open > 0 ? `; until the policy is stored, ${count(open, 'pod')} that it would isolate ${stays} open` : '';
  return `${allowOf(finding)} allows nothing: all that it could allow is denied by ${namesOf(finding)}${unpoliced}`;
}

function deadToday(finding: FindingOf<'dead-today'>): string {
  return `${allowOf(finding)} allows nothing today: ${matchedNow(finding.details.matching)} denied by ${namesOf(finding)}`;
}

function deadSelector({ subject, field, facts, details }: FindingOf<'dead-selector'>): string {
  const selector = `${describeRef(subject)} ${field ?? 'spec'} selects nobody`;
  switch (facts.reason) {
    case 'filtered-label': {
      const [label, are] = details.names.length === 1 ? ['label', 'is'] : ['labels', 'are'];
      return `${selector}: the ${label} ${quotedList(details.names)} ${are} left out of identities in this cluster`;
    }
    case 'impossible-namespace':
      return `${selector}: no namespace can be called ${quotedList(details.names)}`;
    case 'no-identity':
      return `${selector}: no identity matches it, ${count(details.days, 'day')} after the policy was created`;
  }
}

function killsAllows({ subject, facts, details, certainty }: FindingOf<'kills-allows'>): string {
  const least = certainty === 'lower-bound' ? 'at least ' : '';
  const allows = `${least}${count(facts.allows, 'allow')} of ${count(facts.policies, 'policy', 'policies')}`;
  const where = listed(facts.perNamespace, { most: NAMED_CAUSES, total: facts.namespaces });
  const inAll = count(facts.namespaces, 'namespace');
  return `with ${describeRef(subject)} ${allows} in ${inAll} would allow nothing any more (${where}), such as ${causeText(details.example)}`;
}

/** Exact where rounding leaves it as it is in any case. */
function matchedNow(matching: number): string {
  if (matching === 1) return 'the one identity that it matches now is';
  if (matching === 2) return 'both identities that it matches now are';
  const rounded = roundedToOneDigit(matching);
  return `all ${matching < 10 ? '' : 'of about '}${rounded} identities that it matches now are`;
}

type Allow = FindingOf<'dead-allow' | 'dead-today' | 'partial-allow'>;

/** `CiliumNetworkPolicy team-a/web spec.egress[0].toCIDR[1] (to 192.0.2.0/24, TCP/443)` */
function allowOf({ subject, field, facts, details }: Allow): string {
  const peer = `${facts.direction === 'ingress' ? 'from' : 'to'} ${peerText(details.peer)}`;
  return `${describeRef(subject)} ${field ?? 'spec'} (${peer}, ${portOf(facts)})`;
}

function portOf({ protocol, port }: Allow['facts']): string {
  if (port !== 0) return `${protocol}/${port}`;
  return protocol === 'ANY' ? 'every port' : `every port of ${protocol}`;
}

function namesOf({ causes }: Allow): string {
  return listed(causes.map(causeText), { most: NAMED_CAUSES });
}
