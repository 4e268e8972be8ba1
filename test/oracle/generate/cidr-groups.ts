/**
 * CiliumCIDRGroups: members inside each other and of both families, labels on which two groups of one prefix disagree.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import { chance, several } from './chance.ts';
import type { Json } from './json.ts';
import { providerGroupLabels } from './provider-groups.ts';

const MEMBERS = [
  '10.1.0.0/16',
  '10.1.0.0/16',
  '172.16.0.0/12',
  '8.8.8.8/32',
  '203.0.113.0/24',
  'fd00:1::/32',
  '10.1.2.3/32',
];

export function cidrGroups(random: Random): readonly Json[] {
  if (chance(0.4, random)) return [];
  return [
    group('g', { role: 'x' }, random),
    ...(chance(0.7, random) ? [group('h', { role: pick(['x', 'y', ''], random), zone: 'x' }, random)] : []),
    ...(chance(0.5, random) ? [group('auto', providerGroupLabels(random), random)] : []),
  ];
}

function group(name: string, labels: Json, random: Random): Json {
  const externalCIDRs = [...new Set(several(4, random, (random) => pick(MEMBERS, random)))];
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumCIDRGroup', metadata: { name, labels }, spec: { externalCIDRs } };
}
