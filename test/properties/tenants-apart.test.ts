/**
 * No leaks: what an author reads never names what only another tenant has. Tenant red has namespaces `alpha` and `beta`, tenant
 * blue has `blue`, and everything of it carries that word.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { denialText } from '../../src/review/denial-text.ts';
import type { Decision } from '../../src/review/results.ts';
import {
  ciliumConfig,
  ciliumIdentity,
  clusterwidePolicy,
  namespace,
  storeWith,
  type Json,
} from '../support/objects.ts';
import { anyObject, anyPod, anyPolicy, RUNS, SEED } from '../support/random-cluster.ts';
import { settingsWith, submit } from '../support/review.ts';

/** Where an object belongs: a CiliumIdentity to the namespace among its labels. */
function homeOf(raw: Json): string | undefined {
  const { namespace: own, name } = raw['metadata'] as { readonly namespace?: string; readonly name: string };
  if (raw['kind'] === 'Namespace') return name;
  const labels = raw['security-labels'] as Readonly<Record<string, string>> | undefined;
  return own ?? labels?.['k8s:io.kubernetes.pod.namespace'];
}

/** What is of gamma is of blue, to the last word; nobody else speaks of it. */
function told(raw: Json): Json {
  const text = JSON.stringify(raw);
  if (homeOf(raw) !== 'gamma') return JSON.parse(text.replaceAll('gamma', 'beta')) as Json;
  const own = text
    .replace(/"(web|db|job|front|back|p\\d|one|two|three|out|build-id)"/g, '"blue-$1"')
    .replace(/"k8s:(tier|build-id)":/g, '"k8s:blue-$1":')
    .replaceAll('gamma', 'blue');
  return JSON.parse(own) as Json;
}

/** Unused identities of both tenants, so that pods churn. */
const UNUSED = ['alpha', 'beta', 'gamma'].flatMap((name, index) =>
  ['7', '8', '9'].map((build, offset) =>
    ciliumIdentity(2000 + index * 10 + offset, {
      'k8s:app': 'web',
      'k8s:build-id': build,
      'k8s:io.kubernetes.pod.namespace': name,
      'k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': name,
      'k8s:io.cilium.k8s.namespace.labels.tenant': name === 'gamma' ? 'blue' : 'red',
      'k8s:io.cilium.k8s.policy.cluster': 'default',
      'k8s:io.cilium.k8s.policy.serviceaccount': 'default',
    }),
  ),
);

const DENY = clusterwidePolicy('deny-private', { endpointSelector: {}, egressDeny: [{ toCIDR: ['10.0.0.0/8'] }] });

/** The smallest maps, and advice from the third entry on. */
const SETTINGS = {
  ...settingsWith('enforce', {
    labelChurn: { unused: 1, ratio: 0 },
    policyMapOverflow: { advicePercent: 1 },
    identityBudget: 1,
  }),
};
const CONFIG = ciliumConfig({ 'bpf-policy-map-max': '256' });

const handover = fc.constantFrom('alpha', 'beta').map((name) => ({
  before: namespace(name, { tenant: 'red' }),
  raw: namespace(name, { tenant: 'blue', team: 'x' }),
}));
const relabel = fc.constantFrom('alpha', 'beta').map((name) => ({
  before: namespace(name, { tenant: 'red' }),
  raw: namespace(name, { tenant: 'red', team: 'x' }),
}));
// Who writes clusterwide objects is of the platform, and reads about every tenant.
const written = fc.oneof(anyPod, anyPolicy, anyPolicy).map((raw) => ({ before: undefined, raw: told(raw) }));
const anySubmission = fc.oneof({ arbitrary: written, weight: 6 }, relabel, handover);

/** Everything of a decision that its author gets to see. */
function shownText(decision: Decision): string {
  const shown = decision.findings.filter(({ audience, denies }) => audience === 'author' || denies);
  const text = denialText(shown, { docsUrl: 'docs', decisionId: 'x' }, decision.refusedFor);
  return JSON.stringify([text, shown, decision.warnings, decision.refusedFor]);
}

test('nothing of another tenant is in what an author reads', () => {
  let shown = 0;
  const cluster = fc.array(anyObject, { minLength: 10, maxLength: 40 });
  fc.assert(
    fc.property(cluster, anySubmission, (objects, { before, raw }) => {
      if (homeOf(raw) === 'blue') return;
      const namespaces = ['alpha', 'beta'].map((name) => namespace(name, { tenant: 'red' }));
      const all = [
        CONFIG,
        ...objects.map(told),
        ...UNUSED.map(told),
        ...namespaces,
        namespace('blue', { tenant: 'blue' }),
        DENY,
      ];
      const store = storeWith(all, '1.19.7', { tenantLabel: 'tenant' });
      const checks = ['identity-churn', 'deny-contradiction', 'policy-map-overflow', 'policy-pitfalls'] as const;
      const settings = { ...SETTINGS, adviceAsWarning: new Set(checks) };
      const options = {
        settings,
        rules: { unknownPolicies: 'deny' as const },
        ...(before === undefined ? {} : { before }),
      };
      const text = shownText(submit(store, raw, options));
      shown += text.length > 200 ? 1 : 0;
      // The tenant that a Namespace comes to is its author's own word.
      assert.doesNotMatch(text.replaceAll('tenant blue', '').replaceAll('label/blue', ''), /blue/);
    }),
    { seed: SEED, numRuns: RUNS },
  );
  assert.ok(shown * 4 > RUNS, `only ${shown} of ${RUNS} authors read anything`);
});
