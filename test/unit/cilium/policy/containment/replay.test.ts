/**
 * What containment proves, the second evaluator has to say too, flow by flow: an allow that is covered is denied for
 * every pod and every port that it names, and one that is not is let through by the flow that is shown.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import type { LabelArray } from '../../../../../src/cilium/identity/label.ts';
import type { PolicyObject } from '../../../../../src/cilium/objects.ts';
import {
  denyOf,
  uncoveredProduct,
  type AllowUnit,
  type Deny,
  type FlowWitness,
} from '../../../../../src/cilium/policy/containment/product.ts';
import { parsePolicy } from '../../../../../src/cilium/policy/parse/parse.ts';
import type { Direction, PortRange, Rule } from '../../../../../src/cilium/policy/rule.ts';
import { matches, type EndpointSelector } from '../../../../../src/cilium/policy/selector.ts';
import type { SelectorSpec } from '../../../../../src/cilium/policy-spec.ts';
import { replay } from '../../../../../src/cilium/replay/replay.ts';
import type { ReplayPeer } from '../../../../../src/cilium/replay/flow.ts';
import { catalogOf } from '../../../../support/services.ts';
import { ccnp, cnp, expression, pod, ports, selector as spec } from '../../replay/build.ts';
import { context, facts } from './build.ts';

const VERSIONS = ['1.18.8', '1.19.7', '1.20.2'] as const;
const SETTINGS = new Map(VERSIONS.map((version) => [version, { context: context(version), facts: facts(version) }]));

/** The pods that there are to ask about. */
const PODS: readonly LabelArray[] = ['a', 'b'].flatMap((namespace) =>
  [[], ['k8s:app=x'], ['k8s:app=y'], ['k8s:app=x', 'k8s:tier=z'], ['k8s:tier=z']].map((own) => pod(namespace, ...own)),
);

const NAMESPACE = 'k8s:io.kubernetes.pod.namespace';

const label: fc.Arbitrary<SelectorSpec> = fc.constantFrom(
  spec(),
  spec({ app: 'x' }),
  spec({ 'k8s:app': 'y' }),
  spec({}, expression('app', 'NotIn', 'x')),
  spec({}, expression('app', 'Exists')),
  spec({}, expression('tier', 'DoesNotExist')),
  spec({}, expression('app', 'In', 'x', 'y')),
);
const anywhere: fc.Arbitrary<SelectorSpec> = fc.oneof(
  { weight: 3, arbitrary: label },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      spec({ [NAMESPACE]: 'b' }),
      spec({}, expression(NAMESPACE, 'Exists')),
      spec({}, expression(NAMESPACE, 'NotIn', 'a')),
      spec({ 'io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name': 'a' }),
    ),
  },
);

const port = fc
  .tuple(fc.integer({ min: 80, max: 82 }), fc.integer({ min: 0, max: 83 }), fc.constantFrom('TCP', 'ANY'))
  .map(([first, endPort, protocol]) => ({ port: String(first), endPort, protocol }));

const peers = fc.oneof(
  { weight: 4, arbitrary: fc.array(anywhere, { minLength: 1, maxLength: 2 }).map((endpoints) => ({ endpoints })) },
  { weight: 1, arbitrary: fc.constantFrom({ entities: ['all'] }, { entities: ['cluster'] }, { entities: ['world'] }) },
);

const element = fc
  .tuple(peers, fc.option(fc.array(port, { minLength: 1, maxLength: 2 })))
  .map(([who, list]) => (list === null ? who : { ...who, toPorts: [ports(...list)] }));

const elements = fc.array(element, { minLength: 1, maxLength: 2 });

const asked = fc.record({
  version: fc.constantFrom(...VERSIONS),
  allow: fc.record({ subject: label, ingress: fc.tuple(element) }).map(cnp),
  denies: fc.array(
    fc
      .record({
        subject: anywhere,
        list: elements,
        direction: fc.constantFrom('ingressDeny', 'ingressDeny', 'egressDeny'),
      })
      .map(({ subject, list, direction }) => ccnp({ subject, [direction]: list })),
    { minLength: 1, maxLength: 6 },
  ),
});

function rulesOf(policy: PolicyObject, version: string): readonly Rule[] {
  const parsed = parsePolicy(policy, { ...settings(version).context, services: catalogOf() });
  assert.ok(parsed.kind === 'parsed');
  return parsed.rules;
}

function settings(version: string) {
  const found = SETTINGS.get(version as (typeof VERSIONS)[number]);
  assert.ok(found !== undefined);
  return found;
}

const EVERY_PACKET = { protocol: 0, first: 0, last: 0 };

/** One item of the rule with one of its port ranges. */
function unitsOf({ subject, peers: named, ports: listed }: Rule): readonly AllowUnit[] {
  const ranges: readonly Pick<PortRange, 'protocol' | 'first' | 'last'>[] =
    listed.kind === 'any' ? [EVERY_PACKET] : listed.items;
  const selectors: readonly EndpointSelector[] =
    named.kind === 'list' ? named.items.flatMap(({ selectors: list }) => list) : [];
  return selectors.flatMap((peer) => ranges.map((range) => ({ subject, peer, ports: range })));
}

function packetsOf({ protocol, first, last }: AllowUnit['ports']): readonly { protocol: number; port: number }[] {
  if (protocol === 0)
    return [6, 17, 1].flatMap((one) => [0, 80, 443].map((number) => ({ protocol: one, port: number })));
  return Array.from({ length: last - first + 1 }, (_, index) => ({ protocol, port: first + index }));
}

interface Asked {
  readonly version: string;
  readonly policies: readonly PolicyObject[];
  readonly subject: LabelArray;
  readonly peer: ReplayPeer;
  readonly protocol: number;
  readonly port: number;
}

/** Verdicts at the end that the allow is about, and at the other end where a policy stands there. */
function verdicts({ version, policies, subject, peer, ...packet }: Asked): readonly string[] {
  const judge = (direction: Direction, at: LabelArray, from: ReplayPeer): string =>
    replay({ direction, subject: at, peer: from, ...packet }, policies, settings(version).context).verdict;
  const own = judge('ingress', subject, peer);
  const policed = peer.kind === 'endpoint' && peer.labels.some(({ source }) => source === 'k8s');
  return policed ? [own, judge('egress', peer.labels, { kind: 'endpoint', labels: subject })] : [own];
}

function peerOf({ peer }: FlowWitness): ReplayPeer {
  if (peer.kind !== 'address') return { kind: 'endpoint', labels: peer.labels };
  const carried = peer.labels.filter(({ key }) => !key.startsWith('world'));
  return { kind: 'address', address: peer.ip, labels: carried };
}

test('the second evaluator agrees with every proof', () => {
  const counts = { denied: 0, shown: 0 };
  fc.assert(
    fc.property(asked, ({ version, allow, denies }) => {
      const policies = [allow, ...denies];
      const rules = denies.flatMap((policy) => rulesOf(policy, version));
      const covers: readonly Deny[] = rules.map((rule) => denyOf(rule, rule.direction === 'ingress' ? 'own' : 'other'));
      for (const unit of rulesOf(allow, version).flatMap(unitsOf)) {
        const found = uncoveredProduct(unit, covers, settings(version).facts);
        assert.notEqual(found.kind, 'undecided');
        if (found.kind === 'uncovered') {
          const { subject, protocol, port: number } = found.witness;
          if (found.witness.peer.kind === 'reserved' && found.witness.peer.id === 0) continue;
          const said = verdicts({ version, policies, subject, peer: peerOf(found.witness), protocol, port: number });
          assert.ok(!said.includes('deny'), JSON.stringify([found.witness, said]));
          counts.shown += 1;
          continue;
        }
        for (const subject of PODS.filter((candidate) => matches(unit.subject, candidate))) {
          for (const labels of PODS.filter((candidate) => matches(unit.peer, candidate))) {
            for (const packet of packetsOf(unit.ports)) {
              const peer: ReplayPeer = { kind: 'endpoint', labels };
              const said = verdicts({ version, policies, subject, peer, ...packet });
              assert.ok(said.includes('deny'), JSON.stringify([version, subject, labels, packet, said]));
              counts.denied += 1;
            }
          }
        }
      }
    }),
    { seed: 20261123, numRuns: 1_000 },
  );
  assert.ok(counts.denied > 1_000 && counts.shown > 300, JSON.stringify(counts));
});
