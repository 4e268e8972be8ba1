/**
 * Row 19 of the table of beliefs in the specification of identities, and m8 to m16 of what changes between minors: what becomes of
 * a policy.
 */
import { isAccepted, policy, type Test } from './question-tests.ts';
import type { Row } from './row.ts';
import type { SeenQuestion } from './seen-question.ts';
import { json } from './seen-world.ts';

function taken(test: Test): Test {
  return (seen) => isAccepted(seen) && test(seen);
}

/** As a key of matchLabels or of an expression. */
function hasKey(key: string): Test {
  return ({ policy }) => policy.includes(`"${key}":"`) || policy.includes(`"key":"${key}"`);
}

const hasExtendedProtocols = ({ question }: SeenQuestion): boolean =>
  json(question['options'])['extendedIPProtocols'] === true;
const isOfNamespace = ({ question }: SeenQuestion): boolean => question['kind'] === 'CiliumNetworkPolicy';

const EXTENDED = ['GRE', 'IPIP', 'IPv6', 'ESP', 'AH', 'VRRP', 'IGMP'];

export const POLICY_ROWS: readonly Row<SeenQuestion>[] = [
  {
    row: '19',
    says: 'a selector key without source',
    isReached: taken((seen) => hasKey('app')(seen) || hasKey('x-y')(seen)),
  },
  ...['k8s:app', 'any:app'].map((key) => ({ row: '19', says: `a selector key ${key}`, isReached: taken(hasKey(key)) })),
  {
    row: '19',
    says: 'what is injected has the source k8s',
    isReached: taken((seen) => isOfNamespace(seen) && policy(/"(from|to)Endpoints":\[\{/)(seen)),
  },
  ...(['default', ''] as const).map((cluster) => ({
    row: 'm8',
    says: cluster === '' ? 'peers of any cluster' : 'peers of the own cluster',
    isReached: taken(
      (seen) => policy(/"(from|to)Endpoints":\[\{/)(seen) && seen.question['policyClusterName'] === cluster,
    ),
  })),
  { row: 'm9', says: 'fromRequires, toRequires with selectors', isReached: policy(/"(from|to)Requires":\[\{/) },
  { row: 'm10', says: 'kafka rules', isReached: policy(/"kafka":\[\{/) },
  { row: 'm10', says: 'l7proto rules', isReached: policy(/"l7proto":"/) },
  ...['reserved.app', 'reserved.host'].map((key) => ({
    row: 'm11',
    says: `selector key ${key}`,
    isReached: hasKey(key),
  })),
  ...['$app', 'app=', '-app'].map((key) => ({ row: 'm12', says: `selector key ${key}`, isReached: hasKey(key) })),
  {
    row: 'm13',
    says: 'cidrGroupSelector key with a source',
    isReached: policy(/"cidrGroupSelector":\{"match(Labels|Expressions)":[[{]*("key":)?"(k8s|any|cidrgroup):[a-z]/),
  },
  {
    row: 'm14',
    says: 'except wider than its prefix',
    isReached: policy(/"cidr":"10\.1\.0\.0\/16","except":\["10\.0\.0\.0\/8"/),
  },
  { row: 'm15', says: 'entity cluster-mesh', isReached: policy(/"(from|to)Entities":\[[^\]]*"cluster-mesh"/) },
  ...EXTENDED.map((protocol) => ({
    row: 'm16',
    says: `protocol ${protocol}, where extended protocols are on`,
    isReached: (seen: SeenQuestion) => hasExtendedProtocols(seen) && withoutPort([protocol])(seen),
  })),
  {
    row: 'm16',
    says: 'an extended protocol, where they are off',
    isReached: (seen) => !hasExtendedProtocols(seen) && withoutPort(EXTENDED)(seen),
  },
];

/** With a port they are refused for that. */
function withoutPort(protocols: readonly string[]): Test {
  return ({ policy }) =>
    [...policy.matchAll(/"port":"0?","protocol":"([^"]*)"/g)].some(([, written = '']) => protocols.includes(written));
}
