/**
 * Whether an agent takes a policy, and what it makes of its selectors, in the format of the recorded cases: through decoding,
 * the store and its view. Which selectors there are is the order of the Go types (pkg/policy/api: Rule, IngressCommonRule,
 * EgressCommonRule); what is in each is the product's.
 */
import { groupSelectorOf } from '../../src/cilium/cidr-group-selector.ts';
import { compareBytes } from '../../src/cilium/identity/label.ts';
import {
  isCiliumPolicy,
  refOf,
  type CiliumClusterwideNetworkPolicy,
  type CiliumNetworkPolicy,
} from '../../src/cilium/objects.ts';
import type { CiliumRuleSpec, SelectorSpec, TrafficRuleSpec } from '../../src/cilium/policy-spec.ts';
import type { PolicyContext } from '../../src/cilium/policy/context.ts';
import {
  asWritten,
  endpointPeer,
  nodePeer,
  peerScope,
  subjectSelector,
  withCluster,
  withNamespace,
  type PeerScope,
} from '../../src/cilium/policy/parse/injection.ts';
import { defaultDenyOf } from '../../src/cilium/policy/parse/parse-cilium.ts';
import { peerField, type PeerKind } from '../../src/cilium/policy/parse/peer-field.ts';
import { trafficRules, type RulePlace } from '../../src/cilium/policy/parse/traffic-rules.ts';
import { groupKeyParts, readSelector, type WrittenSelector } from '../../src/cilium/policy/parse/written-selector.ts';
import { writtenRules } from '../../src/cilium/policy/rule.ts';
import type { Requirement } from '../../src/cilium/policy/selector.ts';
import { decodeObject, formatFieldError } from '../../src/kubernetes/decode/decode-object.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import { schemaFault } from '../../src/kubernetes/cilium-policy-schema.ts';
import { openCluster } from './cluster.ts';

export interface SanitizeQuestion {
  readonly op: 'sanitize';
  readonly kind: string;
  readonly object: unknown;
  /** Empty: selectors without a cluster select all clusters. */
  readonly policyClusterName?: string;
  readonly options?: {
    readonly nodeSelectorLabels?: boolean;
    readonly l7Proxy?: boolean;
    readonly icmpRules?: boolean;
    readonly nonDefaultDeny?: boolean;
    readonly extendedIPProtocols?: boolean;
  };
}

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

interface Match {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly Expression[];
}

interface PlacedSelector {
  readonly path: string;
  readonly selector: WrittenSelector;
}

type CiliumPolicy = CiliumNetworkPolicy | CiliumClusterwideNetworkPolicy;

/** What the agent says. */
type AgentAnswer =
  | { readonly error: string }
  | { readonly nondeterministic: true }
  | { readonly ok: false; readonly stage: 'decode' | 'parse'; readonly error: string }
  | {
      readonly ok: true;
      readonly selectors: readonly { readonly path: string; readonly match: Match }[];
      readonly enableDefaultDeny: readonly string[];
    };

export type SanitizeAnswer = AgentAnswer & {
  /** What the schema of the CRD says. */
  readonly crd?: { readonly ok: true } | { readonly ok: false; readonly error: string };
};

/** `cilium` is a version such as 1.20.2. */
export function answerSanitize(cilium: string, question: SanitizeQuestion): SanitizeAnswer {
  const opened = openCluster({ cilium, ciliumNamespace: 'kube-system', config: configOf(question) });
  if (!opened.ok) return { error: opened.error };
  const answer = agentAnswer(opened.value, question.object);
  if (!('ok' in answer)) return answer;
  const fault = schemaFault(question.object, opened.value.view().settings.profile);
  return { ...answer, crd: fault === undefined ? { ok: true } : { ok: false, error: formatFieldError(fault) } };
}

function agentAnswer(store: ClusterStore, object: unknown): AgentAnswer {
  const decoded = decodeObject(object);
  if (!decoded.ok) return { ok: false, stage: 'decode', error: formatFieldError(decoded.error) };
  if (!isCiliumPolicy(decoded.value)) return { error: `${decoded.value.kind} is not sanitized` };
  store.apply({ type: 'upsert', object: decoded.value });
  const view = store.view();
  const parsed = view.policy(refOf(decoded.value));
  if (parsed === undefined) return { error: 'the policy is not in the model' };
  if (parsed.kind === 'refused' && parsed.refusal.panics !== true) {
    return { ok: false, stage: 'parse', error: `${parsed.refusal.field}: ${parsed.refusal.reason}` };
  }
  const unread = writtenRules(parsed)
    .flatMap(({ unsupported }) => unsupported)
    .find(({ feature }) => UNREAD.has(feature));
  if (unread !== undefined) return { error: `not covered: ${unread.feature} (${unread.field})` };
  return takenAnswer(decoded.value, view.settings);
}

/** What leaves open whether the agent takes the policy. */
const UNREAD: ReadonlySet<string> = new Set(['long regular expressions']);

/** The data of cilium-config. */
export function configOf({ policyClusterName = '', options = {} }: SanitizeQuestion): ReadonlyMap<string, string> {
  return new Map([
    ['cluster-name', policyClusterName === '' ? 'default' : policyClusterName],
    ['policy-default-local-cluster', String(policyClusterName !== '')],
    ['enable-node-selector-labels', String(options.nodeSelectorLabels ?? false)],
    ['enable-l7-proxy', String(options.l7Proxy ?? true)],
    ['enable-icmp-rules', String(options.icmpRules ?? true)],
    ['enable-non-default-deny-policies', String(options.nonDefaultDeny ?? true)],
    ['enable-extended-ip-protocols', String(options.extendedIPProtocols ?? false)],
  ]);
}

function takenAnswer(policy: CiliumPolicy, context: PolicyContext): AgentAnswer {
  const placed = policy.rules.flatMap((rule, index) => [...selectorsOf(rule, `rules[${index}]`, policy, context)]);
  if (placed.some(({ selector }) => isUndecided(selector))) return { nondeterministic: true };
  return {
    ok: true,
    selectors: placed.map(({ path, selector }) => ({ path, match: matchOf(selector) })),
    enableDefaultDeny: policy.rules.map((rule) => {
      const { ingress, egress } = defaultDenyOf(rule, context);
      return `ingress=${ingress} egress=${egress}`;
    }),
  };
}

function* selectorsOf(
  rule: CiliumRuleSpec,
  path: string,
  policy: CiliumPolicy,
  context: PolicyContext,
): Iterable<PlacedSelector> {
  const object = refOf(policy);
  for (const field of ['endpointSelector', 'nodeSelector'] as const) {
    const spec = rule[field];
    if (spec !== undefined) yield { path: `${path}.${field}`, selector: subjectSelector(spec, object, context) };
  }
  const scope = peerScope(rule, object, context);
  for (const { traffic, place } of trafficRules(rule)) {
    for (const peer of peersOf(traffic, place, scope, context)) {
      yield { ...peer, path: `${path}${peer.path.slice(rule.path.length)}` };
    }
  }
}

function* peersOf(
  traffic: TrafficRuleSpec,
  place: RulePlace,
  scope: PeerScope,
  context: PolicyContext,
): Iterable<PlacedSelector> {
  const at = (kind: PeerKind, index: number): string => `${peerField(traffic, place, kind)}[${index}]`;
  for (const [index, spec] of (traffic.endpoints ?? []).entries()) {
    yield { path: at('endpoints', index), selector: endpointPeer(spec, scope, context) };
  }
  for (const [index, spec] of (traffic.requires ?? []).entries()) {
    if (!context.profile.acceptsRequires || typeof spec === 'string') continue;
    // Here a label of source `reserved` does not keep namespace and cluster out.
    const selector = withCluster(withNamespace(asWritten(spec ?? EVERYBODY, context), scope), context);
    yield { path: at('requires', index), selector };
  }
  for (const [index, rule] of (traffic.cidrSet ?? []).entries()) {
    const groups = groupSelectorOf(rule, context.profile);
    if (groups === undefined) continue;
    const selector = readSelector(groups, (key) => groupKeyParts(key, context.profile));
    yield { path: `${at('cidrSet', index)}.cidrGroupSelector`, selector };
  }
  for (const [index, spec] of (traffic.nodes ?? []).entries()) {
    yield { path: at('nodes', index), selector: nodePeer(spec, context) };
  }
}

const EVERYBODY: SelectorSpec = { matchLabels: new Map(), matchExpressions: [] };

/** Two labels have become one: which value stays is chance. */
function isUndecided({ labels }: WrittenSelector): boolean {
  return [...labels.values()].some(({ values }) => values.length > 1);
}

function matchOf({ labels, expressions }: WrittenSelector): Match {
  const matchLabels = [...labels].map(([key, { values }]) => [key, values[0] ?? ''] as const);
  return {
    ...(matchLabels.length === 0 ? {} : { matchLabels: Object.fromEntries(matchLabels) }),
    ...(expressions.length === 0 ? {} : { matchExpressions: expressions.map(expressionOf).sort(compareExpressions) }),
  };
}

function expressionOf({ source, key, operator, values }: Requirement): Expression {
  return { key: `${source}:${key}`, operator, ...(values.length === 0 ? {} : { values }) };
}

function compareExpressions(a: Expression, b: Expression): number {
  return (
    compareBytes(a.key, b.key) || compareBytes(a.operator, b.operator) || compareLists(a.values ?? [], b.values ?? [])
  );
}

function compareLists(a: readonly string[], b: readonly string[]): number {
  for (const [index, text] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (text !== other) return compareBytes(text, other);
  }
  return a.length - b.length;
}
