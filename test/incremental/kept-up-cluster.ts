/**
 * A store that is kept up event by event, and what it was told that still holds: from that another one is built from nothing.
 */
import { createHash } from 'node:crypto';
import { refOf, formatRef, type ClusterObject, type Kind } from '../../src/cilium/objects.ts';
import type { DNSAnswers } from '../../src/cilium/policy/prefixes/fqdn.ts';
import type { ClusterEvent } from '../../src/cluster/events.ts';
import { ClusterStore } from '../../src/cluster/store.ts';
import { version } from '../support/objects.ts';
import type { Step } from './steps.ts';

/** Absent: the images of agents tell. */
export type CiliumVersion = string | undefined;

/** How far back an event may be that comes again. */
const REMEMBERED = 4;

export class KeptUpCluster {
  readonly store: ClusterStore;
  readonly #version: CiliumVersion;
  readonly #left = new Map<string, ClusterObject>();
  readonly #learned = new Map<string, DNSAnswers>();
  readonly #listed = new Set<Kind>();
  readonly #latest: ClusterEvent[] = [];

  constructor(ciliumVersion: CiliumVersion) {
    this.#version = ciliumVersion;
    this.store = this.#empty();
  }

  take(step: Exclude<Step, { readonly do: 'ask' }>): void {
    switch (step.do) {
      case 'put':
        this.apply({ type: 'upsert', object: step.object });
        break;
      case 'drop':
        this.apply({ type: 'delete', ref: step.ref });
        break;
      case 'learn':
        this.apply({ type: 'dns-cache', agent: step.agent, answers: step.answers });
        break;
      case 'again':
        for (const event of this.#latest.slice(step.back, step.back + 1)) this.apply(event);
        break;
      case 'list-again':
        this.#listAgain(step.kind, step.bits);
        break;
    }
  }

  apply(event: ClusterEvent): void {
    this.store.apply(event);
    this.#note(event);
    this.#latest.unshift(event);
    this.#latest.length = Math.min(this.#latest.length, REMEMBERED);
  }

  /** From what is left, in an order that the seed makes, whatever else is left. */
  rebuilt(seed: number): ClusterStore {
    const store = this.#empty();
    const events = [
      ...[...this.#left].map(([name, object]) => [name, { type: 'upsert', object }] as const),
      ...[...this.#learned].map(([agent, answers]) => [agent, { type: 'dns-cache', agent, answers }] as const),
      ...[...this.#listed].map((kind) => [kind, { type: 'synced', kind }] as const),
    ];
    const placed = events.map(([name, event]) => ({ place: placeOf(name, seed), event }));
    for (const { event } of placed.sort((a, b) => (a.place < b.place ? -1 : 1))) store.apply(event);
    return store;
  }

  #empty(): ClusterStore {
    return new ClusterStore(this.#version === undefined ? {} : { version: version(this.#version) });
  }

  #listAgain(kind: Kind, bits: number): void {
    const all = [...this.#left.values()].filter((object) => object.kind === kind);
    this.apply({ type: 'relist', kind });
    for (const [index, object] of all.entries()) {
      if (((bits >>> (index % 31)) & 1) === 1) this.apply({ type: 'upsert', object });
      else this.#left.delete(formatRef(refOf(object)));
    }
    this.apply({ type: 'synced', kind });
  }

  #note(event: ClusterEvent): void {
    switch (event.type) {
      case 'upsert':
        this.#left.set(formatRef(refOf(event.object)), event.object);
        break;
      case 'delete':
        this.#left.delete(formatRef(event.ref));
        break;
      case 'dns-cache':
        this.#learned.set(event.agent, event.answers);
        break;
      case 'synced':
        this.#listed.add(event.kind);
        break;
      case 'relist':
        break;
    }
  }
}

function placeOf(name: string, seed: number): string {
  return createHash('sha1').update(`${seed} ${name}`).digest('hex');
}
