/**
 * Each misreading with the case that Cilium recorded of it: it is found in the minors in which Cilium does what nobody wrote, and in
 * no other.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { MisreadingId } from '../../../../src/checks/facts/findings/policy-pitfalls.ts';
import { runToEnd } from '../../../../src/cilium/run-to-end.ts';
import { audit } from '../../../../src/review/audit.ts';
import type { JudgedFinding } from '../../../../src/review/results.ts';
import { MINORS, rawWorlds, type Minor } from '../../../conformance/recorded-worlds.ts';
import { decoded, type Json } from '../../../support/objects.ts';
import { recordedVerdict, type RecordedFlow } from '../../../support/recorded-verdict.ts';
import { ENFORCE } from '../../../support/review.ts';
import { storeOfWorld, worldNamed, type WrittenWorld } from '../../../support/world-store.ts';

const [TCP, ICMP] = [6, 1];
const tcp = (direction: RecordedFlow['direction'], peer: number, port: number): RecordedFlow => ({
  direction,
  peer,
  proto: TCP,
  port,
});

interface Shown {
  readonly world: string;
  /** What the cluster has besides. */
  readonly more?: readonly Json[];
  /** One that the rule is not about, or that it should be about. */
  readonly flow: RecordedFlow;
  /** What nobody would expect Cilium to say. */
  readonly surprise: 'allow' | 'deny' | 'nomatch';
  /** In which minors it says so. */
  readonly minors: readonly Minor[];
}

const SHOWN: { readonly [Id in MisreadingId]: readonly Shown[] } = {
  'unresolved-services': [
    { world: 'services-unresolved-with-ports', flow: tcp('egress', 2001, 80), surprise: 'allow', minors: MINORS },
    { world: 'services-without-endpoints', flow: tcp('egress', 2001, 80), surprise: 'allow', minors: MINORS },
    { world: 'services-by-labels-with-source', flow: tcp('egress', 2, 80), surprise: 'allow', minors: ['1.18'] },
  ],
  'empty-list-of-everybody': [
    { world: 'fqdn-empty-list-with-ports', flow: tcp('egress', 2001, 80), surprise: 'allow', minors: MINORS },
  ],
  'port-zero-range': [
    { world: 'port-zero-endport', flow: tcp('ingress', 1002, 5000), surprise: 'allow', minors: MINORS },
  ],
  'icmp-type-zero': [
    {
      world: 'icmp-echo-reply-type0',
      flow: { direction: 'ingress', peer: 1002, proto: ICMP, port: 3 },
      surprise: 'allow',
      minors: MINORS,
    },
    {
      world: 'icmp-echo',
      flow: { direction: 'ingress', peer: 1002, proto: ICMP, port: 3 },
      surprise: 'allow',
      minors: [],
    },
  ],
  'negation-takes-world': [
    { world: 'peer-namespace-notin', flow: tcp('ingress', 2, 80), surprise: 'allow', minors: ['1.18'] },
    { world: 'negative-selector-any-cluster', flow: tcp('ingress', 2, 80), surprise: 'allow', minors: MINORS },
    { world: 'negative-selector-any-cluster-deny', flow: tcp('ingress', 2, 80), surprise: 'deny', minors: MINORS },
    { world: 'negative-selector-knp-default', flow: tcp('ingress', 2, 80), surprise: 'allow', minors: ['1.18'] },
    { world: 'negative-selector-knp-any-cluster', flow: tcp('ingress', 2, 80), surprise: 'allow', minors: MINORS },
    { world: 'peer-notin-app', flow: tcp('ingress', 2, 80), surprise: 'allow', minors: [] },
  ],
  'negation-takes-excluded': [
    { world: 'negative-selector-any-cluster', flow: tcp('ingress', 1002, 80), surprise: 'allow', minors: ['1.20'] },
    { world: 'negative-selector-any-cluster-deny', flow: tcp('ingress', 1002, 80), surprise: 'deny', minors: ['1.20'] },
    { world: 'negative-selector-knp-any-cluster', flow: tcp('ingress', 1002, 80), surprise: 'allow', minors: ['1.20'] },
    { world: 'negative-selector-reserved-key', flow: tcp('ingress', 1002, 80), surprise: 'allow', minors: ['1.20'] },
    { world: 'kcnp-namespaces-not-in', flow: tcp('ingress', 1002, 80), surprise: 'deny', minors: ['1.20'] },
    { world: 'peer-namespace-notin', flow: tcp('ingress', 1002, 80), surprise: 'allow', minors: [] },
  ],
  'rules-without-parser': [
    // Until 1.19 the policies are refused, and nothing is enforced.
    { world: 'kafka-rules-refused', flow: tcp('egress', 2, 80), surprise: 'allow', minors: MINORS },
  ],
  'empty-cidr-group-selector': [
    { world: 'cidr-group-selector-empty', flow: tcp('egress', 2001, 80), surprise: 'allow', minors: MINORS },
  ],
  'cidr-group-negation': [
    { world: 'cidr-group-selector-notin', flow: tcp('egress', 2001, 80), surprise: 'allow', minors: ['1.18', '1.19'] },
    { world: 'cidr-group-selector-in', flow: tcp('egress', 2001, 80), surprise: 'allow', minors: [] },
  ],
  'cidr-of-pods': [
    {
      world: 'cidr-nested',
      more: [node('10.1.0.0/16')],
      flow: tcp('egress', 2001, 80),
      surprise: 'nomatch',
      minors: MINORS,
    },
    {
      world: 'cidr-slash-zero',
      more: [node('10.1.0.0/16')],
      flow: tcp('egress', 2, 80),
      surprise: 'nomatch',
      minors: [],
    },
  ],
  'empty-ports': [{ world: 'ports-empty-rule', flow: tcp('ingress', 1002, 80), surprise: 'nomatch', minors: MINORS }],
  'empty-list-of-nobody': [
    { world: 'from-endpoints-empty-list', flow: tcp('ingress', 1002, 80), surprise: 'nomatch', minors: MINORS },
  ],
  'denied-services': [
    { world: 'egress-deny-services-unresolved', flow: tcp('egress', 2001, 80), surprise: 'deny', minors: MINORS },
    { world: 'services-in-egress-deny', flow: tcp('egress', 2, 80), surprise: 'deny', minors: MINORS },
  ],
  'end-port-below-port': [
    { world: 'port-range-degenerate', flow: tcp('ingress', 1002, 100), surprise: 'nomatch', minors: MINORS },
    { world: 'port-range', flow: tcp('ingress', 1002, 8050), surprise: 'nomatch', minors: [] },
  ],
};

/** With addresses for its pods. */
function node(podCIDR: string): Json {
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' }, spec: { podCIDRs: [podCIDR] } };
}

function foundIn(world: WrittenWorld, minor: Minor, more: readonly Json[] = []): readonly JudgedFinding[] {
  const store = storeOfWorld(world, minor);
  for (const raw of more) store.apply({ type: 'upsert', object: decoded(raw) });
  return runToEnd(audit(store.view(), ENFORCE)).findings;
}

for (const [id, cases] of Object.entries(SHOWN)) {
  describe(id, () => {
    for (const { world: name, more, flow, surprise, minors } of cases) {
      for (const minor of MINORS) {
        const isThere = minors.includes(minor);
        test(`${name}: ${isThere ? 'is' : 'is not'} what Cilium ${minor} does, and is told so`, () => {
          const { world, answers } = worldNamed(name);
          const answer = answers[minor];
          assert.ok(answer.nondeterministic === undefined);
          assert.equal(recordedVerdict(answer, flow, minor) === surprise, isThere);
          const isRefused = (answer.parseErrors ?? []).length === world.policies.length;
          const found = foundIn(world, minor, more).filter((finding) => finding.id === id);
          assert.equal(found.length > 0, isThere && !isRefused, JSON.stringify(found));
          for (const { facts } of found) assert.equal(facts['effect'], surprise === 'allow' ? 'opens' : 'closes');
        });
      }
    }
  });
}

/** As the agent knows an address that no policy names, in IPv4 alone. */
const WORLD = 2;

test('a flow from or to an address is what the entries say that Cilium recorded, in every world', () => {
  let shown = 0;
  for (const { world: raw, answers } of rawWorlds()) {
    const world = raw as unknown as WrittenWorld;
    if (world.options?.ipv6 === true) continue;
    for (const minor of MINORS) {
      const answer = answers[minor];
      if (answer.nondeterministic === true || answer.resolveError !== undefined) continue;
      for (const { id, witness, facts, subject } of foundIn(world, minor)) {
        const peer = witness?.direction === 'ingress' ? witness.source : witness?.destination;
        if (witness === undefined || peer?.kind !== 'address' || facts['effect'] === undefined) continue;
        // What other policies allow or deny besides is in the recorded map, too.
        if (world.policies.length > 1 || peer.address !== '192.0.2.1') continue;
        const { direction, protocol: proto, port } = witness;
        const verdict = recordedVerdict(answer, { direction, peer: WORLD, proto, port }, minor);
        const expected = { opens: 'allow', closes: facts['verdict'] === 'deny' ? 'deny' : 'nomatch' };
        assert.equal(
          verdict,
          expected[facts['effect'] as 'opens' | 'closes'],
          `${world.name} ${minor} ${id} ${subject.name}`,
        );
        shown += 1;
      }
    }
  }
  assert.ok(shown >= 20, `only ${shown}`);
});
