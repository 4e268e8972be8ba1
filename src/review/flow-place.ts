/**
 * A flow that is asked about, by its two ends.
 */
import type { LabelArray } from '../cilium/identity/label.ts';
import type { NumericIdentity } from '../cilium/identity/numeric-identity.ts';
import type { NamedPortMap } from '../cilium/named-ports.ts';
import type { Direction, Protocol } from '../cilium/policy/rule.ts';

export type FlowPlace =
  | {
      readonly kind: 'endpoint';
      readonly identity: NumericIdentity;
      readonly labels: LabelArray;
      readonly ports: NamedPortMap;
      /** Whether agents of this cluster enforce policies at it. */
      readonly policed: boolean;
      readonly pod?: string;
      /** Where it is, if that is known: an agent sees its own node as the host. */
      readonly node?: string;
    }
  | { readonly kind: 'address'; readonly address: string };

export interface AskedFlow {
  readonly source: FlowPlace;
  readonly destination: FlowPlace;
  readonly protocol: Protocol;
  /** For ICMP the type. */
  readonly port: number;
}

export type Endpoint = Extract<FlowPlace, { kind: 'endpoint' }>;

export interface SideFlow {
  readonly direction: Direction;
  readonly subject: FlowPlace;
  readonly peer: FlowPlace;
  readonly asked: AskedFlow;
}
