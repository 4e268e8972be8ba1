/**
 * What a world is made around: policies that go together, with what has to be set for them.
 */
import type { Json } from './json.ts';

export interface Scene {
  /** Absent: whatever chance makes. */
  readonly policies?: readonly Json[];
  /** Others may be beside them. */
  readonly open?: boolean;
  readonly options?: Json;
  readonly subject?: number;
  /** The pod of this identity is there. */
  readonly needs?: number;
  /** Most pods name ports. */
  readonly hasPorts?: boolean;
  readonly apiserverIPs?: readonly string[];
  readonly dns?: Json;
  /** Nodes, and the one that the subject is on. */
  readonly nodes?: readonly Json[];
  readonly node?: string;
}
