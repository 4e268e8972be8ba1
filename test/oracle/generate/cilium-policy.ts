/**
 * CiliumNetworkPolicy and CiliumClusterwideNetworkPolicy.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, several } from './chance.ts';
import type { Json } from './json.ts';
import { peers, type RuleSide } from './peers.ts';
import { ports } from './ports.ts';
import { endpointSelector } from './selector.ts';

const DEFAULT_DENIES = [
  { ingress: false },
  { egress: false },
  { ingress: false, egress: false },
  { ingress: true, egress: false },
  { ingress: true },
  {},
];

export function ciliumNetworkPolicy(name: string, namespace: string, random: Random): Json {
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', metadata: { name, namespace }, ...specs(random) };
}

export function clusterwidePolicy(name: string, random: Random): Json {
  return { apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy', metadata: { name }, ...specs(random) };
}

function specs(random: Random): Json {
  if (chance(0.93, random)) return { spec: spec(random) };
  return { ...maybe(0.3, random, () => ({ spec: spec(random) })), specs: several(2, random, spec) };
}

function spec(random: Random): Json {
  const rules = (side: RuleSide): readonly Json[] =>
    several(2, random, () => ({ ...peers(side, random), ...ports(side, random) }));
  const sections = {
    ...maybe(0.6, random, () => ({ ingress: rules({ prefix: 'from', deny: false }) })),
    ...maybe(0.3, random, () => ({ ingressDeny: rules({ prefix: 'from', deny: true }) })),
    ...maybe(0.6, random, () => ({ egress: rules({ prefix: 'to', deny: false }) })),
    ...maybe(0.3, random, () => ({ egressDeny: rules({ prefix: 'to', deny: true }) })),
  };
  return {
    ...subject(random),
    ...(Object.keys(sections).length === 0 && chance(0.95, random) ? { ingress: [{}] } : sections),
    ...maybe(0.2, random, () => ({ enableDefaultDeny: pick(DEFAULT_DENIES, random) })),
    ...maybe(0.1, random, () => ({ log: { value: pick(['', 'a', 'b'], random) } })),
  };
}

function subject(random: Random): Json {
  const kind = random();
  if (kind < 0.6) return { endpointSelector: {} };
  if (kind < 0.8) return { endpointSelector: { matchLabels: { app: 'web' } } };
  return kind < 0.99 ? { endpointSelector: endpointSelector(random) } : { nodeSelector: endpointSelector(random) };
}
