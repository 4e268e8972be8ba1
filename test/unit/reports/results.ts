/**
 * Small results for the tests of reports: builders that show only what matters, and one example of each result.
 */
import type { Flow } from '../../../src/checks/check.ts';
import type { Label } from '../../../src/cilium/identity/label.ts';
import type { ObjectRef, RuleRef } from '../../../src/cilium/objects.ts';
import type { Tenant } from '../../../src/cluster/tenant.ts';
import type { FlowExplanation, MapExplanation, PodExplanation } from '../../../src/review/explanations.ts';
import type { CheckResult, Decision, JudgedFinding, ObjectDecision, Report } from '../../../src/review/results.ts';

export function ref(kind: ObjectRef['kind'], path: string): ObjectRef {
  const [first = '', second] = path.split('/');
  return second === undefined ? { kind, name: first } : { kind, namespace: first, name: second };
}

export function rule(object: ObjectRef, field: string): RuleRef {
  return { object, field };
}

export function finding(parts: Partial<JudgedFinding>): JudgedFinding {
  return {
    check: 'reserved-labels',
    id: 'reserved-labels',
    severity: 'violation',
    certainty: 'exact',
    subject: ref('Pod', 'team-a/web-0'),
    facts: {},
    causes: [],
    message: 'label "init" is owned by Cilium.',
    audience: 'author',
    mode: 'audit',
    denies: false,
    ...parts,
  };
}

export function decision(parts: Partial<Decision> = {}): Decision {
  return {
    verdict: 'allow',
    findings: [],
    warnings: [],
    unknowns: [],
    tenant: 'namespace/team-a' as Tenant,
    modelRevision: 812,
    replayMismatches: [],
    ...parts,
  };
}

export function judged(parts: Partial<ObjectDecision> = {}): ObjectDecision {
  return {
    object: { apiVersion: 'v1', kind: 'Pod', namespace: 'team-a', name: 'web-0' },
    operation: 'CREATE',
    decision: decision(),
    ...parts,
  };
}

export function checkResult(...decisions: readonly ObjectDecision[]): CheckResult {
  return { kind: 'CheckResult', modelRevision: 812, decisions };
}

export function report(parts: Partial<Report> = {}): Report {
  return {
    kind: 'Report',
    modelRevision: 812,
    ciliumVersion: '1.20.2',
    findings: [],
    unknowns: [],
    replayMismatches: [],
    expiredExemptions: [],
    capacity: {
      identitySpace: 65_280,
      identitiesInUse: 12_041,
      identitiesUnused: 1_203,
      policyMapMax: 16_384,
      policyMapCounts: [],
      policyMaps: [],
    },
    ...parts,
  };
}

export function podExplanation(parts: Partial<PodExplanation> = {}): PodExplanation {
  return {
    kind: 'PodExplanation',
    pod: ref('Pod', 'team-a/web-0'),
    ciliumVersion: '1.20.2',
    scope: 'global',
    key: 'k8s:app=web;',
    identities: [48_211],
    certainty: 'exact',
    labels: [],
    ...parts,
  };
}

export function flowExplanation(parts: Partial<FlowExplanation> = {}): FlowExplanation {
  return {
    kind: 'FlowExplanation',
    ciliumVersion: '1.20.2',
    source: { identity: 'new', labels: [] },
    destination: { address: '169.254.169.254', labels: [] },
    protocol: 'TCP',
    port: 443,
    verdict: 'allow',
    certainty: 'exact',
    egress: { verdict: 'allow', reason: 'a rule allows it', allows: [], denies: [] },
    ingress: { verdict: 'unknown', reason: 'hosts have policies here, each its own', allows: [], denies: [] },
    ...parts,
  };
}

export function mapExplanation(parts: Partial<MapExplanation> = {}): MapExplanation {
  return {
    kind: 'MapExplanation',
    identity: 48_211,
    labels: ['k8s:app=web', 'k8s:io.kubernetes.pod.namespace=team-a'],
    ciliumVersion: '1.20.2',
    certainty: 'exact',
    doubts: [],
    unsupported: [],
    ingressEnforced: true,
    egressEnforced: false,
    limit: 16_384,
    entries: [],
    ...parts,
  };
}

type MapEntry = MapExplanation['entries'][number];

export function entry(parts: Partial<MapEntry>): MapEntry {
  return {
    direction: 'ingress',
    identity: 0,
    labels: [],
    protocol: 0,
    port: 0,
    prefixLength: 0,
    effect: 'allow',
    rules: [],
    ...parts,
  };
}

const label = (text: string): Label => {
  const [, source = '', key = '', value = ''] = /^([^:]*):([^=]*)=?(.*)$/.exec(text) ?? [];
  return { source, key, value };
};

const WITNESS: Flow = {
  direction: 'egress',
  source: { kind: 'endpoint', labels: [label('k8s:app=web'), label('reserved:init')], pod: 'team-a/web-0' },
  destination: { kind: 'address', address: '169.254.169.254' },
  protocol: 6,
  port: 80,
};

const WEB = ref('CiliumNetworkPolicy', 'team-a/web');
const DENY_METADATA = ref('CiliumClusterwideNetworkPolicy', 'deny-metadata');

export const DEAD_ALLOW = finding({
  check: 'deny-contradiction',
  id: 'dead-allow',
  subject: WEB,
  field: 'spec.egress[0].toCIDR[1]',
  facts: { protocol: 'TCP', port: 80, direction: 'egress' },
  causes: [rule(DENY_METADATA, 'spec.egressDeny[0]'), rule(DENY_METADATA, 'spec.egressDeny[1]')],
  witness: WITNESS,
  fix: {
    kind: 'patch',
    patch: [
      { op: 'test', path: '/spec/egress/0/toCIDR/1', value: '169.254.169.254/32' },
      { op: 'remove', path: '/spec/egress/0/toCIDR/1' },
    ],
    text: 'remove "169.254.169.254/32" from spec.egress[0].toCIDR; the other 3 prefixes stay allowed.',
  },
  message:
    'CiliumNetworkPolicy team-a/web allows egress to 169.254.169.254/32 on TCP 80, which clusterwide denies forbid on every port: the allow can never have an effect.',
  mode: 'enforce',
  denies: true,
});

export const OVERFLOW = finding({
  check: 'policy-map-overflow',
  id: 'policy-map-overflow',
  severity: 'advice',
  certainty: 'lower-bound',
  subject: WEB,
  facts: {
    limit: 16_384,
    identity: 48_211,
    endpoints: 3,
    entriesBefore: 13_000,
    entriesAfter: 13_400,
    entriesSettled: 13_100,
  },
  message: 'the policy map of identity 48211 (3 endpoints) would hold 13,400 of 16,384 entries, before 13,000.',
});

export const LABEL_CHURN = finding({
  check: 'identity-churn',
  id: 'label-churn',
  subject: ref('Job', 'ci/job-runner'),
  field: 'spec.template.metadata.labels["build-id"]',
  facts: { unused: 212, inUse: 9, nearestIdentity: 48_211, labels: ['build-id'] },
  fix: {
    kind: 'words',
    text: 'move "build-id" to an annotation; the pods would share identity 48211 with 9 running pods.',
  },
  message:
    'job-runner would be one more Cilium identity of namespace ci: 212 unused ones and 9 in use differ only in label "build-id".',
  mode: 'warn',
});

export const DEAD_TODAY = finding({
  check: 'deny-contradiction',
  id: 'dead-today',
  severity: 'advice',
  subject: DENY_METADATA,
  audience: 'platform',
  field: 'spec.egressDeny[0]',
  message: '2 allows in 1 namespace have no effect today.',
});

export const CHECK_EXAMPLE = checkResult(
  judged({
    object: { apiVersion: 'cilium.io/v2', kind: 'CiliumNetworkPolicy', namespace: 'team-a', name: 'web' },
    operation: 'UPDATE',
    origin: { file: 'policies/web.yaml', line: 14 },
    decision: decision({ verdict: 'deny', findings: [DEAD_ALLOW, OVERFLOW] }),
  }),
  judged(),
  judged({ object: { apiVersion: 'v1', kind: 'Namespace', name: 'team-b' }, origin: { file: 'ns.yaml', line: 1 } }),
  judged({
    object: { apiVersion: 'batch/v1', kind: 'Job', namespace: 'ci', name: 'job-runner' },
    decision: decision({
      findings: [LABEL_CHURN, DEAD_TODAY],
      warnings: ['[identity-churn/label-churn] job-runner would be ...'],
    }),
  }),
  judged({
    object: { apiVersion: 'cilium.io/v2', kind: 'CiliumClusterwideNetworkPolicy', name: 'lockdown' },
    decision: decision({
      unknowns: [
        { reason: 'authentication is not modelled, so what this rule allows is not known.', path: 'spec.ingress[2]' },
      ],
    }),
  }),
);

export const REPORT_EXAMPLE = report({
  findings: [
    finding({
      check: 'reserved-labels',
      id: 'reserved-labels',
      severity: 'advice',
      subject: ref('Deployment', 'team-b/gateway'),
      field: 'spec.template.metadata.labels.ingress',
      facts: { reason: 'reserved-name' },
      message: 'label "ingress" has the name of a reserved identity.',
    }),
    { ...OVERFLOW, severity: 'violation' },
    { ...LABEL_CHURN, subject: ref('Namespace', 'ci'), mode: 'audit' },
    { ...DEAD_ALLOW, denies: false },
    DEAD_TODAY,
  ],
  unknowns: [{ reason: 'agents of two versions run; policy maps were computed for both.' }],
  capacity: {
    identitySpace: 65_280,
    identitiesInUse: 12_041,
    identitiesUnused: 1_203,
    policyMapMax: 16_384,
    policyMapCounts: [
      { certainty: 'exact', maps: 812 },
      { certainty: 'lower-bound', maps: 2 },
    ],
    policyMaps: [
      { identity: 48_211, namespace: 'team-a', endpoints: 3, entries: 16_390, certainty: 'exact', doubts: [] },
      {
        identity: 'new',
        namespace: 'ingress-nginx',
        pod: 'ingress-nginx/controller-0',
        endpoints: 1_200,
        entries: 16_383,
        certainty: 'lower-bound',
        doubts: ['what agents learn of its DNS names adds entries'],
      },
      { identity: 55_001, namespace: 'ci', endpoints: 0, entries: 12, certainty: 'exact', doubts: [] },
    ],
  },
});

export const POD_EXAMPLE = podExplanation({
  key: 'k8s:app=web;k8s:io.kubernetes.pod.namespace=team-a;',
  identities: [48_211, 48_377],
  labels: [
    { label: 'k8s:app=web', kept: true, rule: 'no rule excludes it' },
    { label: 'k8s:build-id=20260101-7', kept: false, rule: 'labels: !k8s:build-id' },
    {
      label: 'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=team-a',
      kept: true,
      rule: 'default: io\\.cilium\\.k8s\\.namespace\\.labels, which keeps every label of the namespace',
    },
    { label: 'k8s:io.kubernetes.pod.namespace=team-a', kept: true, rule: 'default: io\\.kubernetes\\.pod\\.namespace' },
    { label: 'k8s:pod-template-hash=5d8f7c', kept: false, rule: 'default: !pod-template-hash' },
  ],
});

const INGRESS = 'spec.ingress[0]';

export const FLOW_EXAMPLE = flowExplanation({
  source: { pod: 'team-a/web-0', identity: 48_211, labels: ['k8s:app=web', 'k8s:io.kubernetes.pod.namespace=team-a'] },
  verdict: 'deny',
  egress: {
    verdict: 'deny',
    reason: 'a rule denies it',
    allows: Array.from({ length: 10 }, (_, index) => rule(WEB, `spec.egress[${index}].toCIDR[0]`)),
    denies: [rule(DENY_METADATA, 'spec.egressDeny[0]')],
  },
});

export const MAP_EXAMPLE = mapExplanation({
  entries: [
    entry({ identity: 1, labels: ['reserved:host'], rules: [] }),
    ...[1001, 1002, 1003, 1004, 1005].flatMap((identity) =>
      [80, 443].map((port) =>
        entry({
          identity,
          labels: [`k8s:app=client-${identity}`],
          protocol: 6,
          port,
          prefixLength: 16,
          rules: [rule(WEB, `${INGRESS}.fromEndpoints[0]`), rule(ref('NetworkPolicy', 'team-a/base'), INGRESS)],
        }),
      ),
    ),
    entry({
      identity: 16_777_217,
      labels: ['cidr:10.0.0.0/8', 'reserved:world'],
      protocol: 17,
      port: 8_080,
      prefixLength: 13,
      effect: 'deny',
      rules: [rule(DENY_METADATA, 'spec.ingressDeny[0]')],
    }),
    entry({
      identity: 1001,
      labels: ['k8s:app=client-1001'],
      protocol: 6,
      port: 8_000,
      prefixLength: 16,
      effect: 'redirect',
      rules: [rule(WEB, `${INGRESS}.toPorts[1]`)],
    }),
    // Of a key that no CiliumIdentity has yet.
    entry({
      direction: 'egress',
      identity: 1_073_741_824,
      labels: ['k8s:app=db', 'k8s:io.cilium.k8s.policy.cluster=default', 'k8s:io.kubernetes.pod.namespace=team-b'],
      rules: [rule(WEB, 'spec.egress[0]')],
    }),
    entry({ direction: 'egress' }),
  ],
  unsupported: [{ object: WEB, field: 'spec.ingress[3]', feature: 'authentication' }],
});
