/**
 * A cursor over JSON of unknown shape: it knows where it stands, and keeps the first complaint.
 *
 * Decoders read through it without looking at errors: a value of a wrong shape complains once and reads as absent, and
 * whoever started the decoding asks at the end whether there was a complaint. So bad input is a value, and a decoder
 * reads like the type that it fills.
 * Invariant: only own properties are read; null is absent, as in Go's json.Unmarshal.
 * Cost: one small object for each place that a decoder visits; paths are built for complaints only.
 */
import type { FieldError, FieldPath } from '../../cilium/field-path.ts';
import { formatFieldPath, type Segment } from './field-path.ts';

/** Where the nodes of one document leave their first complaint. */
export class Complaints {
  #first: FieldError | undefined;

  get first(): FieldError | undefined {
    return this.#first;
  }

  add(complaint: FieldError): void {
    this.#first ??= complaint;
  }
}

const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);

export class JsonNode {
  readonly value: unknown;
  readonly #complaints: Complaints;
  readonly #parent: JsonNode | undefined;
  readonly #segment: Segment;

  constructor(value: unknown, complaints: Complaints, parent?: JsonNode, segment: Segment = '') {
    this.value = value;
    this.#complaints = complaints;
    this.#parent = parent;
    this.#segment = segment;
  }

  get path(): FieldPath {
    return formatFieldPath(this.#segments());
  }

  get isAbsent(): boolean {
    return this.value === undefined || this.value === null;
  }

  /** The same place, whose complaints are left apart from those of the document. */
  apart(complaints: Complaints): JsonNode {
    return new JsonNode(this.value, complaints, this.#parent, this.#segment);
  }

  complain(reason: string): void {
    this.#complaints.add({ path: this.path, reason });
  }

  /** The field of an object; absent below what is absent. */
  field(name: string): JsonNode {
    const value = this.asObject();
    return this.#child(name, value !== undefined && Object.hasOwn(value, name) ? value[name] : undefined);
  }

  /** Same node; an object has to stand here. */
  required(): this {
    if (!isObject(this.value)) this.complain(`must be an object, is ${shapeOf(this.value)}`);
    return this;
  }

  asObject(): Readonly<Record<string, unknown>> | undefined {
    if (isObject(this.value)) return this.value;
    this.#absentOr('an object');
    return undefined;
  }

  asString(): string | undefined {
    if (typeof this.value === 'string') return this.value;
    // In YAML 8080, yes and 1.20 are no text unless they are quoted.
    if (typeof this.value === 'object') this.#absentOr('a string');
    else this.#absentOr('a string', ' (quote it)');
    return undefined;
  }

  asBoolean(): boolean | undefined {
    if (typeof this.value === 'boolean') return this.value;
    this.#absentOr('true or false');
    return undefined;
  }

  /** A whole number that fits Go's int32. */
  asInt32(): number | undefined {
    const { value } = this;
    if (typeof value !== 'number') {
      this.#absentOr('a number');
      return undefined;
    }
    if (Number.isInteger(value) && value >= INT32_MIN && value <= INT32_MAX) return value;
    this.complain(`must be a whole number of 32 bits, is ${value}`);
    return undefined;
  }

  /** Kubernetes' IntOrString. */
  asIntOrString(): number | string | undefined {
    if (typeof this.value === 'string') return this.value;
    if (typeof this.value === 'number') return this.asInt32();
    this.#absentOr('a number or a string');
    return undefined;
  }

  /** The elements of a list, or undefined where absent: nil and empty differ. */
  asList(): readonly JsonNode[] | undefined {
    if (Array.isArray(this.value)) {
      return this.value.map((element: unknown, index) => this.#child(index, element));
    }
    this.#absentOr('a list');
    return undefined;
  }

  /** A list of strings; a null in it is the empty string. */
  asStrings(): readonly string[] | undefined {
    return this.asList()?.map((element) => element.asString() ?? '');
  }

  /** A map of strings, in the order written; a null value is the empty string. */
  asStringMap(): ReadonlyMap<string, string> {
    const map = new Map<string, string>();
    for (const [key, value] of Object.entries(this.asObject() ?? {})) {
      map.set(key, typeof value === 'string' ? value : (this.#child(key, value).asString() ?? ''));
    }
    return map;
  }

  #child(segment: Segment, value: unknown): JsonNode {
    return new JsonNode(value, this.#complaints, this, segment);
  }

  /** As deep as a decoder goes, however deep the document is. */
  #segments(): readonly Segment[] {
    return this.#parent === undefined ? [] : [...this.#parent.#segments(), this.#segment];
  }

  #absentOr(wanted: string, hint = ''): void {
    if (!this.isAbsent) this.complain(`must be ${wanted}, is ${shapeOf(this.value)}${hint}`);
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `a list`, `an object`, ...: for messages. */
export function shapeOf(value: unknown): string {
  if (value === undefined) return 'absent';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
