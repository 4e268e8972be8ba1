/**
 * Peer selectors that take nobody: for good, or in an audit for as long as the policy is there.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { audit } from '../../../../src/review/audit.ts';
import type { JudgedFinding } from '../../../../src/review/results.ts';
import { ciliumConfig, namespace, pod, policy, storeWith, type Json } from '../../../support/objects.ts';
import { ENFORCE, finding, findings, submit } from '../../../support/review.ts';

const NAMESPACE = 'k8s:io.kubernetes.pod.namespace';
const FILTERED = ciliumConfig({ labels: 'k8s:!build k8s:!io\\.cilium\\.k8s\\.namespace\\.labels\\.stage' });

function labels(matchLabels: Readonly<Record<string, string>>): Json {
  return { matchLabels };
}

function ingress(...fromEndpoints: readonly Json[]): Json {
  return policy('team-a/web', { endpointSelector: {}, ingress: [{ fromEndpoints }] });
}

function networkPolicy(from: Json): Json {
  return policy('team-a/web', { podSelector: {}, ingress: [{ from: [from] }] }, 'NetworkPolicy');
}

function submitted(raw: Json, ...others: readonly Json[]) {
  return submit(storeWith([FILTERED, namespace('team-a'), ...others]), raw);
}

describe('a peer can match no identity', () => {
  const dead: readonly {
    readonly name: string;
    readonly raw: Json;
    readonly reason: string;
    readonly message: RegExp;
  }[] = [
    {
      name: 'by a label that is no part of identities',
      raw: ingress(labels({ app: 'web', build: '7' })),
      reason: 'filtered-label',
      message:
        /spec\.ingress\[0\]\.fromEndpoints\[0\] selects nobody: the label "build" is left out of identities in this cluster$/,
    },
    {
      name: 'by a label of namespaces that is none',
      raw: networkPolicy({ namespaceSelector: labels({ stage: 'prod' }) }),
      reason: 'filtered-label',
      message: /spec\.ingress\[0\]\.from\[0\] selects nobody: the label "io\.cilium\.k8s\.namespace\.labels\.stage" is/,
    },
    {
      name: 'in a namespace whose name no API server takes',
      raw: ingress(labels({ app: 'web', [NAMESPACE]: 'Team_B' })),
      reason: 'impossible-namespace',
      message: /selects nobody: no namespace can be called "Team_B"$/,
    },
    {
      name: 'in a namespace by a name that is none',
      raw: networkPolicy({ namespaceSelector: labels({ 'kubernetes.io/metadata.name': 'Team_B' }) }),
      reason: 'impossible-namespace',
      message: /no namespace can be called "Team_B"$/,
    },
    {
      name: 'of a deny',
      raw: policy('team-a/web', { endpointSelector: {}, egressDeny: [{ toEndpoints: [labels({ build: '7' })] }] }),
      reason: 'filtered-label',
      message: /spec\.egressDeny\[0\]\.toEndpoints\[0\] selects nobody/,
    },
  ];

  for (const { name, raw, reason, message } of dead) {
    test(name, () => {
      const decision = submitted(raw);
      const found = finding(decision, 'dead-selector');
      assert.deepEqual([decision.verdict, found.severity, found.audience], ['allow', 'advice', 'author']);
      assert.deepEqual(found.facts, { reason });
      assert.match(found.message, message);
      assert.ok(found.fix?.kind === 'words');
    });
  }
});

describe('nothing is said of a peer', () => {
  const alive: readonly { readonly name: string; readonly raw: Json }[] = [
    { name: 'that nobody matches today', raw: ingress(labels({ app: 'nobody' })) },
    { name: 'in a namespace that is not there yet', raw: ingress(labels({ [NAMESPACE]: 'team-z' })) },
    {
      name: 'that must not have a label which is no part of identities',
      raw: ingress({ matchExpressions: [{ key: 'build', operator: 'DoesNotExist' }] }),
    },
    {
      name: 'of which one namespace is possible',
      raw: ingress({ matchExpressions: [{ key: NAMESPACE, operator: 'In', values: ['Team_B', 'team-b'] }] }),
    },
    {
      name: 'that contradicts itself, which is nobody else',
      raw: ingress({
        matchLabels: { app: 'web' },
        matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }],
      }),
    },
  ];
  for (const { name, raw } of alive) {
    test(name, () => assert.deepEqual(findings(submitted(raw), 'dead-selector'), []));
  }

  test('of any cluster of a mesh, where another filter may hold', () => {
    const everywhere = { 'cluster-id': '3', 'cluster-name': 'c3', 'policy-default-local-cluster': 'false' };
    const mesh = (config: Readonly<Record<string, string>>) =>
      submit(
        storeWith([ciliumConfig({ labels: 'k8s:!build', ...config }), namespace('team-a')]),
        ingress(labels({ build: '7' })),
      );
    assert.deepEqual(findings(mesh(everywhere), 'dead-selector'), []);
    assert.equal(findings(mesh({ ...everywhere, 'policy-default-local-cluster': 'true' }), 'dead-selector').length, 1);
  });
});

describe('an audit', () => {
  const HOUR = 60 * 60 * 1000;
  const NOW = Date.parse('2026-11-23T08:00:00Z');

  function created(raw: Json, hoursAgo: number): Json {
    const creationTimestamp = new Date(NOW - hoursAgo * HOUR).toISOString().replace('.000', '');
    return { ...raw, metadata: { ...(raw['metadata'] as Json), creationTimestamp } };
  }

  function audited(objects: readonly Json[], now?: number): readonly JudgedFinding[] {
    const view = storeWith([FILTERED, namespace('team-a'), ...objects]).view();
    const { findings: found } = runToEnd(audit(view, ENFORCE, now === undefined ? {} : { now }));
    return found.filter(({ id }) => id === 'dead-selector');
  }

  const nobody = ingress(labels({ app: 'nobody' }));

  test('names a peer that no identity matches, once the policy is there for a day', () => {
    const [found, ...others] = audited([created(nobody, 50)], NOW);
    assert.ok(found !== undefined && others.length === 0);
    assert.deepEqual([found.severity, found.audience, found.facts], ['advice', 'platform', { reason: 'no-identity' }]);
    assert.match(found.message, /selects nobody: no identity matches it, 2 days after the policy was created$/);
  });

  test('says nothing before that, nor of a policy whose age is not known', () => {
    assert.deepEqual(audited([created(nobody, 23)], NOW), []);
    assert.deepEqual(audited([nobody], NOW), []);
  });

  test('takes the newest object for the time where there is no clock', () => {
    assert.deepEqual(audited([created(nobody, 50)]), []);
    assert.equal(audited([created(nobody, 50), created(pod('team-a/web-0', { app: 'web' }), 1)]).length, 1);
  });

  test('says nothing of a peer that an identity matches', () => {
    assert.deepEqual(audited([created(nobody, 50), pod('team-a/n-0', { app: 'nobody' })], NOW), []);
  });

  test('gives the reason that holds for good, whatever the age', () => {
    const found = audited([created(ingress(labels({ build: '7' })), 50)], NOW);
    assert.deepEqual(
      found.map(({ facts }) => facts),
      [{ reason: 'filtered-label' }],
    );
  });
});
