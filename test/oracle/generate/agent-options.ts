/**
 * What an agent's configuration may say otherwise than the defaults, as far as a policy map depends on it.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe } from './chance.ts';
import type { Json } from './json.ts';

export function agentOptions(random: Random): Json {
  return {
    ...maybe(0.3, random, () => ({ ipv6: true })),
    ...maybe(0.3, random, () => ({ policyDefaultLocalCluster: chance(0.5, random) })),
    ...maybe(0.08, random, () => ({ enforcement: pick(['always', 'never', 'never', 'default'], random) })),
    ...maybe(0.08, random, () => ({ allowLocalhost: pick(['policy', 'policy', 'always'], random) })),
    ...maybe(0.03, random, () => ({ noL7Proxy: true })),
    ...maybe(0.03, random, () => ({ noFQDNPrealloc: true })),
    ...maybe(0.03, random, () => ({ nonDefaultDenyOff: true })),
    ...maybe(0.1, random, () => ({ enableNodeSelectorLabels: true })),
    ...maybe(0.03, random, () => ({ clusterName: 'east' })),
    ...maybe(0.05, random, () => ({ clusterID: pick([1, 2], random) })),
  };
}
