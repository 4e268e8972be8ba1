/**
 * What is said about a policy map is what is known of it, and only to those whom it concerns.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { audit } from '../../../../src/review/audit.ts';
import { explainMap } from '../../../../src/review/explain.ts';
import { denialText } from '../../../../src/review/denial-text.ts';
import type { Decision } from '../../../../src/review/results.ts';
import {
  ciliumConfig,
  ciliumIdentity,
  clusterwidePolicy,
  namespace,
  pod,
  policy,
  storeWith,
  type Json,
} from '../../../support/objects.ts';
import { identityIn } from '../../../support/churn.ts';
import { ENFORCE, finding, submit } from '../../../support/review.ts';

const LIMIT = 256;

function limited(rest: Readonly<Record<string, string>> = {}): Json {
  return ciliumConfig({ 'bpf-policy-map-max': String(LIMIT), 'enable-well-known-identities': 'false', ...rest });
}

function prefixes(network: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `10.${network}.${index}.0/24`);
}

function egress(path: string, toCIDR: readonly string[], rest: Json = {}): Json {
  return policy(path, { endpointSelector: {}, egress: [{ toCIDR, ...rest }] });
}

/** 30 blocks. */
const WIDE = { toPorts: [{ ports: [{ port: '1', endPort: 65_534, protocol: 'TCP' }] }] };

/** 400,000 keys: more than anybody counts. */
function tooMany(): Json {
  const list = Array.from({ length: 20_000 }, (_, index) => ({ port: String(2 * index + 1), protocol: 'TCP' }));
  const toPorts = Array.from({ length: 500 }, (_, index) => ({ ports: list.slice(40 * index, 40 * (index + 1)) }));
  return egress('team-a/huge', prefixes(0, 20), { toPorts });
}

function told(decision: Decision): string {
  return finding(decision, 'policy-map-overflow').message;
}

describe('a map that is not counted to its end', () => {
  const store = storeWith([namespace('team-a'), pod('team-a/web', { app: 'web' }), limited()], '1.19.7');

  test('needs at least what is known of it, and no word says that nothing is known', () => {
    const decision = submit(store, tooMany());
    assert.equal(decision.verdict, 'deny');
    const { facts, message, fix } = finding(decision, 'policy-map-overflow');
    assert.ok(message.startsWith(`a policy map needs at least ${String(facts['entriesAfter'])} entries, limit 256`));
    assert.deepEqual(
      decision.unknowns.map(({ reason }) => reason),
      [
        'the policy maps of what this selects are not counted to their end: its rules ask for more than 262144 keys of a policy map',
      ],
    );
    assert.match(fix?.text ?? '', /^the map grows by at least \d+ entries and has room for 253: /);
    assert.doesNotMatch(fix?.text ?? '', /of which \d+ fit/);
  });

  test('is told the same way in an audit', () => {
    const full = storeWith([namespace('team-a'), pod('team-a/web', { app: 'web' }), limited(), tooMany()], '1.19.7');
    const { findings, unknowns } = runToEnd(audit(full.view(), ENFORCE));
    assert.match(
      findings[0]?.message ?? '',
      /^a policy map needs at least \d+ entries, limit 256, for pod team-a\/web;/,
    );
    for (const { reason } of unknowns) assert.match(reason, / are not counted to their end: /);
  });
});

test('a map that is not counted is explained by nothing that is sure', () => {
  const view = storeWith([namespace('team-a'), pod('team-a/web', { app: 'web' }), tooMany()], '1.19.7').view();
  const [identity = 0] = [...view.identities()];
  assert.equal(explainMap(view, identity)?.certainty, 'unknown');
});

test('of peers whose entries other rules have a part in it is not said how many fit', () => {
  const here = [namespace('team-a'), pod('team-a/web', { app: 'web' }), limited()];
  const own = egress('team-a/own', prefixes(9, 10), WIDE);
  const fixOf = (...stored: readonly Json[]): string =>
    finding(submit(storeWith([...here, ...stored], '1.19.7'), own), 'policy-map-overflow').fix?.text ?? '';
  assert.match(fixOf(), /each of 10 peer identities, of which 8 fit/);
  const around = egress('team-a/around', ['10.0.0.0/8'], WIDE);
  const named = egress('team-a/named', prefixes(9, 9));
  assert.doesNotMatch(fixOf(around, named), /of which/);
});

describe('identities that nobody uses', () => {
  const unused = Array.from({ length: 300 }, (_, index) =>
    ciliumIdentity(2000 + index, {
      'k8s:app': `old${index}`,
      'k8s:io.cilium.k8s.policy.cluster': 'default',
      'k8s:io.cilium.k8s.policy.serviceaccount': 'default',
      'k8s:io.kubernetes.pod.namespace': 'team-a',
      'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': 'team-a',
    }),
  );
  const open = policy('team-a/open', { endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }] });
  const cluster = (rest?: Readonly<Record<string, string>>): readonly Json[] => [
    namespace('team-a'),
    pod('team-a/web', { app: 'web' }),
    ...unused,
    limited(rest),
  ];

  test('are told to go where they are collected', () => {
    assert.match(told(submit(storeWith(cluster(), '1.19.7'), open)), / once unused identities are collected/);
  });

  test('stay where they never are: the map is told as full as it stays', () => {
    const never = cluster({ 'identity-gc-interval': '0s' });
    const decision = submit(storeWith(never, '1.19.7'), open);
    assert.doesNotMatch(told(decision), /collected/);
    const { facts } = finding(decision, 'policy-map-overflow');
    assert.equal(facts['entriesSettled'], facts['entriesAfter']);
    const [inAudit] = runToEnd(audit(storeWith([...never, open], '1.19.7').view(), ENFORCE)).findings;
    assert.doesNotMatch(inAudit?.message ?? '', /collected/);
  });
});

describe('prefixes that other tenants name', () => {
  const partners = egress('team-b/partners', [...prefixes(1, 6), ...prefixes(2, 2)]);
  const intranet = egress('team-a/intranet', ['10.0.0.0/8'], WIDE);
  const here = [
    namespace('team-a'),
    namespace('team-b'),
    namespace('team-c'),
    pod('team-a/web', { app: 'web' }),
    limited(),
  ];
  const named =
    /; 9 prefixes in it are named only by other tenants: CiliumNetworkPolicy team-b\/partners \(8\) and CiliumNetworkPolicy team-c\/mirror \(3\)$/;
  const mirror = egress('team-c/mirror', [...prefixes(2, 2), ...prefixes(3, 1)]);

  test('and that fill a map are told to the platform, with who names how many', () => {
    const decision = submit(storeWith([...here, partners, mirror], '1.19.7'), intranet);
    const { audience, message } = finding(decision, 'policy-map-overflow');
    assert.equal(audience, 'platform');
    assert.match(message, named);
  });

  test('and that come to a map which others have are told to the platform too', () => {
    const decision = submit(storeWith([...here, mirror, intranet], '1.19.7'), partners);
    const { audience, message } = finding(decision, 'policy-map-overflow');
    assert.equal(audience, 'platform');
    assert.match(message, named);
  });

  test('and that fill a map of several tenants are those that no tenant with pods there names, whoever came first', () => {
    const everywhere = clusterwidePolicy('intranet', {
      endpointSelector: {},
      egress: [{ toCIDR: ['10.0.0.0/8'], ...WIDE }],
    });
    const naming = (path: string, toCIDR: readonly string[]): Json =>
      policy(path, { endpointSelector: { matchLabels: { app: 'nobody' } }, egress: [{ toCIDR }] });
    const named = [naming('team-a/own', prefixes(1, 3)), naming('team-c/own', prefixes(2, 1)), everywhere];
    // Of a pod that is gone.
    const unused = [
      namespace('team-d'),
      naming('team-d/own', prefixes(2, 2)),
      identityIn('team-d', 2000, { app: 'web' }),
    ];
    const pods = [pod('team-a/web', { app: 'web' }), pod('team-c/web', { app: 'web' })];
    for (const arrived of [pods, pods.toReversed()]) {
      const store = storeWith([...here.slice(0, 3), limited(), ...arrived, ...named, ...unused], '1.19.7');
      const { message } = finding(submit(store, partners), 'policy-map-overflow');
      assert.match(
        message,
        /; 4 prefixes in it are named only by other tenants: CiliumNetworkPolicy team-b\/partners \(4\) and CiliumNetworkPolicy team-d\/own \(1\)$/,
      );
    }
  });

  test('and that as many policies name are told in the order of their names, whoever came first', () => {
    const named = ['team-c/b', 'team-c/a', 'team-b/z'].map((path, index) => egress(path, prefixes(index, 3), WIDE));
    for (const arrived of [named, named.toReversed()]) {
      const { message } = finding(submit(storeWith([...here, ...arrived], '1.19.7'), intranet), 'policy-map-overflow');
      assert.match(
        message,
        /team-b\/z \(3\), CiliumNetworkPolicy team-c\/a \(3\) and CiliumNetworkPolicy team-c\/b \(3\)$/,
      );
    }
  });

  test('are nothing that a tenant reads who is denied for its own', () => {
    const own = egress('team-a/own', prefixes(9, 10), WIDE);
    const decision = submit(storeWith([...here, partners, mirror], '1.19.7'), own);
    assert.equal(decision.verdict, 'deny');
    const shown = decision.findings.filter(({ audience }) => audience === 'author');
    assert.doesNotMatch(denialText(shown, { docsUrl: 'docs', decisionId: 'x' }), /team-b|team-c|other tenants/);
  });
});
