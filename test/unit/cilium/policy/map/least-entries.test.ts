/**
 * What a policy map has at least: never more than it has, and all of it where nothing is left out.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runToEnd } from '../../../../../src/cilium/run-to-end.ts';
import { entryCountSteps } from '../../../../../src/cilium/policy/map/entry-count.ts';
import { leastEntrySteps } from '../../../../../src/cilium/policy/map/least-entries.ts';
import { resolve } from '../../../../../src/cilium/policy/resolve.ts';
import type { PolicyObject } from '../../../../../src/cilium/objects.ts';
import { cnp, contextFor, inputsOf, podLabels, rulesOf, universeOf, type Spec } from '../../../../support/policies.ts';

const APPS = ['web', 'a', 'b', 'c', 'd'];
const SUBJECT = { labels: podLabels('a', 'web') };

interface Counts {
  readonly least: number;
  readonly exact: number;
}

function counts(policies: readonly PolicyObject[], version: string, enough = Number.POSITIVE_INFINITY): Counts {
  const context = contextFor(version);
  const universe = universeOf(
    context,
    APPS.map((app, index) => [1_000 + index, podLabels('a', app)] as const),
  );
  const inputs = inputsOf(universe, context);
  const rules = policies.flatMap((policy) => rulesOf(policy, context));
  const resolved = resolve(rules, SUBJECT, context);
  assert.ok(resolved.ok);
  return {
    least: runToEnd(leastEntrySteps(rules, inputs, enough)),
    exact: runToEnd(entryCountSteps(resolved.value, inputs)),
  };
}

const port = fc.record({ port: fc.constantFrom('0', '80', '81', '1024'), protocol: fc.constantFrom('TCP', 'ANY') });
const range = fc.constantFrom(
  { port: '80', endPort: 90, protocol: 'TCP' },
  { port: '64', endPort: 127, protocol: 'TCP' },
);
const toPorts = fc.option(
  fc.array(fc.oneof(port, range), { minLength: 1, maxLength: 3 }).map((ports) => [{ ports }]),
  { nil: undefined },
);
const app = fc.constantFrom(...APPS).map((name) => ({ fromEndpoints: [{ matchLabels: { app: name } }] }));
const peer = fc.oneof(
  { weight: 4, arbitrary: app },
  fc.constantFrom<Spec>({ fromEndpoints: [{}] }, { fromEntities: ['cluster'] }, { fromEntities: ['all'] }, {}),
);
const rule = fc
  .tuple(peer, toPorts)
  .map(([from, ports]) => ({ ...from, ...(ports === undefined ? {} : { toPorts: ports }) }));
const spec = fc.record({
  endpointSelector: fc.constant({}),
  ingress: fc.array(rule, { minLength: 1, maxLength: 4 }),
  ingressDeny: fc.array(rule, { maxLength: 2 }),
});

for (const version of ['1.18.8', '1.19.7', '1.20.2']) {
  test(`is never more than a map of ${version} has`, () => {
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 2 }), (specs) => {
        const { least, exact } = counts(
          specs.map((written, index) => cnp(written, `p${index}`)),
          version,
        );
        assert.ok(least <= exact, `${least} of ${exact}`);
      }),
      { seed: 4711, numRuns: 500 },
    );
  });
}

/** The host on ingress, and the open egress. */
const BESIDES = new Map([
  ['1.18.8', 2],
  ['1.19.7', 2],
  ['1.20.2', 1 + 5],
]);

for (const [version, besides] of BESIDES) {
  test(`is all that pods have in a map of ${version}, whatever is denied, where every rule names its peers`, () => {
    const named = fc
      .tuple(app, toPorts)
      .map(([from, ports]) => ({ ...from, ...(ports === undefined ? {} : { toPorts: ports }) }));
    const ofPods = fc.record({
      endpointSelector: fc.constant({}),
      ingress: fc.array(named, { minLength: 1, maxLength: 5 }),
      ingressDeny: fc.array(named, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(ofPods, (written) => {
        const { least, exact } = counts([cnp(written)], version);
        assert.equal(least, exact - besides);
      }),
      { seed: 4711, numRuns: 300 },
    );
  });
}

test('is all that pods have beside what is denied to everybody', () => {
  const toPorts80 = [{ ports: [{ port: '80', protocol: 'TCP' }] }];
  const own = cnp({
    endpointSelector: {},
    ingress: [{ fromEndpoints: [{}], toPorts: [{ ports: [{ port: '64', endPort: 127, protocol: 'TCP' }] }] }],
    ingressDeny: [{ toPorts: toPorts80 }, { fromEndpoints: [{ matchLabels: { app: 'a' } }], toPorts: toPorts80 }],
  });
  // The deny of everybody besides, under which that of one peer is gone.
  assert.deepEqual(counts([own], '1.19.7'), { least: APPS.length, exact: APPS.length + 1 + 2 });
});

test('is nothing where a rule may take what others allow, or is for a proxy', () => {
  const allow = { fromEndpoints: [{}], toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] };
  const least = (more: Spec): number =>
    counts([cnp({ endpointSelector: {}, ingress: [allow], ...more })], '1.19.7').least;
  assert.equal(least({}), APPS.length);
  assert.equal(least({ ingressDeny: [{ toPorts: [{ ports: [{ port: 'web', protocol: 'TCP' }] }] }] }), 0);
  const http = { toPorts: [{ ports: [{ port: '81', protocol: 'TCP' }], rules: { http: [{}] } }] };
  assert.equal(least({ ingress: [allow, http] }), 0);
  // The other direction is none of its concern.
  const egress = [{ toEndpoints: [{}], ...http }];
  assert.equal(least({ egress }), APPS.length);
});

test('is all that pods have, where nothing is for everybody', () => {
  const ports = [
    {
      ports: [
        { port: '80', protocol: 'TCP' },
        { port: '90', protocol: 'TCP' },
      ],
    },
  ];
  const own = cnp({
    endpointSelector: {},
    ingress: [{ fromEndpoints: [{}], toPorts: ports }],
    ingressDeny: [{ fromEndpoints: [{ matchLabels: { app: 'a' } }], toPorts: ports }],
  });
  // The host on ingress, and the open egress.
  assert.deepEqual(counts([own], '1.19.7'), { least: 2 * APPS.length, exact: 2 * APPS.length + 2 });
});

test('ends once it is enough', () => {
  const own = cnp({ endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }] });
  assert.equal(counts([own], '1.19.7', 2).least, 3);
});

test('is nothing where there is more to look at than what could take an entry away', () => {
  const wide = { ports: Array.from({ length: 40 }, () => ({ port: '1001', endPort: 65_534, protocol: 'TCP' })) };
  const toPorts80 = { ports: [{ port: '80', protocol: 'TCP' }] };
  const own = cnp({
    endpointSelector: {},
    ingress: [{ fromEndpoints: [{}], toPorts: [toPorts80] }],
    ingressDeny: [{ toPorts: [...Array.from({ length: 1_300 }, () => wide), toPorts80] }],
  });
  const context = contextFor('1.19.7');
  const inputs = inputsOf(universeOf(context, [[1_000, podLabels('a', 'web')]]), context);
  assert.equal(runToEnd(leastEntrySteps(rulesOf(own, context), inputs, Number.POSITIVE_INFINITY)), 0);
});
