/**
 * What a reflector tells of one kind -> events of the model, and how the watch of the kind stands.
 *
 * Objects are made slim at once, by the decoder that the webhook uses too. One that cannot be decoded is told of and kept out of the
 * model; what the model had of it before is not true any more, and goes.
 */
import type { Kind, ObjectRef } from '../../cilium/objects.ts';
import type { ClusterEvent } from '../../cluster/events.ts';
import { decodeAs, formatFieldError } from '../../kubernetes/decode/decode-object.ts';
import type { KindEntry } from '../../kubernetes/decode/kinds.ts';
import { metadataOf } from '../../kubernetes/watch/watch-event.ts';
import type { Told } from '../../kubernetes/watch/reflector.ts';

export type KindStanding =
  /** For the first time, or again. */
  | { readonly state: 'listing' }
  | { readonly state: 'watching' }
  /** The cluster does not serve it. */
  | { readonly state: 'missing' }
  | { readonly state: 'failing'; readonly reason: string };

/** Who hears of a kind: the model, and whoever looks after it. */
export interface KindListener {
  readonly apply: (event: ClusterEvent) => void;
  /** Nothing happened, and the server says so. */
  readonly alive: (kind: Kind) => void;
  /** Served from now on: nothing is known of it until it is listed. */
  readonly awaited: (kind: Kind) => void;
  /** Not served any more. */
  readonly unserved: (kind: Kind) => void;
  readonly undecodable: (kind: Kind, name: string, reason: string) => void;
  /** Of a change of it. */
  readonly standing: (kind: Kind, standing: KindStanding) => void;
}

export class KindFeed {
  readonly #entry: KindEntry;
  readonly #listener: KindListener;
  readonly #listed = Promise.withResolvers<undefined>();
  #standing: KindStanding = { state: 'listing' };
  #wasListed = false;
  #isServed = true;

  constructor(entry: KindEntry, listener: KindListener) {
    this.#entry = entry;
    this.#listener = listener;
    listener.awaited(entry.kind);
  }

  get kind(): Kind {
    return this.#entry.kind;
  }

  get standing(): KindStanding {
    return this.#standing;
  }

  /** Or is known not to be served: all that there was at some moment is in the model. */
  get wasListed(): boolean {
    return this.#wasListed;
  }

  /** Never fails. */
  get whenListed(): Promise<undefined> {
    return this.#listed.promise;
  }

  readonly take = (told: Told): void => {
    const { kind } = this.#entry;
    switch (told.type) {
      case 'relist':
        this.#relist();
        break;
      case 'stored':
        this.#stored(told.object);
        break;
      case 'deleted':
        this.#deleted(told.object);
        break;
      case 'synced':
        this.#listener.apply({ type: 'synced', kind });
        this.#allIsKnown();
        this.#stands({ state: 'watching' });
        break;
      case 'alive':
        this.#listener.alive(kind);
        this.#stands({ state: 'watching' });
        break;
      case 'watching':
        this.#stands({ state: 'watching' });
        break;
      case 'missing':
        this.#missing();
        break;
      case 'failed':
        this.#stands({ state: 'failing', reason: told.reason });
        break;
    }
  };

  #relist(): void {
    const { kind } = this.#entry;
    if (!this.#isServed) this.#listener.awaited(kind);
    this.#isServed = true;
    this.#listener.apply({ type: 'relist', kind });
    this.#stands({ state: 'listing' });
  }

  #stored(value: unknown): void {
    const decoded = decodeAs(this.#entry, value);
    if (decoded.ok) {
      this.#listener.apply({ type: 'upsert', object: decoded.value });
      return;
    }
    const ref = this.#refOf(value);
    if (ref !== undefined) this.#listener.apply({ type: 'delete', ref });
    this.#listener.undecodable(this.kind, ref?.name ?? '', formatFieldError(decoded.error));
  }

  #deleted(value: unknown): void {
    const ref = this.#refOf(value);
    if (ref !== undefined) this.#listener.apply({ type: 'delete', ref });
    else this.#listener.undecodable(this.kind, '', 'an object without a name is deleted');
  }

  #missing(): void {
    const { kind } = this.#entry;
    this.#stands({ state: 'missing' });
    if (!this.#isServed) return;
    this.#isServed = false;
    this.#listener.apply({ type: 'relist', kind });
    this.#listener.apply({ type: 'synced', kind });
    this.#listener.unserved(kind);
    this.#allIsKnown();
  }

  #allIsKnown(): void {
    this.#wasListed = true;
    this.#listed.resolve(undefined);
  }

  #refOf(value: unknown): ObjectRef | undefined {
    const metadata = metadataOf(value);
    const { name, namespace } = metadata ?? {};
    const { kind, namespaced } = this.#entry;
    if (typeof name !== 'string' || name === '') return undefined;
    if (!namespaced) return { kind, name };
    return typeof namespace === 'string' ? { kind, namespace, name } : undefined;
  }

  #stands(standing: KindStanding): void {
    const before = this.#standing;
    const isSame = before.state === standing.state && reasonOf(before) === reasonOf(standing);
    this.#standing = standing;
    if (!isSame) this.#listener.standing(this.kind, standing);
  }
}

function reasonOf(standing: KindStanding): string {
  return standing.state === 'failing' ? standing.reason : '';
}
