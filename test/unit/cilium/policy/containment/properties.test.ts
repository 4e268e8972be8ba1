/**
 * Containment against brute force over small universes, in both directions: what is covered has no escape, and what is
 * not covered has the one that is shown.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import type { LabelArray } from '../../../../../src/cilium/identity/label.ts';
import { parseAddress, parsePrefix } from '../../../../../src/cilium/policy/prefixes/cidr.ts';
import type { Containment } from '../../../../../src/cilium/policy/containment/answer.ts';
import { PrefixLabels } from '../../../../../src/cilium/policy/prefixes/local-identities.ts';
import {
  endpointSelector,
  matches,
  type EndpointSelector,
  type Requirement,
} from '../../../../../src/cilium/policy/selector.ts';
import {
  CLUSTER,
  context,
  facts,
  labels,
  NAMESPACE,
  NAMESPACE_NAME,
  requirement,
  uncovered,
  uncoveredSubject,
} from './build.ts';

const SEED = 20261123;

const factsFor = new Map(['1.18.8', '1.19.7', '1.20.2'].map((version) => [version, facts(version)]));

function selectorOf(requirements: fc.Arbitrary<Requirement>, longest: number): fc.Arbitrary<EndpointSelector> {
  return fc.array(requirements, { maxLength: longest }).map((list) => endpointSelector(list));
}

const FACTS = facts();

// Pods.

const keyed = fc.constantFrom(
  ['app', ['x', 'y', 'z']],
  ['tier', ['x', 'y']],
  ['zone', ['x']],
  [NAMESPACE.slice('k8s:'.length), ['a', 'b', 'Not_A_Name']],
  [NAMESPACE_NAME.slice('k8s:'.length), ['a', 'b']],
) as fc.Arbitrary<readonly [string, readonly string[]]>;

const podRequirement: fc.Arbitrary<Requirement> = keyed.chain(([key, values]) =>
  fc.record({
    source: fc.constantFrom('k8s', 'any', 'k8s', 'any', 'k8s', 'reserved'),
    key: fc.constant(key),
    operator: fc.constantFrom('In', 'NotIn', 'Exists', 'DoesNotExist', 'In'),
    values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }),
  }),
);

/** Every pod there can be, as far as these keys and values go; `other` stands for all that nobody names. */
const PODS: readonly LabelArray[] = ['a', 'b', 'other'].flatMap((namespace) =>
  ['', '=x', '=y', '=z', '=other'].flatMap((app) =>
    ['', '=x', '=y', '=other'].flatMap((tier) =>
      ['', '=x', '=other'].map((zone) =>
        labels(
          `${NAMESPACE}=${namespace}`,
          `${NAMESPACE_NAME}=${namespace}`,
          `${CLUSTER}=default`,
          ...(app === '' ? [] : [`k8s:app${app}`]),
          ...(tier === '' ? [] : [`k8s:tier${tier}`]),
          ...(zone === '' ? [] : [`k8s:zone${zone}`]),
        ),
      ),
    ),
  ),
);
const SUBJECTS = [...PODS, labels('reserved:health'), labels('reserved:init')];

function escapes(target: EndpointSelector, covers: readonly EndpointSelector[], member: LabelArray): boolean {
  return matches(target, member) && !covers.some((cover) => matches(cover, member));
}

function witnessLabels(found: Containment): LabelArray | undefined {
  return found.kind === 'uncovered' ? found.witness.labels : undefined;
}

test('subjects are covered exactly if brute force finds no escape', () => {
  let [yes, no] = [0, 0];
  fc.assert(
    fc.property(
      selectorOf(podRequirement, 3),
      fc.array(selectorOf(podRequirement, 3), { maxLength: 6 }),
      (target, covers) => {
        const found = uncoveredSubject(target, covers, FACTS);
        const escaping = SUBJECTS.find((member) => escapes(target, covers, member));
        assert.equal(found.kind, escaping === undefined ? 'covered' : 'uncovered');
        const witness = witnessLabels(found);
        if (witness !== undefined) assert.ok(escapes(target, covers, witness), JSON.stringify(witness));
        if (found.kind === 'covered') yes += 1;
        else no += 1;
      },
    ),
    { seed: SEED, numRuns: 2_000 },
  );
  assert.ok(yes > 300 && no > 300, `${yes} covered, ${no} not`);
});

test('subjects that only a search over many covers decides are decided as brute force does', () => {
  let [yes, no] = [0, 0];
  const tight = podRequirement.filter(({ source, key }) => source !== 'reserved' && !key.startsWith('io.'));
  fc.assert(
    fc.property(fc.array(selectorOf(tight, 2), { minLength: 8, maxLength: 30 }), (covers) => {
      const target = endpointSelector([requirement(`${NAMESPACE}=a`)]);
      const narrow = covers.filter(({ requirements }) => requirements.length > 1);
      const found = uncoveredSubject(target, narrow, FACTS);
      const escaping = PODS.find((member) => escapes(target, narrow, member));
      assert.equal(found.kind, escaping === undefined ? 'covered' : 'uncovered');
      if (found.kind === 'covered') yes += 1;
      else no += 1;
    }),
    { seed: SEED, numRuns: 2_000 },
  );
  assert.ok(yes > 100 && no > 100, `${yes} covered, ${no} not`);
});

// Addresses.

const prefix = fc
  .record({ host: fc.nat(15), bits: fc.integer({ min: 28, max: 32 }) })
  .map(({ host, bits }) => `10.0.0.${(host >> (32 - bits)) << (32 - bits)}/${bits}`);

const group = fc.constantFrom('cidrgroup:role=a', 'cidrgroup:role=b', 'cidrgroup:tier=a', 'fqdn:example.com');

const addressRequirement: fc.Arbitrary<Requirement> = fc
  .oneof(
    { weight: 6, arbitrary: prefix.map((text) => `cidr:${text}`) },
    { weight: 3, arbitrary: prefix.map((text) => `!cidr:${text}`) },
    {
      weight: 2,
      arbitrary: fc.constantFrom(
        'reserved:world',
        'any:world',
        '!reserved:world',
        'fqdn:example.com',
        '!fqdn:example.com',
        'cidrgroup:role in a,b',
        'cidrgroup:role=a',
        'cidrgroup:role notin a',
        'cidrgroup:role notin a,b',
        '!cidrgroup:role',
        'k8s:app notin x',
      ),
    },
  )
  .map(requirement);

const addressSelector = fc
  .tuple(selectorOf(addressRequirement, 3), fc.constantFrom('labels', 'cidr'))
  .map(([{ requirements }, origin]) => endpointSelector(requirements, origin));

/** What one agent knows: the prefixes that are asked about, others, and labels that it got from elsewhere. */
interface Known {
  readonly version: string;
  readonly prefixes: readonly string[];
  readonly labelled: readonly { readonly text: string; readonly labels: LabelArray }[];
}

function tableOf({ version, prefixes, labelled }: Known): PrefixLabels {
  const carried = labelled.flatMap(({ text, labels: own }) => {
    const parsed = parsePrefix(text);
    return parsed === undefined ? [] : [{ prefix: parsed, labels: own }];
  });
  return new PrefixLabels(context(version), prefixes, carried);
}

function mentioned(selectors: readonly EndpointSelector[]): string[] {
  return selectors.flatMap(({ requirements }) =>
    requirements.filter(({ source }) => source === 'cidr').map(({ key }) => key),
  );
}

/** As the policy map finds it: under the identity, or under its aggregate. */
function reaches(selector: EndpointSelector, ip: string, table: PrefixLabels, version: string): boolean {
  const address = parseAddress(ip);
  assert.ok(address !== undefined);
  if (matches(selector, table.labelsOf(address))) return true;
  const aggregated = version.startsWith('1.20') && table.nearest(address) !== undefined;
  return aggregated && matches(selector, labels('reserved:aggregate-world'));
}

const ADDRESSES = [...Array.from({ length: 16 }, (_, host) => `10.0.0.${host}`), '10.0.0.16', '192.0.2.1'];

const asked = fc.record({
  version: fc.constantFrom('1.18.8', '1.19.7', '1.20.2'),
  target: addressSelector,
  covers: fc.array(addressSelector, { maxLength: 6 }),
  others: fc.array(prefix, { maxLength: 3 }),
  labelled: fc.array(
    fc.record({ text: prefix, labels: fc.uniqueArray(group, { maxLength: 2 }).map((texts) => labels(...texts)) }),
    { maxLength: 4 },
  ),
});

/** Without other worlds: pods and reserved identities have tests of their own. */
function amongAddresses(target: EndpointSelector, covers: readonly EndpointSelector[], version: string): Containment {
  const outside = [NAMESPACE, ...RESERVED_KEYS.map((key) => `reserved:${key}`)].map((text) =>
    endpointSelector([requirement(text)]),
  );
  const unknown = target.requirements.length === 0 ? [endpointSelector([requirement('k8s:nobody')])] : [];
  return uncovered(target, [...covers, ...outside, ...unknown], {
    ...(factsFor.get(version) ?? facts(version)),
    reserved: [],
  });
}

const RESERVED_KEYS = ['host', 'kube-apiserver'];

test('addresses that are covered are covered whatever else an agent knows', () => {
  let [yes, no] = [0, 0];
  fc.assert(
    fc.property(asked, ({ version, target, covers, others, labelled }) => {
      const found = amongAddresses(target, covers, version);
      const prefixes = [...mentioned([target, ...covers]), ...others];
      const table = tableOf({ version, prefixes, labelled });
      const escaping = ADDRESSES.find(
        (ip) => reaches(target, ip, table, version) && !covers.some((cover) => reaches(cover, ip, table, version)),
      );
      if (found.kind === 'covered') {
        assert.equal(escaping, undefined);
        yes += 1;
      } else no += 1;
    }),
    { seed: SEED, numRuns: 3_000 },
  );
  assert.ok(yes > 500 && no > 500, `${yes} covered, ${no} not`);
});

test('an address that escapes does so with the identity that is shown', () => {
  let shown = 0;
  fc.assert(
    fc.property(asked, ({ version, target, covers }) => {
      const found = amongAddresses(target, covers, version);
      if (found.kind !== 'uncovered' || found.witness.kind !== 'address') return;
      const { ip, labels: own } = found.witness;
      const world = own.filter(({ source }) => source !== 'reserved');
      const prefixes = mentioned([target, ...covers]);
      // An address without labels of its own may still be known by a prefix of somebody else.
      const tables = [prefixes, [...prefixes, `${ip}/32`]].map((known) =>
        tableOf({
          version,
          prefixes: known,
          labelled: world.length === 0 ? [] : [{ text: `${ip}/32`, labels: world }],
        }),
      );
      const escaping = tables.some(
        (table) => reaches(target, ip, table, version) && !covers.some((cover) => reaches(cover, ip, table, version)),
      );
      assert.ok(escaping, `${ip} does not escape`);
      shown += 1;
    }),
    { seed: SEED, numRuns: 3_000 },
  );
  assert.ok(shown > 500, `${shown} shown`);
});
