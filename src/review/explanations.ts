/**
 * What comes out of `explain`: the types that its renderers are made from. JSON shapes as documented.
 */
import type { Certainty } from '../cluster/view.ts';
import type { FieldPath } from '../cilium/field-path.ts';
import type { ObjectRef, RuleRef } from '../cilium/objects.ts';

export interface PodExplanation {
  readonly kind: 'PodExplanation';
  readonly pod: ObjectRef;
  readonly ciliumVersion: string;
  /** `global`: an allocated identity; else why it has none. */
  readonly scope: string;
  readonly key?: string;
  /** Numbers of the CiliumIdentity objects with this key; empty: it would be minted. */
  readonly identities: readonly number[];
  readonly certainty: Certainty;
  readonly labels: readonly { readonly label: string; readonly kept: boolean; readonly rule: string }[];
}

export interface MapExplanation {
  readonly kind: 'MapExplanation';
  /** `new`: no CiliumIdentity has it yet. */
  readonly identity: number | 'new';
  readonly labels: readonly string[];
  /** Where endpoints of the identity differ in ports that rules name: `http=8080/TCP`, of those whose map this is. */
  readonly ownPorts?: readonly string[];
  readonly ciliumVersion: string;
  readonly certainty: Certainty;
  /** Why it is not exact. */
  readonly doubts: readonly string[];
  readonly unsupported: readonly { readonly object: ObjectRef; readonly field: FieldPath; readonly feature: string }[];
  readonly ingressEnforced: boolean;
  readonly egressEnforced: boolean;
  readonly limit: number;
  readonly entries: readonly {
    readonly direction: 'ingress' | 'egress';
    readonly identity: number;
    readonly labels: readonly string[];
    readonly protocol: number;
    readonly port: number;
    readonly prefixLength: number;
    readonly effect: 'allow' | 'deny' | 'redirect';
    readonly rules: readonly RuleRef[];
  }[];
}

/** One end of a flow: an address, or an endpoint, by the name of its pod if it has one. */
export interface FlowPlaceText {
  /** `team-a/web-0` */
  readonly pod?: string;
  readonly address?: string;
  /** `new`: no CiliumIdentity has it yet. */
  readonly identity?: number | 'new';
  readonly labels: readonly string[];
}

/** What the policy of one end says. */
export interface FlowSide {
  readonly verdict: 'allow' | 'deny' | 'unknown';
  readonly reason: string;
  /** Rules that allow the flow, whatever denies it; by the peer item, where they name peers. */
  readonly allows: readonly RuleRef[];
  readonly denies: readonly RuleRef[];
}

export interface FlowExplanation {
  readonly kind: 'FlowExplanation';
  readonly ciliumVersion: string;
  readonly source: FlowPlaceText;
  readonly destination: FlowPlaceText;
  /** `TCP`, `ICMP`, ... */
  readonly protocol: string;
  /** For ICMP the type. */
  readonly port: number;
  readonly verdict: 'allow' | 'deny' | 'unknown';
  readonly certainty: Certainty;
  /** At the source. */
  readonly egress: FlowSide;
  /** At the destination. */
  readonly ingress: FlowSide;
}

export type Explanation = PodExplanation | MapExplanation | FlowExplanation;
