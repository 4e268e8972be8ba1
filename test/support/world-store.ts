/**
 * A recorded world as a store, as a source would fill it: for tests of what the product says about the policies of a world.
 */
import { decodeObject } from '../../src/kubernetes/decode/decode-object.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import { configOf } from '../conformance/map-answer.ts';
import { rawWorlds, RECORDED, type Minor, type RawWorld } from '../conformance/recorded-worlds.ts';
import type { WorldOptions } from '../conformance/world.ts';
import { ciliumConfig, ciliumIdentity, storeWith, type Json } from './objects.ts';

export interface WrittenWorld {
  readonly name: string;
  readonly identities: readonly { readonly id: number; readonly labels: Readonly<Record<string, string>> }[];
  readonly policies: readonly Json[];
  readonly subject: number;
  readonly options?: WorldOptions;
}

export interface NamedWorld {
  readonly world: WrittenWorld;
  readonly answers: RawWorld['answers'];
}

const WORLDS: ReadonlyMap<string, NamedWorld> = new Map(
  rawWorlds().map(({ world, answers }) => [world.name, { world: world as unknown as WrittenWorld, answers }]),
);

export function worldNamed(name: string): NamedWorld {
  const found = WORLDS.get(name);
  if (found === undefined) throw new Error(`no world ${name} is recorded`);
  return found;
}

/** `more`: cilium-config besides what the world says. */
export function storeOfWorld(
  { identities, policies, options = {} }: WrittenWorld,
  minor: Minor,
  more: Readonly<Record<string, string>> = {},
): ClusterStore {
  const config = ciliumConfig({ ...Object.fromEntries(configOf(options)), ...more });
  const store = storeWith([config, ...identities.map(({ id, labels }) => ciliumIdentity(id, labels))], RECORDED[minor]);
  for (const kind of ['Service', 'EndpointSlice'] as const) store.apply({ type: 'synced', kind });
  for (const raw of policies) {
    const object = decodeObject(raw);
    if (object.ok) store.apply({ type: 'upsert', object: object.value });
  }
  return store;
}
