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
