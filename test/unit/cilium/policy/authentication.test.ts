/**
 * Rules that say how peers authenticate.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demandsProof, NO_REQUIREMENT, requirementOf } from '../../../../src/cilium/policy/authentication.ts';
import { mapState } from '../../../../src/cilium/policy/map/map-state.ts';
import { resolve, selectsSubject } from '../../../../src/cilium/policy/resolve.ts';
import { explainMap } from '../../../../src/review/explain.ts';
import { namespace, pod, policy, storeWith } from '../../../support/objects.ts';
import {
  cnp,
  contextFor,
  inputsOf,
  podLabels,
  policyOf,
  rulesOf,
  universeOf,
  type Spec,
} from '../../../support/policies.ts';
import { PODS } from '../../../support/policy-arbitraries.ts';

const SUBJECT = { identity: 1001, labels: podLabels('a', 'web') };
const DB = { fromEndpoints: [{ matchLabels: { app: 'db' } }] };

function port(text: string, rest: Spec = {}): Spec {
  return { toPorts: [{ ports: [{ port: text, protocol: 'TCP' }], ...rest }] };
}

function required(rule: Spec, mode = 'required'): Spec {
  return { ...rule, authentication: { mode } };
}

/** `1002 6/80` for each entry of ingress but that of the host, in the smallest map or in the largest. */
function ingress(version: string, spec: Spec, undecided: 'fewest' | 'most' = 'fewest'): readonly string[] {
  const context = contextFor(version);
  const inputs = { ...inputsOf(universeOf(context, PODS), context), undecided };
  const map = mapState(policyOf([cnp({ endpointSelector: {}, ...spec })], SUBJECT, context), inputs);
  return [...map.entries()]
    .filter(({ direction, identity }) => direction === 'ingress' && identity !== 1)
    .map(({ identity, protocol, port: number, effect }) => `${identity} ${protocol}/${number} ${effect}`);
}

test('a mode that is written asks for more than none, each for more than the one before, and what is none asks for nothing', () => {
  const modes = ['disabled', 'required', 'test-always-fail'].map(requirementOf);
  assert.deepEqual([NO_REQUIREMENT, ...modes], [NO_REQUIREMENT, ...modes].toSorted());
  assert.equal(new Set([NO_REQUIREMENT, ...modes]).size, 4);
  assert.deepEqual(modes.map(demandsProof), [false, true, true]);
  assert.deepEqual([requirementOf(undefined), requirementOf('another')], [NO_REQUIREMENT, NO_REQUIREMENT]);
});

test('modes that differ for one peer on one port exclude each other', () => {
  for (const [mode, isRefused] of [
    ['disabled', true],
    ['required', false],
  ] as const) {
    const context = contextFor('1.20.2');
    const rules = rulesOf(cnp({ endpointSelector: {}, ingress: [required(DB), required(DB, mode)] }), context);
    const resolved = resolve(
      rules.filter((rule) => selectsSubject(rule, SUBJECT)),
      SUBJECT,
      context,
    );
    assert.equal(!resolved.ok, isRefused);
  }
});

test('a peer for whom something else is asked than for everybody keeps a key of its own', () => {
  const db = ['1002 6/80 allow'];
  for (const version of ['1.18.8', '1.19.7']) {
    const everybody = ['0 6/80 allow'];
    assert.deepEqual(ingress(version, { ingress: [port('80'), { ...DB, ...port('80') }] }), everybody);
    assert.deepEqual(ingress(version, { ingress: [port('80'), required({ ...DB, ...port('80') })] }), [
      ...everybody,
      ...db,
    ]);
  }
});

test('an allow that says how to authenticate stays under a redirect of the same peer', () => {
  const redirect = { ...DB, ...port('80', { rules: { http: [{ method: 'GET' }] } }) };
  const range = {
    toPorts: [
      {
        ports: [
          { port: '80', endPort: 80, protocol: 'TCP' },
          { port: '81', protocol: 'TCP' },
        ],
      },
    ],
  };
  assert.deepEqual(ingress('1.19.7', { ingress: [redirect, required({ ...DB, ...range })] }), [
    '1002 6/80 redirect',
    '1002 6/81 allow',
  ]);
});

test('whether an allow stays under a deny of everybody is open, unless both are of one port in 1.18', () => {
  const under = (version: string, text: string, undecided: 'fewest' | 'most') => {
    const spec = { ingressDeny: [port('80')], ingress: [required({ ...DB, ...port(text) })] };
    return ingress(version, spec, undecided).filter((entry) => entry.startsWith('1002'));
  };
  for (const version of ['1.19.7', '1.20.2']) {
    assert.deepEqual(under(version, '80', 'fewest'), []);
    assert.deepEqual(under(version, '80', 'most'), ['1002 6/80 allow']);
  }
  assert.deepEqual(under('1.18.8', '80', 'fewest'), ['1002 6/80 allow']);
  assert.deepEqual(under('1.19.7', '81', 'fewest'), ['1002 6/81 allow']);
});

test('a rule that is said to need no proof hands none down: what an aggregate repeats is gone in every order (1.20)', () => {
  const repeated = (mode: string, undecided: 'fewest' | 'most') => {
    const spec = {
      ingress: [required(DB, mode), { fromEntities: ['cluster'], ...port('80') }, { ...DB, ...port('80') }],
    };
    return ingress('1.20.2', spec, undecided).filter((entry) => entry.startsWith('1002 6/80'));
  };
  assert.deepEqual(repeated('disabled', 'most'), []);
  assert.deepEqual(repeated('required', 'fewest'), []);
  assert.deepEqual(repeated('required', 'most'), ['1002 6/80 allow']);
});

test('the host is let in beside a redirect of everybody until 1.19', () => {
  const spec = { ingress: [required(port('80', { rules: { http: [{ method: 'GET' }] } }))] };
  const hostPorts = (version: string): readonly number[] => {
    const context = contextFor(version);
    const inputs = inputsOf(universeOf(context, PODS), context);
    const map = mapState(policyOf([cnp({ endpointSelector: {}, ...spec })], SUBJECT, context), inputs);
    return [...map.entriesOf('ingress', 1)].map((entry) => entry.port).sort((a, b) => a - b);
  };
  assert.deepEqual(hostPorts('1.18.8'), [0, 80]);
  assert.deepEqual(hostPorts('1.19.7'), [0, 80]);
  assert.deepEqual(hostPorts('1.20.2'), [0]);
});

test('a map of which the order of a Go map may leave more is a lower bound', () => {
  const certaintyWith = (spec: Spec, version = '1.19.7'): string | undefined => {
    const rules = { endpointSelector: {}, ingress: [required({ fromEndpoints: [{}], ...port('80') })], ...spec };
    const view = storeWith([namespace('a'), pod('a/web'), policy('a/p', rules)], version).view();
    const [identity = 0] = view.identities();
    return explainMap(view, identity)?.certainty;
  };
  assert.equal(certaintyWith({}), 'exact');
  assert.equal(certaintyWith({ ingressDeny: [port('443')] }), 'lower-bound');
  const beside = { fromEndpoints: [{ matchLabels: { app: 'db' } }], ...port('443') };
  const open = { fromEndpoints: [{}], ...port('80') };
  assert.equal(certaintyWith({ ingress: [required(open), beside], ingressDeny: [port('443')] }), 'lower-bound');
  assert.equal(
    certaintyWith({ ingress: [required({ ...open, ...port('443') }), beside], ingressDeny: [port('443')] }),
    'lower-bound',
  );
  const many = {
    fromEndpoints: [{ matchExpressions: [{ key: 'reserved:kube-apiserver', operator: 'DoesNotExist' }] }],
  };
  assert.equal(certaintyWith({ ingressDeny: [many] }), 'exact');
  assert.equal(certaintyWith({}, '1.20.2'), 'exact');
  assert.equal(certaintyWith({ ingress: [required(DB), { ...many, ...port('80') }] }), 'exact');
  assert.equal(certaintyWith({ ingress: [required(DB), { ...many, ...port('80') }] }, '1.20.2'), 'lower-bound');
  assert.equal(certaintyWith({ ingress: [DB], ingressDeny: [many] }, '1.20.2'), 'exact');
});
