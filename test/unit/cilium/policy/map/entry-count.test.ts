import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { entryCountSteps, gainedCountSteps } from '../../../../../src/cilium/policy/map/entry-count.ts';
import { runToEnd } from '../../../../../src/cilium/run-to-end.ts';
import {
  ccnp,
  cnp,
  contextFor,
  inputsOf,
  NO_NAMED_PORTS,
  podLabels,
  policyOf,
  universeOf,
  type Spec,
} from '../../../../support/policies.ts';

const SUBJECT = { identity: 1001, labels: podLabels('a', 'web') };

function gained(spec: Spec, version = '1.20.2', identity = 1002): number {
  const context = contextFor(version);
  const universe = universeOf(context, []);
  const policy = policyOf([ccnp({ endpointSelector: {}, ...spec })], SUBJECT, context);
  const added = { identity, labels: podLabels('a', 'db') };
  return runToEnd(
    gainedCountSteps(policy, added, { context, namedPorts: NO_NAMED_PORTS, labelsOf: (id) => universe.get(id) }),
  );
}

suite('one more identity', () => {
  const ports = { toPorts: [{ ports: [{ port: '80' }, { port: '443', protocol: 'TCP' }] }] };

  test('adds an entry for each key that a selector which takes it asks for', () => {
    assert.equal(gained({ egress: [{ toEndpoints: [{}], ...ports }] }), ['6/80', '6/443', '17/80', '132/80'].length);
  });

  test('adds nothing where the wildcard or its aggregate stands for it', () => {
    assert.equal(gained({ egress: [{ toEntities: ['all'] }] }), 0);
    assert.equal(gained({ egress: [{ toEntities: ['cluster'] }] }), 0);
    assert.equal(gained({ egress: [{ toEntities: ['cluster'] }] }, '1.19.7'), 1);
  });

  test('of another cluster adds its own entry: its aggregate is another', () => {
    assert.equal(gained({ egress: [{ toEntities: ['cluster'] }] }, '1.20.2', 131573), 1);
  });

  test('adds nothing where a deny covers it', () => {
    const egressDeny = [{ toEntities: ['all'] }];
    assert.equal(gained({ egress: [{ toEndpoints: [{}] }], egressDeny }), 0);
  });
});

test('a policy is counted without its map', () => {
  const context = contextFor('1.20.2');
  const inputs = inputsOf(universeOf(context, [[1002, podLabels('a', 'db')]]), context);
  const policy = policyOf([cnp({ endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }] })], SUBJECT, context);
  assert.equal(runToEnd(entryCountSteps(policy, inputs)), 1 + 1 + 5);
});
