/**
 * A policy is read in pieces, whichever of its lists is long: nobody else is answered during one piece.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPolicy } from '../../../../../src/cilium/objects.ts';
import { parsePolicySteps } from '../../../../../src/cilium/policy/parse/parse.ts';
import type { ParsedPolicy } from '../../../../../src/cilium/policy/rule.ts';
import { decoded, policy, type Json } from '../../../../support/objects.ts';
import { contextFor } from '../../../../support/policies.ts';

const LENGTH = 5_000;
const CIDRS = Array.from({ length: LENGTH }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);

function cilium(...egress: readonly Json[]): Json {
  return policy('a/long', { endpointSelector: {}, egress });
}

function kubernetes(...egress: readonly Json[]): Json {
  return policy('a/long', { podSelector: {}, egress }, 'NetworkPolicy');
}

const LONG: Readonly<Record<string, Json>> = {
  'a list of CIDRs': cilium({ toCIDR: CIDRS }),
  'a list of CIDR rules': cilium({ toCIDRSet: CIDRS.map((cidr) => ({ cidr })) }),
  'a list of excepts': cilium({ toCIDRSet: [{ cidr: '10.0.0.0/8', except: CIDRS }] }),
  'a list of rules': cilium(...CIDRS.map((cidr) => ({ toCIDR: [cidr] }))),
  'a list of endpoints': cilium({ toEndpoints: CIDRS.map((_, index) => ({ matchLabels: { app: `a${index}` } })) }),
  'a list of HTTP rules': cilium({
    toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: CIDRS.map((path) => ({ path })) } }],
  }),
  'a list of specs': {
    ...policy('a/long', {}),
    spec: undefined,
    specs: CIDRS.map((cidr) => ({ endpointSelector: {}, egress: [{ toCIDR: [cidr] }] })),
  },
  'a list of blocks': kubernetes({ to: CIDRS.map((cidr) => ({ ipBlock: { cidr } })) }),
  'the excepts of a block': kubernetes({ to: [{ ipBlock: { cidr: '10.0.0.0/8', except: CIDRS } }] }),
  'a list of rules of a NetworkPolicy': kubernetes(...CIDRS.map((cidr) => ({ to: [{ ipBlock: { cidr } }] }))),
};

function read(raw: Json): { readonly parsed: ParsedPolicy; readonly pauses: number } {
  const object = decoded(raw);
  assert.ok(isPolicy(object));
  let pauses = 0;
  for (const steps = parsePolicySteps(object, contextFor('1.19.7')); ; pauses += 1) {
    const step = steps.next();
    if (step.done === true) return { parsed: step.value, pauses };
  }
}

for (const [what, raw] of Object.entries(LONG)) {
  test(`${what} is read in pieces of some hundreds`, () => {
    const { parsed, pauses } = read(raw);
    assert.equal(parsed.kind, 'parsed');
    assert.ok(pauses >= LENGTH / 256, `${pauses} pauses`);
  });
}

test('a list that is refused for its last element pauses before that is known', () => {
  const { parsed, pauses } = read(cilium({ toCIDR: [...CIDRS, 'no CIDR'] }));
  assert.equal(parsed.kind, 'refused');
  assert.ok(pauses >= LENGTH / 512, `${pauses} pauses`);
});

test('the peers of a NetworkPolicy rule share its ports', () => {
  const ports = [{ port: 80 }, { port: 443 }];
  const { parsed } = read(kubernetes({ ports, to: CIDRS.slice(0, 2).map((cidr) => ({ ipBlock: { cidr } })) }));
  assert.ok(parsed.kind === 'parsed');
  const [one, other] = parsed.rules.filter(({ direction }) => direction === 'egress');
  assert.ok(one !== undefined && one.ports === other?.ports);
});
