/**
 * Rows of the policy-map table: when policy is enforced at all, which rule wins, and what the datapath makes of the map.
 */
import { isDecided, isDecidedBy } from './deciding-key.ts';
import { both, enforced, hasLabel, hasNoPolicies, rule } from './policy-map-tests.ts';
import { before120, unreachable, type Row } from './row.ts';
import { isEverybody, isOfAllPorts } from './rule-overlap.ts';
import { json, type LiveRule, type SeenWorld } from './seen-world.ts';

const NO_CLUSTER_POLICIES = 'there is no ClusterNetworkPolicy before 1.20';
const isAlways = ({ options }: SeenWorld): boolean => options['enforcement'] === 'always';
const isNever = ({ options }: SeenWorld): boolean => options['enforcement'] === 'never';

/** A tier of ClusterNetworkPolicy, with a rule that does this to pods. */
function hasClusterRule(tier: string, action: string): (seen: SeenWorld) => boolean {
  return ({ policies }) =>
    policies.some(({ spec }) => json(spec)['tier'] === tier && JSON.stringify(spec).includes(`"action":"${action}"`));
}

const isOfClusterwide = ({ kind }: LiveRule): boolean => kind === 'CiliumClusterwideNetworkPolicy';
const isOfNamespace = ({ kind }: LiveRule): boolean => kind === 'CiliumNetworkPolicy';

export const ENFORCEMENT_ROWS: readonly Row<SeenWorld>[] = [
  {
    row: '1',
    says: 'a pod without policies',
    isReached: both(hasNoPolicies, (seen) => !isAlways(seen) && !isNever(seen)),
  },
  { row: '1', says: 'default deny of ingress alone', isReached: enforced(true, false) },
  { row: '1', says: 'default deny of egress alone', isReached: enforced(false, true) },
  { row: '1', says: 'default deny of both', isReached: enforced(true, true) },
  {
    row: '1',
    says: 'enforcement always, without rules',
    isReached: both(isAlways, hasNoPolicies),
  },
  {
    row: '1',
    says: 'enforcement never, with rules',
    isReached: both(isNever, (seen) => !hasNoPolicies(seen)),
  },
  {
    row: '4',
    says: 'the host entry beside a default deny',
    isReached: both(enforced(true, false), ({ options }) => options['allowLocalhost'] !== 'policy'),
  },
  {
    row: '4',
    says: 'a deny of everybody beside the host entry',
    isReached: rule((one) => one.deny && one.direction === 'ingress' && isEverybody(one) && isOfAllPorts(one)),
  },
  { row: '4', says: 'allow-localhost policy', isReached: ({ options }) => options['allowLocalhost'] === 'policy' },
  { row: '7', says: 'a pod with a label host', isReached: hasLabel('k8s:host') },
  {
    row: '8',
    says: 'a pod with a label init, which rules of one direction select',
    isReached: both(hasLabel('k8s:init'), ({ rules }) => new Set(rules.map(({ direction }) => direction)).size === 1),
  },
  ...(['Admin', 'Baseline'] as const).map((tier) => ({
    row: '19',
    says: `ClusterNetworkPolicy of tier ${tier}`,
    isReached: (seen: SeenWorld) =>
      seen.minor === '1.20' && seen.policies.some(({ spec }) => json(spec)['tier'] === tier),
    unreachable: before120(NO_CLUSTER_POLICIES),
  })),
  {
    row: '19',
    says: 'Admin Accept over a CCNP deny',
    isReached: both(
      (seen) => seen.minor === '1.20' && hasClusterRule('Admin', 'Accept')(seen),
      rule((one) => one.deny && isOfClusterwide(one)),
    ),
    unreachable: before120(NO_CLUSTER_POLICIES),
  },
  {
    row: '19',
    says: 'Baseline Deny under a CNP allow',
    isReached: both(
      (seen) => seen.minor === '1.20' && hasClusterRule('Baseline', 'Deny')(seen),
      rule((one) => !one.deny && isOfNamespace(one)),
    ),
    unreachable: before120(NO_CLUSTER_POLICIES),
  },
  unreachable(
    '19',
    'ClusterNetworkPolicy with Pass',
    'the count varies from run to run in Cilium itself; the product says unknown',
  ),
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
    isReached: rule(({ spec }) =>
      (['ingress', 'egress'] as const).some(
        (side) => json(spec['enableDefaultDeny'])[side] === true && !(side in spec) && !(`${side}Deny` in spec),
      ),
    ),
  },
  {
    row: '26',
    says: 'as many keys in the datapath as entries',
    isReached: ({ answer }) => answer['bpfKeys'] === answer['mapEntries'],
  },
  unreachable('26b', 'lockdown on overflow', 'the endpoint locks down, outside the packages that make maps'),
  { row: '27', says: 'a flow that a key of its peer decides', isReached: isDecidedBy('own') },
  {
    row: '27',
    says: 'a flow that the aggregate of its peer decides',
    isReached: isDecidedBy('aggregate'),
    unreachable: before120('there are no aggregates before 1.20'),
  },
  { row: '27', says: 'a flow that the wildcard decides', isReached: isDecidedBy('wildcard') },
  { row: '27', says: 'a flow that is allowed', isReached: isDecided('allow') },
  { row: '27', says: 'a flow that is denied', isReached: isDecided('deny') },
  { row: '27', says: 'a flow that nothing decides', isReached: isDecided('nomatch') },
  unreachable(
    '28',
    'a refused update keeps the version before',
    'the importer of the agent keeps it; a world has one version of each object',
  ),
];
