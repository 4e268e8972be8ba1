/**
 * Rows of the policy-map table: when policy is enforced at all, which rule wins, and what the datapath makes of the map.
 */
import { both, enforced, hasLabel, isEverybody, rule, verdictOf } from './policy-map-tests.ts';
import type { Row } from './row.ts';
import { json, type SeenWorld } from './seen-world.ts';

export const ENFORCEMENT_ROWS: readonly Row<SeenWorld>[] = [
  {
    row: '1',
    says: 'a pod without policies',
    isReached: both(enforced(false, false), ({ rules }) => rules.length === 0),
  },
  { row: '1', says: 'default deny of ingress alone', isReached: enforced(true, false) },
  { row: '1', says: 'default deny of egress alone', isReached: enforced(false, true) },
  { row: '1', says: 'default deny of both', isReached: enforced(true, true) },
  {
    row: '1',
    says: 'enforcement always, without rules',
    isReached: ({ options, rules }) => options['enforcement'] === 'always' && rules.length === 0,
  },
  {
    row: '1',
    says: 'enforcement never, with rules',
    isReached: ({ options, rules }) => options['enforcement'] === 'never' && rules.length > 0,
  },
  {
    row: '4',
    says: 'the host entry beside a default deny',
    isReached: both(enforced(true, false), ({ options }) => options['allowLocalhost'] !== 'policy'),
  },
  {
    row: '4',
    says: 'a deny of everybody beside the host entry',
    isReached: rule((one) => one.deny && isEverybody(one)),
  },
  { row: '4', says: 'allow-localhost policy', isReached: ({ options }) => options['allowLocalhost'] === 'policy' },
  { row: '7', says: 'a pod with a label host', isReached: hasLabel('k8s:host') },
  { row: '8', says: 'a pod with a label init', isReached: hasLabel('k8s:init') },
  ...(['Admin', 'Baseline'] as const).map((tier) => ({
    row: '19',
    says: `ClusterNetworkPolicy of tier ${tier}`,
    isReached: ({ policies }: SeenWorld) => policies.some(({ spec }) => json(spec)['tier'] === tier),
  })),
  {
    row: '19',
    says: 'ClusterNetworkPolicy with Pass',
    unreachable: 'the count varies from run to run in Cilium itself; the product says unknown',
  },
  {
    row: '25',
    says: 'enableDefaultDeny false alone',
    isReached: ({ rules }) =>
      (['ingress', 'egress'] as const).some((side) => {
        const ofSide = rules.filter((one) => one.direction === side);
        return ofSide.length > 0 && ofSide.every(({ spec }) => json(spec['enableDefaultDeny'])[side] === false);
      }),
  },
  {
    row: '25',
    says: 'enableDefaultDeny true without rules of the direction',
    isReached: rule(({ spec }) => json(spec['enableDefaultDeny'])['ingress'] === true && !('ingress' in spec)),
  },
  {
    row: '26',
    says: 'as many keys in the datapath as entries',
    isReached: ({ answer }) => answer['bpfKeys'] === answer['mapEntries'],
  },
  {
    row: '26b',
    says: 'lockdown on overflow',
    unreachable: 'the endpoint locks down, outside the packages that make maps',
  },
  { row: '27', says: 'a flow that only the wildcard decides', isReached: verdictOf('allow') },
  { row: '27', says: 'a flow that nothing decides', isReached: verdictOf('nomatch') },
  { row: '27', says: 'a flow that is denied', isReached: verdictOf('deny') },
  {
    row: '28',
    says: 'a refused update keeps the version before',
    unreachable: 'the importer of the agent keeps it; a world has one version of each object',
  },
];
