/**
 * Worked counts: the table of Cilium's own behaviour that the engine was specified from, with 10 identities that one
 * selector takes (A), 10 that another takes (B), 5 of them both.
 */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { LabelArray } from '../../../../../src/cilium/identity/label.ts';
import { mapState, mapStateSteps } from '../../../../../src/cilium/policy/map/map-state.ts';
import type { NamedPorts } from '../../../../../src/cilium/policy/map/contributions.ts';
import {
  cnp,
  contextFor,
  inputsOf,
  labelsOf,
  NO_NAMED_PORTS,
  podLabels,
  policyOf,
  universeOf,
  type Spec,
} from '../../../../support/policies.ts';

const SUBJECT = { identity: 999, labels: podLabels('a', 'web') };

const PODS: readonly (readonly [number, LabelArray])[] = Array.from({ length: 15 }, (_, index) => {
  const sets = [...(index < 10 ? ['k8s:in-a=x'] : []), ...(index >= 5 ? ['k8s:in-b=x'] : [])];
  return [1000 + index, podLabels('a', `app-${index}`, ...sets)];
});

const A: Spec = { toEndpoints: [{ matchLabels: { 'in-a': 'x' } }] };
const B: Spec = { toEndpoints: [{ matchLabels: { 'in-b': 'x' } }] };

function on(...ports: readonly (number | string | readonly [number, number])[]): Spec {
  const list = ports.map((port) =>
    typeof port === 'object'
      ? { port: String(port[0]), endPort: port[1], protocol: 'TCP' }
      : { port: String(port), protocol: 'TCP' },
  );
  return { toPorts: [{ ports: list }] };
}

const http: Spec = { toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{}] } }] };

interface Egress {
  readonly egress?: readonly Spec[];
  readonly egressDeny?: readonly Spec[];
}

/** Entries of egress under one wildcard (1.19) and under five (1.20). */
function counts({ egress = [], egressDeny = [] }: Egress, more: readonly (readonly [number, LabelArray])[] = []) {
  const count = (version: string): number => {
    const context = contextFor(version);
    const spec = {
      endpointSelector: {},
      ...(egress.length > 0 ? { egress } : {}),
      ...(egressDeny.length > 0 ? { egressDeny } : {}),
    };
    const universe = universeOf(context, [...PODS, ...more]);
    const map = mapState(policyOf([cnp(spec)], SUBJECT, context), inputsOf(universe, context));
    return [...map.entries()].filter(({ direction }) => direction === 'egress').length;
  };
  return [count('1.19.7'), count('1.20.2')];
}

suite('entries for ten identities', () => {
  const table: readonly (readonly [string, Egress, readonly [number, number]])[] = [
    ['L3 only', { egress: [A] }, [10, 10]],
    ['one port', { egress: [{ ...A, ...on(80) }] }, [10, 10]],
    ['one port, any protocol', { egress: [{ ...A, toPorts: [{ ports: [{ port: '80' }] }] }] }, [30, 30]],
    [
      'two selectors on one port',
      {
        egress: [
          { ...A, ...on(80) },
          { ...B, ...on(80) },
        ],
      },
      [15, 15],
    ],
    ['L3 and one port', { egress: [A, { ...A, ...on(80) }] }, [20, 20]],
    ['the wildcard on one port', { egress: [on(80)] }, [1, 5]],
    ['the wildcard and A on one port', { egress: [on(80), { ...A, ...on(80) }] }, [1, 5]],
    ['all on L3, A on one port', { egress: [{ toEntities: ['all'] }, { ...A, ...on(80) }] }, [11, 15]],
    ['all on L3, A on L3', { egress: [{ toEntities: ['all'] }, A] }, [11, 5]],
    ['the wildcard and A on every port of TCP', { egress: [on(0), { ...A, ...on(0) }] }, [11, 5]],
    ['the wildcard on every port of any protocol', { egress: [{ toPorts: [{ ports: [{ port: '0' }] }] }] }, [3, 15]],
    ['a port under an L3 deny', { egress: [{ ...A, ...on(80) }], egressDeny: [A] }, [10, 10]],
    ['a port denied under an L3 allow', { egress: [A], egressDeny: [{ ...A, ...on(80) }] }, [20, 20]],
    ['a port denied to all under an L3 allow', { egress: [A], egressDeny: [on(80)] }, [11, 15]],
    ['a port denied to all', { egress: [{ ...A, ...on(80) }], egressDeny: [on(80)] }, [1, 5]],
    ['all denied', { egress: [{ ...A, ...on(80) }], egressDeny: [{ toEntities: ['all'] }] }, [1, 5]],
    ['a range', { egress: [{ ...A, ...on([8000, 9000]) }] }, [70, 70]],
    [
      'a port denied in a range',
      { egress: [{ ...A, ...on([8000, 9000]) }], egressDeny: [{ ...A, ...on(8080) }] },
      [80, 80],
    ],
    [
      'a port in a denied range',
      { egress: [{ ...A, ...on(8080) }], egressDeny: [{ ...A, ...on([8000, 9000]) }] },
      [70, 70],
    ],
    ['a plain port under a redirect of all', { egress: [{ ...A, ...on(80) }, http] }, [1, 5]],
    ['a redirect under a plain port of all', { egress: [{ ...A, ...http }, on(80)] }, [11, 15]],
    ['a redirect under a plain L3', { egress: [{ ...A, ...http }, A] }, [20, 20]],
    ['the wildcard on a range', { egress: [on([8000, 9000])] }, [7, 35]],
    ['remote-node', { egress: [{ toEntities: ['remote-node'] }] }, [2, 3]],
    ['cluster', { egress: [{ toEntities: ['cluster'] }] }, [22, 8]],
    ['nobody, but default deny', { egress: [{}] }, [0, 0]],
  ];
  for (const [name, policy, expected] of table) test(name, () => assert.deepEqual(counts(policy), expected));
});

suite('entries for world with three node-local identities', () => {
  const locals: readonly (readonly [number, LabelArray])[] = ['1.0.0.0/8', '2.0.0.0/8', '3.0.0.0/8'].map(
    (cidr, index) => [16777217 + index, labelsOf(`cidr:${cidr}`, 'reserved:world')],
  );
  const world: Spec = { toEntities: ['world'] };
  const table: readonly (readonly [string, Egress, readonly [number, number]])[] = [
    ['one port', { egress: [{ ...world, ...on(443) }] }, [6, 4]],
    ['denied on L3, allowed on a port', { egress: [{ ...world, ...on(443) }], egressDeny: [world] }, [6, 4]],
    ['one prefix denied', { egress: [world], egressDeny: [{ toCIDR: ['1.0.0.0/8'] }] }, [6, 5]],
  ];
  for (const [name, policy, expected] of table) test(name, () => assert.deepEqual(counts(policy, locals), expected));
});

suite('an entry', () => {
  const entryOf = (spec: Spec, version = '1.20.2') => {
    const context = contextFor(version);
    const inputs = inputsOf(universeOf(context, PODS), context);
    const map = mapState(policyOf([cnp({ endpointSelector: {}, ...spec })], SUBJECT, context), inputs);
    return [...map.entries()].filter(({ direction }) => direction === 'egress');
  };

  test('names the peer items behind it, of every rule that asks for its key', () => {
    const [entry] = entryOf({
      egress: [
        { ...A, ...on(80) },
        { ...B, ...on(80) },
      ],
    }).filter(({ identity }) => identity === 1007);
    assert.deepEqual(
      entry?.origins.map(({ field }) => field),
      ['spec.egress[0].toEndpoints[0]', 'spec.egress[1].toEndpoints[0]'],
    );
  });

  test('that denies names only the rules that deny', () => {
    const [entry] = entryOf({ egress: [A], egressDeny: [A] }).filter(({ identity }) => identity === 1000);
    assert.equal(entry?.effect, 'deny');
    assert.deepEqual(
      entry.origins.map(({ field }) => field),
      ['spec.egressDeny[0].toEndpoints[0]'],
    );
  });

  test('names the rules that decide, whichever selector of its identity they have, and none that they overrule', () => {
    const proof = { authentication: { mode: 'required' } };
    const field = (spec: Spec): readonly string[] | undefined =>
      entryOf(spec)
        .find(({ identity, port }) => identity === 1007 && port !== 9)
        ?.origins.map((origin) => origin.field);
    for (const extra of [{}, proof]) {
      const elsewhere = { ...A, ...on(9), ...extra };
      for (const [first, second] of [
        [A, B],
        [B, A],
      ] as const) {
        const denied = field({ egress: [first, elsewhere], egressDeny: [second] });
        assert.deepEqual(denied, ['spec.egressDeny[0].toEndpoints[0]']);
        const both = field({ egress: [first, second, elsewhere] });
        assert.deepEqual(both, ['spec.egress[0].toEndpoints[0]', 'spec.egress[1].toEndpoints[0]']);
      }
      const overruled = field({ egress: [{ ...A, ...http }, { ...B, ...on(80) }, elsewhere] });
      assert.deepEqual(overruled, ['spec.egress[0].toEndpoints[0]']);
    }
  });

  test('that the agent adds has no origin', () => {
    const [entry] = entryOf({ ingress: [{}] });
    assert.deepEqual(entry, {
      direction: 'egress',
      identity: 0,
      protocol: 0,
      port: 0,
      prefixLength: 0,
      effect: 'allow',
      precedence: 0xffffff01,
      origins: [],
    });
  });

  test('that the agent adds has no origin beside those that have one', () => {
    for (const version of ['1.18.8', '1.19.7', '1.20.2']) {
      const context = contextFor(version);
      const inputs = inputsOf(universeOf(context, PODS), context);
      const policies = [cnp({ endpointSelector: {}, ingress: [{ fromEndpoints: A.toEndpoints }] })];
      const entries = [...mapState(policyOf(policies, SUBJECT, context), inputs).entries()];
      const added = entries.filter(({ direction, identity }) => direction === 'egress' || identity === 1);
      assert.ok(added.length >= 2);
      for (const { origins } of added) assert.deepEqual(origins, []);
    }
  });

  test('stands once, by ascending identity, broad before narrow', () => {
    const entries = entryOf({ egress: [{ ...A, ...on(80) }, A, { ...A, ...on(0) }] });
    const texts = entries.slice(0, 4).map(({ identity, protocol, port }) => `${identity} ${protocol}/${port}`);
    assert.deepEqual(texts, ['1000 0/0', '1000 6/0', '1000 6/80', '1001 0/0']);
    assert.equal(entries.length, 30);
  });
});

suite('the allow of the local host where a rule says how peers authenticate', () => {
  const allowed = [{ fromEndpoints: A.toEndpoints, authentication: { mode: 'required' } }];
  const host = (version: string, spec: Spec, config = {}): string => {
    const context = contextFor(version, config);
    const inputs = { ...inputsOf(universeOf(context, PODS), context), undecided: 'fewest' } as const;
    const policy = cnp({ endpointSelector: {}, ingress: allowed, ...spec });
    const map = mapState(policyOf([policy], SUBJECT, context), inputs);
    return [...map.entriesOf('ingress', 1)].map(({ effect }) => effect).join();
  };

  for (const version of ['1.18.8', '1.19.7', '1.20.2']) {
    test(`is there under a deny of everybody, in every order, and not where it is not allowed (${version})`, () => {
      assert.equal(host(version, {}), 'allow');
      assert.equal(host(version, { ingressDeny: [{ fromEntities: ['all'] }] }), 'allow');
      assert.equal(host(version, {}, { allowLocalhost: 'policy' }), '');
    });
  }
});

suite('the allow of the local host in 1.18', () => {
  const host = (spec: Spec): string | undefined => {
    const context = contextFor('1.18.8');
    const inputs = inputsOf(universeOf(context, PODS), context);
    const map = mapState(policyOf([cnp({ endpointSelector: {}, ...spec })], SUBJECT, context), inputs);
    return [...map.entriesOf('ingress', 1)].map(({ effect }) => effect).join();
  };

  test('is there whatever is denied to everybody, and not where it is denied to the host', () => {
    assert.equal(host({ ingressDeny: [{ fromEntities: ['all'] }] }), 'allow');
    assert.equal(host({ ingressDeny: [{ fromEntities: ['host'] }] }), 'deny');
    assert.equal(host({ egress: [{}] }), 'allow');
  });

  test('is there where the deny of the host was dropped under a deny of everybody', () => {
    assert.equal(host({ ingressDeny: [{ fromEntities: ['all'] }, { fromEntities: ['host'] }] }), 'allow');
  });
});

suite('a port name', () => {
  /** By identity. */
  const EGRESS: Readonly<Record<string, Readonly<Record<number, number>>>> = {
    same: { 1000: 80, 1001: 80 },
    other: { 1000: 80, 1001: 81 },
  };
  const named: NamedPorts = {
    ingress: (name, protocol) => (name === 'http' && protocol === 6 ? 8080 : undefined),
    egress: (name, protocol) => (name === 'same' && protocol === 6 ? 80 : undefined),
    portOf: (identity, name, protocol) => (protocol === 6 ? EGRESS[name]?.[identity] : undefined),
    identitiesWith: (name) => Object.keys(EGRESS[name] ?? {}).map(Number),
  };
  const entries = (version: string, direction: 'ingress' | 'egress', rule: Spec): readonly string[] => {
    const context = contextFor(version);
    const inputs = { ...inputsOf(universeOf(context, PODS), context), namedPorts: named };
    const map = mapState(policyOf([cnp({ endpointSelector: {}, [direction]: [rule] })], SUBJECT, context), inputs);
    return [...map.entries()]
      .filter((entry) => entry.direction === direction && entry.port !== 0)
      .map(({ identity, port, prefixLength }) => `${identity}:${port}/${prefixLength}`);
  };
  const name = (text: string): Spec => ({ toPorts: [{ ports: [{ port: text, protocol: 'TCP' }] }] });

  test('on ingress is a port of the subject', () => {
    assert.deepEqual(entries('1.19.7', 'ingress', name('HTTP')), ['0:8080/16']);
    assert.deepEqual(entries('1.19.7', 'ingress', name('nope')), []);
  });

  test('on egress is one port of the whole cluster until 1.19', () => {
    assert.deepEqual(entries('1.19.7', 'egress', name('same')), ['0:80/16']);
    assert.deepEqual(entries('1.19.7', 'egress', name('other')), []);
  });

  test('on egress is a port of each identity since 1.20, for the wildcard too', () => {
    assert.deepEqual(entries('1.20.2', 'egress', name('other')), ['1000:80/16', '1001:81/16']);
    assert.deepEqual(entries('1.20.2', 'egress', { ...B, ...name('other') }), []);
    assert.deepEqual(entries('1.20.2', 'egress', { toEntities: ['host'], ...name('other') }), []);
  });
});

test('an L7 entry is left out while its proxy is not there', () => {
  const context = contextFor('1.20.2');
  const policy = policyOf([cnp({ endpointSelector: {}, egress: [{ ...A, ...http }] })], SUBJECT, context);
  const inputs = inputsOf(universeOf(context, PODS), context);
  const entries = [...mapState(policy, { ...inputs, redirectsPending: true }).entries()];
  assert.equal(entries.filter(({ direction }) => direction === 'egress').length, 0);
});

test('a large map is made in steps', () => {
  const context = contextFor('1.20.2');
  const many = Array.from({ length: 20_000 }, (_, index) => 1000 + index);
  const inputs = { context, namedPorts: NO_NAMED_PORTS, selections: () => Uint32Array.from(many) };
  const ports = Array.from({ length: 40 }, (_, index) => 1000 + index * 2);
  const policy = policyOf([cnp({ endpointSelector: {}, egress: [{ ...A, ...on(...ports) }] })], SUBJECT, context);
  const steps = mapStateSteps(policy, inputs);
  let pauses = 0;
  let step = steps.next();
  for (; step.done !== true; step = steps.next()) pauses += 1;
  assert.equal([...step.value.entriesOf('egress', 1000)].length, 40);
  assert.equal(step.value.size, 20_000 * 40 + 5);
  assert.ok(pauses > 30, `${pauses} pauses`);
});
