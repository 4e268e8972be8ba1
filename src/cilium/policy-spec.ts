/**
 * The written form of policies: what the decoder hands on, before any rule of Cilium is applied.
 *
 * Mirrors the Go types that the agent unmarshals into (pkg/policy/api: Rule, IngressRule, EgressRule, PortRule, ...; slim
 * NetworkPolicy, and of ClusterNetworkPolicy sigs.k8s.io/network-policy-api v1alpha2). Invariant: an absent field is `undefined`
 * and an empty list is `[]`, because Cilium treats nil and empty differently. Types only: both evaluators read them, so they hold
 * no behaviour.
 */
import type { FieldError, FieldPath } from './field-path.ts';

export type SelectorOperator = 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';

export interface MatchExpression {
  readonly key: string;
  /** As written: an unknown operator is the business of sanitize. */
  readonly operator: string;
  readonly values: readonly string[];
}

/** A Kubernetes label selector whose keys may carry a source (`k8s:app`, `any:app`, `reserved:host`, `app`). */
export interface SelectorSpec {
  readonly matchLabels: ReadonlyMap<string, string>;
  readonly matchExpressions: readonly MatchExpression[];
}

export interface CIDRRuleSpec {
  readonly cidr?: string;
  readonly cidrGroupRef?: string;
  /** Where it is null, the version says what that is (groupSelectorOf). */
  readonly cidrGroupSelector?: SelectorSpec | null;
  readonly except: readonly string[];
}

export interface PortSpec {
  /** Text as written: a number, or a name. Empty where absent. */
  readonly port: string;
  /** 0 where absent. */
  readonly endPort: number;
  /** As written; empty where absent. */
  readonly protocol: string;
}

/** Empty text is absent. */
export interface HTTPRuleSpec {
  readonly path: string;
  readonly method: string;
  readonly headerMatches: readonly HeaderMatchSpec[];
}

export interface HeaderMatchSpec {
  readonly name: string;
  readonly mismatch: string;
  /** Its name, where a secret is given. */
  readonly secret?: string;
}

/** Empty text is absent. */
export interface KafkaRuleSpec {
  readonly role: string;
  readonly apiKey: string;
  readonly apiVersion: string;
  readonly topic: string;
}

/** L7 rules of one port rule, as far as an agent may refuse what is in them. */
export interface L7Spec {
  readonly http?: readonly HTTPRuleSpec[];
  readonly kafka?: readonly KafkaRuleSpec[];
  readonly dns?: readonly FQDNSpec[];
  /** The keys of each. */
  readonly l7?: readonly (readonly string[])[];
  readonly l7proto?: string;
  /** Of kafka, l7 and l7proto: a value of a type that does not unmarshal. */
  readonly proxylibFault?: FieldError;
}

/** Empty text is absent. */
export interface SecretSpec {
  readonly namespace: string;
  readonly name: string;
}

/** Empty text is absent, and so is priority 0. */
export interface ListenerSpec {
  readonly configKind: string;
  /** Of the CiliumEnvoyConfig or CiliumClusterwideEnvoyConfig that has the listener. */
  readonly configName: string;
  readonly name: string;
  readonly priority: number;
}

export interface PortRuleSpec {
  readonly path: FieldPath;
  readonly ports: readonly PortSpec[];
  readonly rules?: L7Spec;
  /** The secret of each. */
  readonly terminatingTLS?: SecretSpec;
  readonly originatingTLS?: SecretSpec;
  readonly serverNames: readonly string[];
  readonly listener?: ListenerSpec;
}

export interface ICMPFieldSpec {
  /** `IPv4` where absent. */
  readonly family: string;
  /** A number, or a name such as `EchoRequest`. */
  readonly type: string | number;
}

export interface ICMPRuleSpec {
  readonly fields: readonly ICMPFieldSpec[];
}

/** Exactly one of the two is expected; which one is missing is the business of sanitize. */
export interface FQDNSpec {
  readonly matchName: string;
  readonly matchPattern: string;
}

export interface ServiceSpec {
  readonly k8sService?: { readonly serviceName: string; readonly namespace: string };
  /** A selector of which no field is written is absent. */
  readonly k8sServiceSelector?: { readonly selector?: SelectorSpec; readonly namespace: string };
}

/** One element of ingress, ingressDeny, egress or egressDeny; from* and to* are told apart by `direction` of the list. */
export interface TrafficRuleSpec {
  readonly path: FieldPath;
  readonly endpoints?: readonly SelectorSpec[];
  readonly nodes?: readonly SelectorSpec[];
  readonly cidr?: readonly string[];
  readonly cidrSet?: readonly CIDRRuleSpec[];
  readonly entities?: readonly string[];
  /** Of a cloud provider, each by the hash that Cilium tells it by; which addresses are in it the operator finds out. */
  readonly groups?: readonly string[];
  /** Egress only. */
  readonly fqdns?: readonly FQDNSpec[];
  /** Egress only. */
  readonly services?: readonly ServiceSpec[];
  /** As written: selectors until 1.18, texts that mean nothing since; null is either. */
  readonly requires?: readonly (SelectorSpec | string | null)[];
  readonly toPorts?: readonly PortRuleSpec[];
  readonly icmps?: readonly ICMPRuleSpec[];
  readonly authentication?: { readonly mode: string };
}

/** One `spec`, or one element of `specs`, of a CNP or CCNP. */
export interface CiliumRuleSpec {
  /** `spec`, or `specs[2]`. */
  readonly path: FieldPath;
  readonly endpointSelector?: SelectorSpec;
  readonly nodeSelector?: SelectorSpec;
  readonly ingress?: readonly TrafficRuleSpec[];
  readonly ingressDeny?: readonly TrafficRuleSpec[];
  readonly egress?: readonly TrafficRuleSpec[];
  readonly egressDeny?: readonly TrafficRuleSpec[];
  readonly enableDefaultDeny: { readonly ingress?: boolean; readonly egress?: boolean };
  /** The text of `log`; absent where it is empty. */
  readonly log?: string;
}

export interface NetworkPolicyPeerSpec {
  readonly path: FieldPath;
  readonly podSelector?: SelectorSpec;
  readonly namespaceSelector?: SelectorSpec;
  readonly ipBlock?: { readonly cidr: string; readonly except: readonly string[] };
}

export interface NetworkPolicyPortSpec {
  /** `TCP` where absent, as the API server fills in. */
  readonly protocol: string;
  /** A number or a name; absent means every port. */
  readonly port?: number | string;
  readonly endPort?: number;
}

export interface NetworkPolicyRuleSpec {
  readonly path: FieldPath;
  /** `from` or `to`; absent and empty both mean every peer. */
  readonly peers?: readonly NetworkPolicyPeerSpec[];
  readonly ports?: readonly NetworkPolicyPortSpec[];
}

export interface NetworkPolicySpec {
  readonly podSelector: SelectorSpec;
  readonly ingress?: readonly NetworkPolicyRuleSpec[];
  readonly egress?: readonly NetworkPolicyRuleSpec[];
  readonly policyTypes?: readonly string[];
}

/** Pods by their own labels and those of their namespace; a selector without requirements takes all. */
export interface NamespacedPodSpec {
  readonly namespaceSelector: SelectorSpec;
  readonly podSelector: SelectorSpec;
}

/** Of several fields the first, in the agent's order; nodes, networks and domainNames are for egress only. */
export type ClusterNetworkPolicyPeerSpec = { readonly path: FieldPath } & (
  | { readonly kind: 'pods'; readonly pods: NamespacedPodSpec }
  | { readonly kind: 'namespaces'; readonly namespaces: SelectorSpec }
  | { readonly kind: 'nodes'; readonly nodes: SelectorSpec }
  | { readonly kind: 'networks'; readonly networks: readonly string[] }
  | { readonly kind: 'domainNames'; readonly domainNames: readonly string[] }
  /** None that the agent knows. */
  | { readonly kind: 'unknown' }
);

/** Of several fields the first, in the agent's order. */
export type ClusterNetworkPolicyProtocolSpec =
  | {
      readonly kind: 'numbers';
      readonly protocol: 'TCP' | 'UDP' | 'SCTP';
      /** 0 is every port. */
      readonly port: number;
      /** 0 where there is none. */
      readonly endPort: number;
    }
  /** In every protocol; empty is every port. */
  | { readonly kind: 'name'; readonly name: string };

export type ClusterNetworkPolicySubjectSpec = Extract<
  ClusterNetworkPolicyPeerSpec,
  { readonly kind: 'pods' | 'namespaces' }
>;

export interface ClusterNetworkPolicyRuleSpec {
  readonly path: FieldPath;
  /** As written: what is neither `Deny` nor `Pass` accepts. */
  readonly action: string;
  /** `from` or `to`; absent and empty both mean every peer. */
  readonly peers: readonly ClusterNetworkPolicyPeerSpec[];
  /** Absent and empty both mean every packet. */
  readonly protocols: readonly ClusterNetworkPolicyProtocolSpec[];
}

export interface ClusterNetworkPolicySpec {
  /** As written: what is not `Baseline` is the Admin tier. */
  readonly tier: string;
  readonly priority: number;
  /** Of the kinds of peers the first two; absent where there is neither. */
  readonly subject?: ClusterNetworkPolicySubjectSpec;
  readonly ingress: readonly ClusterNetworkPolicyRuleSpec[];
  readonly egress: readonly ClusterNetworkPolicyRuleSpec[];
}
