/**
 * Where the product meets a feature that it does not cover it says `unknown` and denies nothing: of what is submitted, of
 * what is stored, and of a map that a stored policy has a part in.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import type { Feature } from '../../../src/cilium/policy/parse/unsupported.ts';
import { renderJson } from '../../../src/reports/json.ts';
import { audit } from '../../../src/review/audit.ts';
import { explainMap } from '../../../src/review/explain.ts';
import type { Decision } from '../../../src/review/results.ts';
import {
  ciliumConfig,
  clusterNetworkPolicy,
  clusterwidePolicy,
  namespace,
  pod,
  policy,
  storeWith,
  type Json,
} from '../../support/objects.ts';
import { ENFORCE, submit } from '../../support/review.ts';

interface Uncovered {
  readonly field: string;
  /** Without a subject: all pods. */
  readonly spec: Json;
  /** Of CNP and CCNP where it is absent. */
  readonly kinds?: readonly Kind[];
  readonly version?: string;
  readonly config?: Readonly<Record<string, string>>;
  /** Policy maps have it, so that only what denies do to it is not judged. */
  readonly inMaps?: true;
}

type Kind = 'CiliumNetworkPolicy' | 'CiliumClusterwideNetworkPolicy' | 'NetworkPolicy' | 'ClusterNetworkPolicy';

const IP_BLOCK = { ipBlock: { cidr: '10.0.0.0/8' } };
const CILIUM_KINDS: readonly Kind[] = ['CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'];
const SAME_KEY = { matchLabels: { app: 'web', 'any:app': 'db' } };
const WITH_TIERS = { 'enable-k8s-cluster-network-policy': 'true' };
const WITH_NODES = { 'enable-node-selector-labels': 'true' };
const PROXY_READS_SECRETS = {
  'enable-policy-secrets-sync': 'true',
  'policy-secrets-only-from-secrets-namespace': 'true',
  'policy-secrets-namespace': 'cilium-secrets',
};
const SECRET = { secret: { namespace: 'team-a', name: 'tls' } };

/** Each feature that the model may meet, so that one more fails to compile until it stands here. */
const FEATURES: Readonly<Record<Feature, readonly Uncovered[]>> = {
  nodeSelector: [
    {
      field: 'spec.nodeSelector',
      spec: { nodeSelector: {}, ingress: [{ fromEntities: ['cluster'] }] },
      inMaps: true,
      kinds: ['CiliumClusterwideNetworkPolicy'],
    },
  ],
  'keys that differ only in their source': [
    {
      field: 'spec.endpointSelector',
      spec: { endpointSelector: SAME_KEY, ingress: [{ fromEntities: ['cluster'] }] },
    },
    {
      field: 'spec.ingress[0].fromEndpoints',
      spec: { ingress: [{ fromEndpoints: [SAME_KEY] }] },
    },
  ],
  nodes: [
    { field: 'spec.ingress[0].fromNodes', spec: { ingress: [{ fromNodes: [{}] }] }, config: WITH_NODES, inMaps: true },
    {
      field: 'spec.egressDeny[0].toNodes',
      spec: { egressDeny: [{ toNodes: [{}] }] },
      config: WITH_NODES,
      inMaps: true,
    },
  ],
  groups: [
    {
      field: 'spec.egress[0].toGroups',
      spec: { egress: [{ toGroups: [{ aws: { securityGroupsIds: ['sg-1'] } }] }] },
      inMaps: true,
    },
  ],
  requires: [
    {
      field: 'spec.ingress[0].fromRequires',
      spec: { ingress: [{ fromRequires: [{ matchLabels: { app: 'db' } }] }] },
      version: '1.18.8',
    },
  ],
  services: [
    {
      field: 'spec.egress[0].toServices',
      spec: { egress: [{ toServices: [{ k8sService: { serviceName: 'db', namespace: 'team-a' } }] }] },
    },
  ],
  'DNS names': [
    {
      field: 'spec.egress[0].toFQDNs',
      spec: { egress: [{ toFQDNs: [{ matchName: 'a.example' }] }] },
      inMaps: true,
    },
  ],
  'policy-cidr-match-mode': [
    {
      field: 'spec.egress[0].toCIDR',
      spec: { egress: [{ toCIDR: ['10.0.0.0/8'] }] },
      config: { 'policy-cidr-match-mode': 'nodes' },
      inMaps: true,
    },
    {
      field: 'spec.egress[0].toCIDR',
      spec: { egress: [{ toCIDR: ['10.0.0.0/8'] }] },
      config: { 'policy-cidr-match-mode': 'nodes pods' },
    },
    {
      field: 'spec.egress[0].to[0].ipBlock',
      spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }] },
      kinds: ['NetworkPolicy'],
      config: { 'policy-cidr-match-mode': 'nodes' },
      inMaps: true,
    },
  ],
  'a CIDR group label of another source': [
    {
      field: 'spec.egress[0].toCIDRSet[0]',
      spec: { egress: [{ toCIDRSet: [{ cidrGroupSelector: { matchLabels: { 'k8s:a': 'b' } } }] }] },
      inMaps: true,
    },
  ],
  'port names': [
    { field: 'spec.egress[0].toPorts[0].ports', spec: egressPort({ port: 'web' }), inMaps: true },
    {
      field: 'spec.ingress[0].ports[0].port',
      inMaps: true,
      spec: { podSelector: {}, ingress: [{ ports: [{ port: 'web' }] }] },
      kinds: ['NetworkPolicy'],
    },
  ],
  TLS: [
    {
      field: 'spec.egress[0].toPorts[0].terminatingTLS',
      spec: egressPort({ port: '443', protocol: 'TCP' }, { terminatingTLS: SECRET }),
      inMaps: true,
    },
    {
      field: 'spec.egress[0].toPorts[0].originatingTLS',
      spec: egressPort({ port: '443', protocol: 'TCP' }, { originatingTLS: SECRET }),
      config: PROXY_READS_SECRETS,
      inMaps: true,
    },
  ],
  listener: [
    {
      field: 'spec.egress[0].toPorts[0].listener',
      spec: egressPort(
        { port: '443', protocol: 'TCP' },
        { listener: { envoyConfig: { kind: 'CiliumClusterwideEnvoyConfig', name: 'c' }, name: 'l' } },
      ),
      inMaps: true,
    },
  ],
  'long regular expressions': [
    {
      field: 'spec.egress[0].toPorts[0].rules.http',
      spec: egressPort({ port: '80', protocol: 'TCP' }, { rules: { http: [{ path: `(${'x'.repeat(4096)}` }] } }),
    },
  ],
  Pass: [
    {
      field: 'spec.ingress[0].action',
      spec: { ingress: [{ action: 'Pass', from: [{ namespaces: {} }] }] },
      kinds: ['ClusterNetworkPolicy'],
      config: WITH_TIERS,
    },
  ],
  'unknown operators': [
    {
      field: 'spec.ingress[0].from[0].namespaces',
      spec: {
        ingress: [
          {
            action: 'Accept',
            from: [{ namespaces: { matchExpressions: [{ key: 'team', operator: 'Gt', values: ['1'] }] } }],
          },
        ],
      },
      kinds: ['ClusterNetworkPolicy'],
      config: WITH_TIERS,
    },
  ],
  authentication: [
    {
      field: 'spec.ingress[0].authentication',
      spec: { ingress: [{ fromEndpoints: [{}], authentication: { mode: 'required' } }] },
      inMaps: true,
    },
  ],
};

function egressPort(port: Json, rest: Json = {}): Json {
  return { egress: [{ toEntities: ['world'], toPorts: [{ ports: [port], ...rest }] }] };
}

function objectOf({ spec }: Uncovered, kind: Kind): Json {
  if (kind === 'NetworkPolicy') return policy('team-a/uncovered', spec, kind);
  if (kind === 'ClusterNetworkPolicy') return clusterNetworkPolicy('uncovered', spec);
  const rules = 'nodeSelector' in spec ? spec : { endpointSelector: {}, ...spec };
  return kind === 'CiliumNetworkPolicy' ? policy('team-a/uncovered', rules) : clusterwidePolicy('uncovered', rules);
}

/** With a deny and a limit that could each refuse something. */
function storeFor({ config = {}, version = '1.20.2' }: Uncovered, ...objects: readonly Json[]) {
  const pods = [pod('team-a/web-0', { app: 'web' }), pod('team-a/db-0', { app: 'db' })];
  const deny = clusterwidePolicy('deny', { endpointSelector: {}, egressDeny: [{ toCIDR: ['10.0.0.0/8'] }] });
  return storeWith([ciliumConfig(config), namespace('team-a'), ...pods, deny, ...objects], version);
}

const CASES = Object.entries(FEATURES).flatMap(([feature, all]) =>
  all.flatMap((uncovered) => (uncovered.kinds ?? CILIUM_KINDS).map((kind) => ({ feature, uncovered, kind }))),
);

interface ToldUnknown {
  readonly reason: string;
  readonly object?: { readonly name: string };
  readonly field?: string;
}

function unknownsIn(decision: Decision): readonly ToldUnknown[] {
  const judged = { object: { apiVersion: 'v1', kind: 'K', name: 'n' }, operation: 'CREATE', decision } as const;
  const text = renderJson({ kind: 'CheckResult', modelRevision: 1, decisions: [judged] });
  return (JSON.parse(text) as { decisions: [{ unknowns?: [] }] }).decisions[0].unknowns ?? [];
}

for (const { feature, uncovered, kind } of CASES) {
  const { field, inMaps } = uncovered;
  const reason = `the model does not cover ${inMaps === true ? 'what denies do to ' : ''}${feature}`;
  describe(`${feature} at ${field} of a ${kind}`, () => {
    const object = objectOf(uncovered, kind);
    const ref = { kind, name: 'uncovered', ...(kind.includes('Cluster') ? {} : { namespace: 'team-a' }) };

    test('submitted', () => {
      const decision = submit(storeFor(uncovered), object);
      assert.equal(decision.verdict, 'allow');
      assert.deepEqual(
        unknownsIn(decision).filter((unknown) => unknown.field === field),
        [{ reason, field }],
      );
    });

    test('stored, in an audit', () => {
      const report = runToEnd(audit(storeFor(uncovered, object).view(), ENFORCE));
      assert.deepEqual(
        report.unknowns.filter(({ path }) => path === field),
        [{ reason, object: ref, path: field }],
      );
      assert.deepEqual(
        report.findings.filter(({ severity }) => severity === 'violation'),
        [],
      );
    });

    if (inMaps === true) return;

    test('stored, in the map of a pod', () => {
      const store = storeFor(uncovered, object);
      const view = store.view();
      const explained = [...view.identities()].flatMap((identity) => explainMap(view, identity)?.unsupported ?? []);
      assert.ok(explained.some((part) => part.feature === feature && part.field === field));
      const decision = submit(
        store,
        policy('team-a/other', { endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }] }),
      );
      assert.equal(decision.verdict, 'allow');
      const told = unknownsIn(decision).filter(({ object: { name } = { name: '' } }) => name === 'uncovered');
      assert.deepEqual(told, [
        {
          reason: `the policy maps of what this selects are not known: the model does not cover ${feature}`,
          object: ref,
          field,
        },
      ]);
    });
  });
}

test('a NetworkPolicy that the agent would refuse is told to be so, submitted and stored', () => {
  const refused = policy('team-a/refused', { podSelector: {}, ingress: [{ from: [IP_BLOCK] }] }, 'NetworkPolicy');
  const config = ciliumConfig({ 'policy-default-local-cluster': 'true' });
  const objects = [config, namespace('team-a'), pod('team-a/web-0', { app: 'web' })];
  const [submitted] = unknownsIn(submit(storeWith(objects, '1.18.8'), refused));
  assert.match(submitted?.reason ?? '', /^the agent would refuse this policy: /);
  const [stored] = runToEnd(audit(storeWith([...objects, refused], '1.18.8').view(), ENFORCE)).unknowns;
  assert.equal(stored?.object?.name, 'refused');
  assert.equal(stored.reason, submitted?.reason);
});

test('a policy of a kind that agents do not read is told to do nothing, submitted and stored', () => {
  const tier = clusterNetworkPolicy('base', { tier: 'Baseline', priority: 1, subject: { namespaces: {} } });
  const reason = 'agents of this cluster read no ClusterNetworkPolicy: the policy does nothing';
  assert.deepEqual(unknownsIn(submit(storeWith([]), tier)), [{ reason }]);
  const [stored] = runToEnd(audit(storeWith([tier]).view(), ENFORCE)).unknowns;
  assert.deepEqual(stored, { reason, object: { kind: 'ClusterNetworkPolicy', name: 'base' } });
  const on = storeWith([ciliumConfig(WITH_TIERS), tier]);
  assert.deepEqual(runToEnd(audit(on.view(), ENFORCE)).unknowns, []);
});

test('rules of one pod that exclude each other are told in an audit, each with its place', () => {
  const redirect = (name: string, rest: Json) =>
    policy(`team-a/${name}`, {
      endpointSelector: {},
      egress: [{ toEntities: ['world'], toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }], ...rest }] }],
    });
  const http = redirect('http', { rules: { http: [{}] } });
  const names = redirect('names', { serverNames: ['a.example'] });
  const store = storeWith([namespace('team-a'), pod('team-a/web-0', { app: 'web' }), http, names]);
  const { unknowns } = runToEnd(audit(store.view(), ENFORCE));
  assert.deepEqual(unknowns.map(({ object, path }) => [object?.name, path]).sort(), [
    ['http', 'spec.egress[0].toEntities[0]'],
    ['names', 'spec.egress[0].toEntities[0]'],
  ]);
  for (const { reason } of unknowns) assert.match(reason, /^the policy maps of what this selects are not known: /);
});

test('a feature at several fields of one policy is told once, with the first of them', () => {
  const named = { toEntities: ['world'], toPorts: [{ ports: [{ port: 'web' }] }] };
  const decision = submit(
    storeWith([namespace('team-a')]),
    policy('team-a/p', { endpointSelector: {}, egress: [named, named] }),
  );
  assert.deepEqual(unknownsIn(decision), [
    {
      reason: 'the model does not cover what denies do to port names, here and at 1 other field',
      field: 'spec.egress[0].toPorts[0].ports',
    },
  ]);
});

test('a policy with groups, which agents until 1.19 pass over, is told to be so; what it denies counts for nothing', () => {
  const groups = { toGroups: [{ aws: { securityGroupsIds: ['sg-1'] } }] };
  const stored = clusterwidePolicy('by-groups', {
    endpointSelector: {},
    egress: [groups],
    egressDeny: [{ toEntities: ['world'] }],
  });
  const objects = [namespace('team-a'), pod('team-a/web-0', { app: 'web' }), stored];
  const allowed = policy('team-a/p', { endpointSelector: {}, egress: [{ toEntities: ['world'] }] });
  assert.equal(submit(storeWith(objects, '1.19.7'), allowed).verdict, 'allow');
  assert.equal(submit(storeWith(objects, '1.20.2'), allowed).verdict, 'deny');
  const [part] = runToEnd(audit(storeWith(objects, '1.19.7').view(), ENFORCE)).unknowns;
  assert.match(part?.reason ?? '', /^agents pass over a policy with groups: /);
  assert.equal(part?.path, 'spec.egress[0].toGroups');
});

test('what a policy with groups says besides is judged, though agents until 1.19 read what the operator makes of it', () => {
  const denied = clusterwidePolicy('deny', { endpointSelector: {}, egressDeny: [{ toEntities: ['world'] }] });
  const both = policy('team-a/p', {
    endpointSelector: {},
    egress: [{ toGroups: [{ aws: {} }] }, { toEntities: ['world'] }],
  });
  for (const version of ['1.19.7', '1.20.2']) {
    const decision = submit(storeWith([namespace('team-a'), denied], version), both);
    assert.equal(decision.verdict, 'deny', version);
  }
});
