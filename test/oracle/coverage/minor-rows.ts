/**
 * The rows of the table of what changes between minors, in the specification of identities: m1 to m16 from the top.
 */
import { hasNamedPorts, hasPodKey, identity, namesPort, policy } from './question-tests.ts';
import type { Row } from './row.ts';
import type { SeenQuestion } from './seen-question.ts';

export const MINOR_ROWS: readonly Row<SeenQuestion>[] = [
  {
    row: 'm1',
    says: 'a label of named ports',
    isReached: (seen) =>
      (seen.answer['ok'] === true && namesPort(seen) && seen.op === 'identity') || hasNamedPorts(seen),
  },
  {
    row: 'm2',
    says: 'well-known DNS with port names',
    isReached: identity(
      (seen) => seen.question['wellKnownIdentities'] === true && seen.podKeys.includes('k8s-app') && namesPort(seen),
    ),
  },
  {
    row: 'm3',
    says: 'pod keys reserved.X',
    isReached: (seen) => seen.op === 'identity' && seen.podKeys.some((key) => key.startsWith('reserved.')),
  },
  { row: 'm4', says: 'keys of operator and agent', isReached: identity(namesPort) },
  { row: 'm5', says: 'anything else about identities', isReached: identity(() => true) },
  { row: 'm6', says: 'topology labels', isReached: hasPodKey((key) => key.startsWith('topology.')) },
  {
    row: 'm6',
    says: 'topology labels before 1.18.7',
    unreachable: 'the oracle of 1.18 is 1.18.8, and 1.18.7 cannot be had',
  },
  { row: 'm7', says: 'the table of reserved identities', isReached: ({ op }) => op === 'reserved' },
  {
    row: 'm8',
    says: 'the cluster in peers',
    isReached: (seen) => policy(/"(from|to)Endpoints"/)(seen) && seen.question['policyClusterName'] !== '',
  },
  { row: 'm9', says: 'fromRequires, toRequires', isReached: policy(/"(from|to)Requires":\[[^\]]/) },
  { row: 'm10', says: 'kafka and l7proto rules', isReached: policy(/"(kafka|l7proto)"/) },
  { row: 'm11', says: 'selector key reserved.X', isReached: policy(/"reserved\.[^"]*"/) },
  {
    row: 'm12',
    says: 'selector keys $app, app=, -app',
    isReached: policy(/"(\$[^"]*|-[^"]*|[^"]+=)"(:"|,"operator")/),
  },
  {
    row: 'm13',
    says: 'cidrGroupSelector key with a source',
    isReached: policy(/"cidrGroupSelector":\{"match(Labels|Expressions)":[[{]*("key":)?"(k8s|any|cidrgroup):/),
  },
  {
    row: 'm14',
    says: 'except wider than its prefix',
    isReached: policy(/"cidr":"10\.1\.0\.0\/16","except":\["10\.0\.0\.0\/8"/),
  },
  { row: 'm15', says: 'entity cluster-mesh', isReached: policy(/"cluster-mesh"/) },
  { row: 'm16', says: 'GRE, IPIP, IPv6, ESP, AH', isReached: policy(/"protocol":"(GRE|IPIP|IPv6|ESP|AH)"/) },
  { row: 'm16', says: 'VRRP, IGMP', isReached: policy(/"protocol":"(VRRP|IGMP)"/) },
];
