/**
 * Which endpoints give which names to their ports: the live table, or a what-if layer over one.
 *
 * Mirrors what an agent has of them: of its own endpoints the containers of the pod (pkg/endpoint SetK8sMetadata), of all
 * pods what CiliumEndpoints and slices say (pkg/k8s/watchers, endpointUpdated), in one collection (pkg/types/portmap.go).
 * A Pod object says what its endpoint has, or that it has none; a CiliumEndpoint or a slice counts where the pod is not known.
 * Cost: O(named ports of the endpoint) for one that comes or goes.
 */
import { getOrMake } from '../../cilium/get-or-make.ts';
import type { NamedPortMap } from '../../cilium/named-ports.ts';
import { LayeredCounts } from './layered-counts.ts';
import { PortChange } from './port-change.ts';
import {
  endpointName,
  formatPorts,
  namesIn,
  readPorts,
  type EndpointName,
  type PortHolder,
  type PortName,
} from './port-name.ts';

export interface NamedEndpoint {
  /** Absent where it is not known, or changes from node to node. */
  readonly holder?: PortHolder;
  readonly ports: NamedPortMap;
}

/** The object that tells of an endpoint: `Pod` before all others, then the first by name. */
export type PortSource = 'Pod' | 'CiliumEndpoint' | `CiliumEndpointSlice/${string}`;

export type Told = NamedEndpoint | 'no-endpoint';

const NOTHING_TOLD: ReadonlyMap<PortSource, Told> = new Map();

/** Endpoints with the same named ports. */
export interface PortSet {
  readonly ports: NamedPortMap;
  readonly endpoints: number;
}

/** Who keeps what pods tell, for a live table: there are most of them. */
export interface PodsOfTable {
  /** By `namespace/name`, as everything that tells of an endpoint. */
  toldByPod(name: string): Told | undefined;
}

export class PortTable {
  readonly #base: PortTable | undefined;
  readonly #pods: PodsOfTable | undefined;
  /** By `namespace/name` of the endpoint; of a live table what others than pods tell. */
  readonly #told = new Map<string, ReadonlyMap<PortSource, Told>>();
  readonly #sets: LayeredCounts<PortHolder, string>;
  readonly #ports: LayeredCounts<PortName, number>;
  readonly #holders: LayeredCounts<PortName, PortHolder>;
  /** Not by one text of holder and name: a key may have as many labels as the pod has named ports. */
  readonly #portsByHolder = new Map<PortHolder, LayeredCounts<PortName, number>>();

  /** `below`: what this is a what-if layer over. */
  constructor(below: PortTable | PodsOfTable) {
    const base = below instanceof PortTable ? below : undefined;
    this.#base = base;
    this.#pods = below instanceof PortTable ? undefined : below;
    this.#sets = new LayeredCounts(base && base.#sets);
    this.#ports = new LayeredCounts(base && base.#ports);
    this.#holders = new LayeredCounts(base && base.#holders);
  }

  /** `told` is absent where the source has nothing to say any more. Of a pod only a what-if layer is told so. */
  set(name: string, source: PortSource, told: Told | undefined): PortChange {
    const before = endpointOf(this.#toldOf(name));
    this.#tell(name, source, told);
    return this.#replace(before, endpointOf(this.#toldOf(name)));
  }

  /** What a pod tells in place of what it told; who keeps it for this table has it, or will. */
  podChanged(pod: EndpointName, before: Told | undefined, after: Told | undefined): PortChange {
    const others = this.#told.size === 0 ? undefined : this.#told.get(endpointName(pod));
    if (others === undefined) return this.#replace(endpointIn(before), endpointIn(after));
    return this.#replace(endpointOf(withPod(others, before)), endpointOf(withPod(others, after)));
  }

  #replace(before: NamedEndpoint | undefined, after: NamedEndpoint | undefined): PortChange {
    const change = new PortChange();
    if (after === before) return change;
    // The new one first: what the endpoint keeps must not go and come back.
    if (after !== undefined) this.#count(after, 1, change);
    if (before !== undefined) this.#count(before, -1, change);
    return change;
  }

  /** Endpoints that have no name yet. */
  expect(endpoint: NamedEndpoint, count: number): PortChange {
    const change = new PortChange();
    this.#count(endpoint, count, change);
    return change;
  }

  /** The one port that all pods of the cluster give the name. */
  onlyPort(name: PortName): number | undefined {
    return this.#ports.only(name);
  }

  /** The one port that all pods of the holders give the name. */
  portOf(holders: readonly PortHolder[], name: PortName): number | undefined {
    const ports = new Set<number>();
    for (const holder of holders) {
      for (const port of this.#portsHeldBy(holder)?.of(name).keys() ?? []) {
        if (ports.add(port).size > 1) return undefined;
      }
    }
    const [port] = ports;
    return port;
  }

  holdersOf(name: PortName): Iterable<PortHolder> {
    return this.#holders.of(name).keys();
  }

  setsOf(holder: PortHolder): Iterable<PortSet> {
    return [...this.#sets.of(holder)].map(([text, endpoints]) => ({ ports: readPorts(text), endpoints }));
  }

  #tell(name: string, source: PortSource, told: Told | undefined): void {
    const all = new Map(this.#base === undefined ? this.#told.get(name) : this.#toldOf(name));
    if (told === undefined) all.delete(source);
    else all.set(source, told);
    if (all.size === 0 && this.#base === undefined) this.#told.delete(name);
    else this.#told.set(name, all);
  }

  #toldOf(name: string): ReadonlyMap<PortSource, Told> {
    if (this.#base !== undefined) return this.#told.get(name) ?? this.#base.#toldOf(name);
    return withPod(this.#told.get(name) ?? NOTHING_TOLD, this.#pods?.toldByPod(name));
  }

  #count(endpoint: NamedEndpoint, by: number, change: PortChange): void {
    const { holder, ports } = endpoint;
    for (const [name, port] of namesIn(ports)) {
      const before = this.onlyPort(name);
      this.#ports.add(name, port, by);
      if (this.onlyPort(name) !== before) change.values.add(name);
      if (holder === undefined) continue;
      this.#holders.add(name, holder, by);
      this.#hold(holder, name, port, by);
    }
    if (holder !== undefined && this.#sets.add(holder, formatPorts(ports), by)) change.touch(holder, ports);
  }

  #hold(holder: PortHolder, name: PortName, port: number, by: number): void {
    const held = getOrMake(
      this.#portsByHolder,
      holder,
      () => new LayeredCounts(this.#base && this.#base.#portsHeldBy(holder)),
    );
    held.add(name, port, by);
    if (held.isEmpty) this.#portsByHolder.delete(holder);
  }

  #portsHeldBy(holder: PortHolder): LayeredCounts<PortName, number> | undefined {
    return this.#portsByHolder.get(holder) ?? (this.#base && this.#base.#portsHeldBy(holder));
  }
}

function withPod(others: ReadonlyMap<PortSource, Told>, told: Told | undefined): ReadonlyMap<PortSource, Told> {
  return told === undefined ? others : new Map([...others, ['Pod', told]]);
}

function endpointOf(told: ReadonlyMap<PortSource, Told>): NamedEndpoint | undefined {
  const [first] = [...told.keys()].sort();
  const word = told.get('Pod') ?? (first && told.get(first));
  return endpointIn(word || undefined);
}

function endpointIn(told: Told | undefined): NamedEndpoint | undefined {
  return told === 'no-endpoint' ? undefined : told;
}
