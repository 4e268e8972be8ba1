/**
 * A fix of a pitfall that is shown leads to a policy that is admitted and is rid of it; and what is told at admission is what a
 * version before did not have.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { getOrMake } from '../../src/cilium/get-or-make.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import { CHECK_OF_FINDING } from '../../src/checks/facts/finding-facts.ts';
import type { Decision, JudgedFinding } from '../../src/review/results.ts';
import { applyJsonPatch } from '../../src/kubernetes/json-patch.ts';
import { ciliumConfig, clusterwidePolicy, namespace, pod, policy, storeWith, type Json } from '../support/objects.ts';
import { RUNS, SEED } from '../support/random-cluster.ts';
import { settingsWith, submit } from '../support/review.ts';
import { service } from '../support/services.ts';

const VERSIONS = ['1.18.8', '1.19.7', '1.20.2'] as const;
const SETTINGS = settingsWith('enforce', { policyPitfalls: { failOpen: 'violation' } });

const NAMESPACE = 'k8s:io.kubernetes.pod.namespace';
const notIn = (key: string, ...values: readonly string[]): Json => ({
  matchExpressions: [{ key, operator: 'NotIn', values }],
});

/** By direction, as `from...` or `to...`. */
const peers = (side: 'from' | 'to'): readonly Json[] => [
  {},
  { [`${side}Endpoints`]: [{}] },
  { [`${side}Endpoints`]: [] },
  { [`${side}Endpoints`]: [{ matchLabels: { app: 'db' } }, notIn(NAMESPACE, 'team-a')] },
  { [`${side}Endpoints`]: [notIn('k8s:io.cilium.k8s.namespace.labels.team', 'red')] },
  {
    [`${side}Endpoints`]: [
      {
        matchExpressions: [
          { key: 'reserved:host', operator: 'DoesNotExist' },
          { key: 'app', operator: 'NotIn', values: ['db'] },
        ],
      },
    ],
  },
  { [`${side}Entities`]: ['world'] },
  { [`${side}CIDR`]: ['203.0.113.0/24', '203.0.113.128/25'] },
  { [`${side}CIDRSet`]: [{ cidrGroupSelector: {} }] },
  { [`${side}CIDRSet`]: [{ cidrGroupSelector: notIn('role', 'partner') }, { cidr: '198.51.100.0/24' }] },
];
const EGRESS: readonly Json[] = [
  { toFQDNs: [] },
  { toServices: [{ k8sService: { serviceName: 'nowhere', namespace: 'team-a' } }] },
  { toServices: [{ k8sService: { serviceName: 'db', namespace: 'team-b' } }] },
];

const port = (text: string, rest: Json = {}): Json => ({ port: text, protocol: 'TCP', ...rest });
const PORTS: readonly Json[] = [
  {},
  { toPorts: [{ ports: [port('80')] }] },
  { toPorts: [{ ports: [port('0', { endPort: 79 })] }] },
  { toPorts: [{ ports: [port('443'), port('0', { endPort: 1023 })] }] },
  { toPorts: [{ ports: [port('0')] }] },
  { toPorts: [{ ports: [port('443', { endPort: 80 })] }] },
  { toPorts: [{}] },
  { toPorts: [{}, { ports: [port('8080')] }] },
  { toPorts: [{ ports: [port('9092')], rules: { kafka: [{ role: 'produce', topic: 't' }] } }] },
  { icmps: [{ fields: [{ family: 'IPv4', type: 0 }] }] },
  {
    icmps: [
      {
        fields: [
          { family: 'IPv4', type: 'EchoReply' },
          { family: 'IPv4', type: 8 },
        ],
      },
    ],
  },
  { icmps: [{ fields: [{ family: 'IPv4', type: 8 }] }, { fields: [{ family: 'IPv4', type: 0 }] }] },
];

const anyElement = (lists: readonly Json[]) =>
  fc.tuple(fc.constantFrom(...lists), fc.constantFrom(...PORTS)).map(([peer, ports]) => ({ ...peer, ...ports }));
const anyIngress = fc.array(anyElement(peers('from')), { maxLength: 3 });
const anyEgress = fc.array(anyElement([...peers('to'), ...EGRESS]), { maxLength: 3 });
const anySpec = fc.record({
  ingress: anyIngress,
  egress: anyEgress,
  ingressDeny: fc.array(anyElement(peers('from')), { maxLength: 1 }),
  egressDeny: fc.array(anyElement(peers('to')), { maxLength: 1 }),
});

const anyPolicy = fc.tuple(anySpec, fc.boolean()).map(([spec, isClusterwide]) => {
  const lists = Object.fromEntries(Object.entries(spec).filter(([, list]) => list.length > 0));
  const written = { endpointSelector: { matchLabels: { app: 'web' } }, ...lists };
  return isClusterwide ? clusterwidePolicy('p', written) : policy('team-a/p', written);
});

const stores = new Map<string, ClusterStore>();

/** Nothing is stored in it: a submission is a what-if. */
const storeFor = (version: string, local: boolean): ClusterStore =>
  getOrMake(stores, `${version} ${String(local)}`, () => newStore(version, local));

const newStore = (version: string, local: boolean): ClusterStore =>
  storeWith(
    [
      ciliumConfig({ 'policy-default-local-cluster': String(local) }),
      namespace('team-a', { team: 'red' }),
      namespace('team-b'),
      pod('team-a/web', { app: 'web' }),
      pod('team-b/db', { app: 'db' }),
      service('team-b/db', { selector: { app: 'db' } }),
    ],
    version,
  );

function pitfalls({ findings }: Decision): readonly JudgedFinding[] {
  return findings.filter(({ id }) => CHECK_OF_FINDING[id] === 'policy-pitfalls');
}

function patched(raw: Json, finding: JudgedFinding): Json | undefined {
  if (finding.fix?.kind !== 'patch') return undefined;
  const result = applyJsonPatch(raw, finding.fix.patch);
  assert.ok(result.ok, `${finding.id}: the patch does not apply`);
  return result.value as Json;
}

test('a fix that is shown is admitted, and its pitfall is gone', () => {
  const mended = new Map<string, number>();
  fc.assert(
    fc.property(anyPolicy, fc.constantFrom(...VERSIONS), fc.boolean(), (raw, version, local) => {
      const store = storeFor(version, local);
      const decision = submit(store, raw, { settings: SETTINGS });
      assert.equal(decision.replayMismatches.length, 0, JSON.stringify(decision.replayMismatches));
      for (const finding of pitfalls(decision)) {
        const fixed = patched(raw, finding);
        if (fixed === undefined) continue;
        const after = submit(store, fixed, { settings: SETTINGS });
        if (finding.severity === 'violation') assert.equal(after.verdict, 'allow', JSON.stringify(after.findings));
        // What it hid may be seen now.
        const stays = pitfalls(after).filter((one) => one.id === finding.id && one.severity === finding.severity);
        const isSame = ({ field }: JudgedFinding): boolean =>
          finding.severity === 'violation' || field === finding.field;
        assert.ok(!stays.some(isSame), `${finding.id} stays`);
        mended.set(finding.id, 1 + (mended.get(finding.id) ?? 0));
      }
    }),
    { seed: SEED, numRuns: Math.max(RUNS, 150) },
  );
  for (const id of [
    'port-zero-range',
    'icmp-type-zero',
    'negation-takes-world',
    'negation-takes-excluded',
    'empty-ports',
  ]) {
    assert.ok((mended.get(id) ?? 0) > 0, `${id} was never mended: ${JSON.stringify([...mended])}`);
  }
});

test('a policy that is submitted as it is stored is never denied for its pitfalls', () => {
  fc.assert(
    fc.property(anyPolicy, fc.constantFrom(...VERSIONS), (raw, version) => {
      const store = storeFor(version, false);
      // Something else changes, so that it is looked at.
      const before = { ...raw, spec: { ...(raw['spec'] as Json), enableDefaultDeny: { ingress: true } } };
      const decision = submit(store, raw, { before, settings: SETTINGS });
      assert.deepEqual(
        pitfalls(decision).filter(({ severity }) => severity === 'violation'),
        [],
      );
    }),
    { seed: SEED, numRuns: RUNS },
  );
});
