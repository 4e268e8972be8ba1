/**
 * Policies are looked through for labels with pauses, by how much they ask for and not by how many they are.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { churnFixes } from '../../../../src/checks/identity-churn/churn-fix.ts';
import { rulesSelectingBy } from '../../../../src/checks/facts/selecting-rules.ts';
import { deployment } from '../../../support/churn.ts';
import { decoded, labels, namespace, policy, storeWith } from '../../../support/objects.ts';

const [POLICIES, PEERS] = [10, 2_000];

const view = storeWith([
  namespace('ci'),
  ...Array.from({ length: POLICIES }, (_, number) => {
    const fromEndpoints = Array.from({ length: PEERS }, (_, peer) => ({ matchLabels: { app: `x${peer}` } }));
    return policy(`ci/p${number}`, { endpointSelector: {}, ingress: [{ fromEndpoints }] });
  }),
]).view();

/** Each peer asks for a label and for a namespace, at least. */
const LEAST_PAUSES = (2 * POLICIES * PEERS) / 5_000;

test('the policies that a fix has to name', () => {
  const input = {
    object: decoded(deployment('ci/web', { run: 'r1' })),
    namespace: 'ci',
    labels: labels('k8s:run=r1'),
    podLabels: new Map([['run', 'r1']]),
    blame: { keys: ['run'], churning: ['run'], on: 'author', given: [] },
    gain: 'one identity',
  } as const;
  assert.ok([...churnFixes(view, input)].length >= LEAST_PAUSES);
});

test('the rules that ask for a label that is proposed to be left out', () => {
  assert.ok([...rulesSelectingBy(['run'], view)].length >= LEAST_PAUSES);
});
