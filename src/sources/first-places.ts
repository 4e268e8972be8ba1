/**
 * Where each object stood first, so that a second one with its kind, namespace and name is told with both places.
 *
 * A large cluster has hundreds of thousands: the names are those that the objects hold anyway, and a place is two numbers.
 * Cost: O(1) for an object, one entry of a map.
 */
import { getOrMake } from '../cilium/get-or-make.ts';
import { refOf, type ClusterObject, type Kind } from '../cilium/objects.ts';
import type { Origin } from './file-event.ts';

const FIRST_ROOM = 1024;

export class FirstPlaces {
  /** Kind -> namespace (empty where there is none) -> name -> number of the place. */
  readonly #numbers = new Map<Kind, Map<string, Map<string, number>>>();
  readonly #files: string[] = [];
  #fileOf = new Uint32Array(FIRST_ROOM);
  #lineOf = new Uint32Array(FIRST_ROOM);
  #places = 0;

  /** The place where such an object stood before; undefined: it is the first, and stands here. */
  meet(object: ClusterObject, { file, line }: Origin): Origin | undefined {
    const { kind, namespace = '', name } = refOf(object);
    const byNamespace = getOrMake(this.#numbers, kind, () => new Map<string, Map<string, number>>());
    const byName = getOrMake(byNamespace, namespace, () => new Map<string, number>());
    const first = byName.get(name);
    if (first !== undefined) return this.#place(first);
    byName.set(name, this.#add(file, line));
    return undefined;
  }

  #add(file: string, line: number): number {
    if (this.#places === this.#lineOf.length) this.#grow();
    if (this.#files.at(-1) !== file) this.#files.push(file);
    this.#fileOf[this.#places] = this.#files.length - 1;
    this.#lineOf[this.#places] = line;
    return this.#places++;
  }

  #place(number: number): Origin {
    return { file: this.#files[this.#fileOf[number] ?? 0] ?? '', line: this.#lineOf[number] ?? 0 };
  }

  #grow(): void {
    const [files, lines] = [this.#fileOf, this.#lineOf];
    this.#fileOf = new Uint32Array(2 * this.#places);
    this.#lineOf = new Uint32Array(2 * this.#places);
    this.#fileOf.set(files);
    this.#lineOf.set(lines);
  }
}
