/**
 * Allows that are told to be dead beside ClusterNetworkPolicies: the second evaluator, which is asked with all of them, agrees.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clusterwidePolicy, namespace, pod, storeWith, type Json } from '../support/objects.ts';
import { anyClusterNetworkPolicy, anyPolicy, NAMESPACES, runsOr, SEED, WITH_TIERS } from '../support/random-cluster.ts';
import { findings, submit } from '../support/review.ts';

const PODS = NAMESPACES.flatMap((name) => ['web', 'db', 'job'].map((app) => pod(`${name}/${app}-0`, { app })));

const denies: fc.Arbitrary<Json> = fc
  .subarray<Json>(
    [
      { egressDeny: [{ toCIDR: ['10.1.0.0/16', '169.254.169.254/32'] }] },
      { egressDeny: [{ toEndpoints: [{ matchLabels: { app: 'db' } }] }] },
      { ingressDeny: [{ fromEntities: ['world'] }] },
      { ingressDeny: [{ fromEndpoints: [{}], toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] }] },
    ],
    { minLength: 1 },
  )
  .map((specs) =>
    clusterwidePolicy(
      'guard',
      specs.reduce((all, spec) => ({ ...all, ...spec }), { endpointSelector: {} }),
    ),
  );

/** One that denies what it allows is a disagreement of its own. */
const allows = anyPolicy.filter(({ spec }) => Object.keys(spec as Json).every((list) => !list.endsWith('Deny')));

test('what is told to be dead is denied, whatever the Admin tier accepts', () => {
  const told = { dead: 0, overruled: 0 };
  const property = fc.property(
    denies,
    fc.array(anyClusterNetworkPolicy, { minLength: 1, maxLength: 3 }),
    allows,
    (guard, tiers, submitted) => {
      const namespaces = NAMESPACES.map((name) => namespace(name, { team: name === 'alpha' ? 'red' : 'blue' }));
      const decision = submit(storeWith([WITH_TIERS, ...namespaces, ...PODS, guard, ...tiers]), submitted);
      assert.deepEqual(decision.replayMismatches, []);
      told.dead += findings(decision, 'dead-allow').filter(({ severity }) => severity === 'violation').length;
      told.overruled += decision.unknowns.filter(({ reason }) => reason.includes(' may let through what ')).length;
    },
  );
  fc.assert(property, { seed: SEED, numRuns: runsOr(400) });
  assert.ok(told.dead > 50 && told.overruled > 10, JSON.stringify(told));
});
