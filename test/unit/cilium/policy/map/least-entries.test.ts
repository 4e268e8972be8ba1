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
  { port: '80', endPort: 81, protocol: 'TCP' },
);
const toPorts = fc.option(
  fc.array(fc.oneof(port, range), { minLength: 1, maxLength: 3 }).map((ports) => [{ ports }]),
  { nil: undefined },
);
const app = fc.constantFrom(...APPS).map((name) => ({ fromEndpoints: [{ matchLabels: { app: name } }] }));
const peer = fc.oneof(
  { weight: 4, arbitrary: app },
  fc.constantFrom<Spec>(
    { fromEndpoints: [{}] },
    { fromEntities: ['cluster'] },
    { fromEntities: ['all'] },
    { fromEntities: ['all', 'cluster'] },
    {},
  ),
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
  const plainAndHTTP = { fromEndpoints: of('a'), toPorts: [...allow.toPorts, ...http.toPorts] };
  assert.equal(least({ ingress: [allow, plainAndHTTP] }), 0);
  const nothing = { fromEndpoints: of('a'), toPorts: [{ ports: [] }] };
  assert.equal(least({ ingress: [allow, nothing] }), APPS.length);
  const named = { fromEndpoints: of('a'), toPorts: [{ ports: [{ port: 'web', protocol: 'TCP' }] }] };
  assert.equal(least({ ingress: [allow, named], ingressDeny: [{ fromEndpoints: of('b') }] }), APPS.length);
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

const CONTEXT = contextFor('1.19.7');
const INPUTS = inputsOf(
  universeOf(
    CONTEXT,
    APPS.map((name, index) => [1_000 + index, podLabels('a', name)] as const),
  ),
  CONTEXT,
);

function on(...numbers: readonly number[]): Spec {
  return { toPorts: [{ ports: numbers.map((number) => ({ port: `${number}`, protocol: 'TCP' })) }] };
}

function of(...apps: readonly string[]): readonly Spec[] {
  return apps.map((name) => ({ matchLabels: { app: name } }));
}

test('ends with the first entry that is more than enough', () => {
  const least = (enough: number, ...ingress: readonly Spec[]): number =>
    counts([cnp({ endpointSelector: {}, ingress })], '1.19.7', enough).least;
  assert.equal(least(2, { fromEndpoints: [{}] }), 3);
  assert.equal(least(2, { fromEndpoints: of('a'), ...on(80, 90, 100, 110) }), 3);
  assert.equal(least(4, { fromEndpoints: [{}], ...on(80, 90, 100) }), 5);
});

test('is as much as the work is enough for, of ingress first, and there of the peers with the most ports', () => {
  const rules = rulesOf(
    cnp({
      endpointSelector: {},
      ingress: [
        { fromEndpoints: of('a'), ...on(80) },
        { fromEndpoints: of('b'), ...on(80, 81, 82) },
        { fromEntities: ['all', 'cluster'], ...on(90) },
      ],
      ingressDeny: [{ fromEndpoints: of('b'), ...on(80) }],
      egress: [{ toEndpoints: of('c') }],
    }),
    CONTEXT,
  );
  const found = (work: number): number => runToEnd(leastEntrySteps(rules, INPUTS, Number.POSITIVE_INFINITY, work));
  // Six ports and three peers, each with one identity, are looked at first.
  const known = 6 + 3 * 2;
  // Then, for each identity, four rules and what denies or is for everybody; and its keys, one by one.
  const b = known + 4 + 2;
  const a = b + 4 + 4 + 1;
  // On egress any port is one, and one rule with one identity is left, and one key.
  const c = a + 1 + 1 + 2 + 1;
  const table = [
    [b, 0],
    [b + 1, 1],
    [b + 2, 2],
    [b + 3, 3],
    [a, 3],
    [a + 1, 4],
    [c, 4],
    [c + 1, 5],
    [c + 1_000, 5],
  ] as const;
  for (const [work, entries] of table) assert.equal(found(work), entries, `with ${work - known} after the first looks`);
});

test('is nothing where there is more to look at than a million peers, ports and keys', () => {
  const rules = rulesOf(cnp({ endpointSelector: {}, ingress: [{ fromEndpoints: of('a') }] }), CONTEXT);
  // One port, one selector, one rule for the identity, and one key of it.
  for (const [size, entries] of [
    [2 ** 20 - 4, 1],
    [2 ** 20 - 3, 0],
  ] as const) {
    const inputs = { ...INPUTS, selections: () => new Uint32Array(size).fill(1_000) };
    assert.equal(runToEnd(leastEntrySteps(rules, inputs, Number.POSITIVE_INFINITY)), entries, `${size} peers`);
  }
});

test('asks for no more selectors and looks at no more keys once its work is done', () => {
  const peers = rulesOf(cnp({ endpointSelector: {}, ingress: [{ fromEndpoints: of(...APPS) }] }), CONTEXT);
  let asked = 0;
  const inputs = { ...INPUTS, selections: () => ((asked += 1), Uint32Array.of(1_000)) };
  runToEnd(leastEntrySteps(peers, inputs, Number.POSITIVE_INFINITY, 5));
  assert.equal(asked, 2);

  const wide = { ports: Array.from({ length: 40 }, () => ({ port: '1001', endPort: 65_534, protocol: 'TCP' })) };
  const denied = { toPorts: Array.from({ length: 20 }, () => wide) };
  const ports = rulesOf(
    cnp({ endpointSelector: {}, ingress: [{ fromEndpoints: of('a') }], ingressDeny: [denied] }),
    CONTEXT,
  );
  const pauses = [...leastEntrySteps(ports, INPUTS, Number.POSITIVE_INFINITY, 1_000)].length;
  assert.equal(pauses, 0);
  assert.ok([...leastEntrySteps(ports, INPUTS, Number.POSITIVE_INFINITY)].length > 2);
});
