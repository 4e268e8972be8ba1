/**
 * Whole worlds: pods, policies of every kind, options, learned names, flows. Part of them is made around a scene.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import { agentOptions } from './agent-options.ts';
import { chance, maybe, several, weighted } from './chance.ts';
import { cidrGroups } from './cidr-groups.ts';
import { ciliumNetworkPolicy, clusterwidePolicy } from './cilium-policy.ts';
import { clusterNetworkPolicy } from './cluster-network-policy.ts';
import { flows } from './flows.ts';
import type { Json } from './json.ts';
import { networkPolicy } from './network-policy.ts';
import { population } from './pods.ts';
import type { Scene } from './scene.ts';
import { scene } from './scenes.ts';
import { services } from './services.ts';

const IN_A_SCENE = 0.9;
const WITH_SERVICES = 0.4;

export function worldCase(random: Random): Json {
  const staged: Scene = chance(IN_A_SCENE, random) ? scene(random) : {};
  const people = population(staged, random);
  const options = { ...agentOptions(random), ...staged.options };
  return {
    name: 'random',
    identities: people.identities,
    policies: policiesOf(staged, random),
    subject: staged.subject ?? (staged.policies === undefined ? people.subject : 1001),
    options,
    ...(staged.nodes === undefined ? {} : { nodes: staged.nodes }),
    ...(staged.node === undefined ? {} : { node: staged.node }),
    ...(staged.dns === undefined ? maybe(0.25, random, () => ({ dns: learnedNames(random) })) : { dns: staged.dns }),
    ...(staged.apiserverIPs === undefined ? maybe(0.05, random, apiServers) : { apiserverIPs: staged.apiserverIPs }),
    lookups: flows(people.identities, 'ipv6' in options, random),
  };
}

/** Those of the scene, those of chance, or both; and what policies refer to. */
function policiesOf(staged: Scene, random: Random): readonly Json[] {
  const others = staged.policies === undefined || staged.open === true ? policies(random) : [];
  const withServices = chance(WITH_SERVICES, random) ? services(random) : [];
  return [...(staged.policies ?? []), ...others, ...cidrGroups(random), ...withServices];
}

function apiServers(random: Random): Json {
  return { apiserverIPs: several(2, random, (random) => pick(['172.16.0.1', '10.1.2.3'], random)) };
}

/** Addresses of names that selectors meet; some of two names, some inside prefixes of policies. */
function learnedNames(random: Random): Json {
  return {
    'api.example.com': ['1.2.3.4'],
    'www.example.com': ['1.2.3.4', ...(chance(0.5, random) ? ['10.1.2.3'] : [])],
    ...maybe(0.3, random, () => ({ 'other.test': ['8.8.8.8', 'fd00::1'] })),
  };
}

function policies(random: Random): readonly Json[] {
  return several(chance(0.2, random) ? 8 : 4, random, policyOf).map((make, index) => make(`p${index}`));
}

type MakePolicy = (name: string) => Json;

function policyOf(random: Random): MakePolicy {
  const namespace = chance(0.9, random) ? 'a' : 'b';
  return weighted<MakePolicy>(
    [
      [45, () => (name) => ciliumNetworkPolicy(name, namespace, random)],
      [35, () => (name) => clusterwidePolicy(name, random)],
      [20, () => (name) => networkPolicy(name, namespace, random)],
      [1, () => (name) => clusterNetworkPolicy(name, random)],
    ],
    random,
  );
}
