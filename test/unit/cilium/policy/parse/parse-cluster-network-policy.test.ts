import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { prefixesOf, type Rule } from '../../../../../src/cilium/policy/rule.ts';
import { parsePolicy } from '../../../../../src/cilium/policy/parse/parse.ts';
import { matches } from '../../../../../src/cilium/policy/selector.ts';
import {
  contextFor,
  EVERY_KIND,
  kcnp,
  labelsOf,
  podLabels,
  refusalOf,
  rulesOf,
  type Spec,
} from '../../../../support/policies.ts';

const context = contextFor('1.20.2', EVERY_KIND);

function rules(spec: Spec, config = {}): readonly Rule[] {
  return rulesOf(kcnp(spec), contextFor('1.20.2', { ...EVERY_KIND, ...config }));
}

function onlyRule(spec: Spec, config = {}): Rule {
  const [rule, ...more] = rules(spec, config);
  assert.ok(rule !== undefined && more.length === 0);
  return rule;
}

function ingress(element: Spec): Rule {
  return onlyRule({ ingress: [{ action: 'Accept', ...element }] });
}

function egress(element: Spec, config = {}): Rule {
  return onlyRule({ egress: [{ action: 'Accept', ...element }] }, config);
}

function selectorsOf({ peers }: Rule) {
  return peers.kind === 'list' ? peers.items.flatMap(({ selectors }) => selectors) : peers.kind;
}

function keysOf(rule: Rule): readonly string[] | string {
  const selectors = selectorsOf(rule);
  return typeof selectors === 'string' ? selectors : selectors.map(({ key }) => key);
}

const NAMESPACE = '"io.kubernetes.pod.namespace"';
const TEAM = '"io.cilium.k8s.namespace.labels.team"';

test('the tier comes from the policy, and each element of a direction comes a hundredth after the one before', () => {
  const deny = { action: 'Deny', from: [{ namespaces: {} }] };
  const places = rules({ tier: 'Baseline', priority: 7, ingress: [deny, deny], egress: [{ action: 'Deny' }] });
  assert.deepEqual(
    places.map(({ direction, tierPlace }) => [direction, tierPlace]),
    [
      ['ingress', { tier: 'Baseline', priority: 7 }],
      ['ingress', { tier: 'Baseline', priority: 7.01 }],
      ['egress', { tier: 'Baseline', priority: 7 }],
    ],
  );
});

test('a rule says what its action does, switches no default deny on, and names where it stands', () => {
  const verdicts = ['Accept', 'Deny', 'Pass'].map((action) => ingress({ action, from: [{ namespaces: {} }] }).verdict);
  assert.deepEqual(verdicts, ['allow', 'deny', 'pass']);
  const rule = ingress({ from: [{ namespaces: {} }] });
  const object = { kind: 'ClusterNetworkPolicy', name: 'kc' };
  assert.deepEqual([rule.defaultDeny, rule.ref], [false, { object, field: 'spec.ingress[0]' }]);
  assert.deepEqual(rule.peers.kind === 'list' && rule.peers.items[0]?.ref, {
    object,
    field: 'spec.ingress[0].from[0]',
  });
});

describe('a subject', () => {
  const subject = (written: Spec): Rule => onlyRule({ subject: written, ingress: [{ action: 'Deny' }] });

  test('of namespaces is whatever is in one of them', () => {
    assert.equal(subject({ namespaces: {} }).subject.key, `[["k8s",${NAMESPACE},"Exists"]]`);
    assert.equal(subject({ namespaces: { matchLabels: { team: 'a' } } }).subject.key, `[["k8s",${TEAM},"In","a"]]`);
  });

  test('of pods is asked for by both selectors, and in every cluster', () => {
    const { key } = subject({ pods: { podSelector: { matchLabels: { app: 'web' } } } }).subject;
    assert.equal(key, `[["k8s","app","In","web"],["k8s",${NAMESPACE},"Exists"]]`);
  });

  test('that is none makes the agent refuse the policy', () => {
    assert.equal(refusalOf(kcnp({ subject: {} }), context)?.field, 'spec.subject');
  });
});

describe('a peer', () => {
  test('of namespaces may be of another cluster, one of pods is of the local one unless it names one', () => {
    assert.deepEqual(keysOf(ingress({ from: [{ namespaces: {} }] })), [`[["k8s",${NAMESPACE},"Exists"]]`]);
    const local = '["k8s","io.cilium.k8s.policy.cluster","In","default"]';
    assert.deepEqual(keysOf(ingress({ from: [{ pods: { podSelector: {} } }] })), [
      `[${local},["k8s",${NAMESPACE},"Exists"]]`,
    ]);
    const other = { podSelector: { matchLabels: { 'io.cilium.k8s.policy.cluster': 'east' } } };
    const [selector] = selectorsOf(ingress({ from: [{ pods: other }] }));
    assert.ok(
      typeof selector === 'object' &&
        matches(selector, labelsOf('k8s:io.cilium.k8s.policy.cluster=east', 'k8s:io.kubernetes.pod.namespace=a')),
    );
  });

  test('of networks is a prefix each, and each is an identity', () => {
    const policy = kcnp({ egress: [{ action: 'Deny', to: [{ networks: ['10.0.0.0/8', '0.0.0.0/0'] }] }] });
    assert.deepEqual(rulesOf(policy, context).map(keysOf), [
      ['cidr[["cidr","10.0.0.0/8","Exists"]]', 'cidr[["reserved","world","Exists"]]'],
    ]);
    assert.deepEqual(prefixesOf(parsePolicy(policy, context)), ['10.0.0.0/8']);
  });

  test('makes a rule of its own; none is everybody', () => {
    const two = { action: 'Deny', from: [{ namespaces: {} }, { pods: { podSelector: {} } }] };
    assert.equal(rules({ ingress: [two] }).length, 2);
    assert.deepEqual(keysOf(ingress({})), ['[]']);
    assert.deepEqual(keysOf(ingress({ from: [] })), ['[]']);
  });

  test('that no agent knows accepts nothing, and denies everything where the rule denies or passes', () => {
    const unknown = [{ services: {} }, { nodes: {} }];
    assert.deepEqual(rules({ ingress: [{ action: 'Accept', from: unknown }] }), []);
    for (const action of ['Deny', 'Pass']) {
      const [rule, ...more] = rules({ ingress: [{ action, from: [{ services: {} }] }] });
      assert.deepEqual([rule?.verdict, rule && keysOf(rule), rule?.unsupported, more], ['deny', ['[]'], [], []]);
    }
  });

  test('of names brings along the queries for them, whatever its protocols', () => {
    const [queries, names] = rules({
      egress: [
        {
          action: 'Accept',
          to: [{ domainNames: ['api.example.com', '*.example.org'] }],
          protocols: [{ tcp: { destinationPort: { number: 443 } } }],
        },
      ],
    });
    assert.ok(queries !== undefined && names !== undefined);
    assert.deepEqual(keysOf(queries), ['[["any","k8s-app","In","kube-dns"]]']);
    const ports = queries.ports.kind === 'list' ? (queries.ports.names ?? []) : [];
    assert.deepEqual(
      [...new Set(ports.map(({ name, redirect }) => `${name} ${redirect?.parser ?? ''}`))],
      ['dns dns', 'dns-tcp dns'],
    );
    assert.deepEqual(keysOf(names), [
      'fqdn[["fqdn","api.example.com","Exists"]]',
      'fqdn[["fqdn","**.example.org","Exists"]]',
    ]);
  });

  test('of nodes is the host and the other nodes', () => {
    const rule = egress({ to: [{ nodes: { matchLabels: { zone: 'a' } } }] }, { nodeSelectorLabels: true });
    const labels = ['reserved:remote-node', 'node:zone=a', 'k8s:io.cilium.k8s.policy.cluster=default'];
    const selected = (...texts: readonly string[]) =>
      [selectorsOf(rule)].flat().some((one) => typeof one === 'object' && matches(one, labelsOf(...texts)));
    assert.deepEqual([selected(...labels), selected(...labels.slice(1))], [true, false]);
    assert.ok(selected('reserved:host', ...labels.slice(1)));
  });
});

describe('protocols', () => {
  const ports = (...protocols: readonly Spec[]) => {
    const read = ingress({ protocols }).ports;
    return read.kind === 'any' ? 'any' : read;
  };
  const texts = (...protocols: readonly Spec[]): readonly string[] | string => {
    const read = ports(...protocols);
    return read === 'any' ? read : read.items.map(({ protocol, first, last }) => `${protocol}/${first}-${last}`);
  };

  test('none are every packet', () => {
    assert.equal(texts(), 'any');
  });

  test('are numbers, ranges, and every port where there is none', () => {
    assert.deepEqual(texts({ tcp: { destinationPort: { number: 80 } } }), ['6/80-80']);
    assert.deepEqual(texts({ udp: { destinationPort: { range: { start: 53, end: 60 } } } }), ['17/53-60']);
    assert.deepEqual(texts({ sctp: {} }), ['132/0-0']);
    assert.deepEqual(texts({}), ['6/0-0', '17/0-0', '132/0-0']);
  });

  test('take the first of several, and of a port the range', () => {
    assert.deepEqual(texts({ udp: {}, tcp: { destinationPort: { number: 1, range: { start: 2, end: 3 } } } }), [
      '6/2-3',
    ]);
  });

  test('are bounded where the numbers are no ports', () => {
    assert.deepEqual(texts({ tcp: { destinationPort: { number: 70_000 } } }), ['6/65535-65535']);
    assert.deepEqual(texts({ tcp: { destinationPort: { number: -1 } } }), ['6/0-0']);
  });

  test('are names in every protocol, as they are written', () => {
    const read = ports({ destinationNamedPort: 'Web' });
    assert.ok(read !== 'any');
    assert.deepEqual(
      (read.names ?? []).map(({ protocol, name }) => `${protocol} ${name}`),
      ['6 Web', '17 Web', '132 Web'],
    );
    assert.deepEqual(texts({ destinationNamedPort: '80' }), ['6/80-80', '17/80-80', '132/80-80']);
    assert.deepEqual(texts({ destinationNamedPort: 'a_b' }), ['6/0-0', '17/0-0', '132/0-0']);
  });

  test('have names beside them only where there are some', () => {
    const object = { kind: 'ClusterNetworkPolicy', name: 'kc' };
    const ref = { object, field: 'spec.ingress[0].protocols[0]' };
    assert.deepEqual(ports({ tcp: { destinationPort: { number: 80 } } }), {
      kind: 'list',
      items: [{ protocol: 6, first: 80, last: 80, ref }],
    });
    const number = ports({ destinationNamedPort: '80' });
    assert.deepEqual(number === 'any' ? undefined : number.items[0], { protocol: 6, first: 80, last: 80, ref });
    const named = ports({ destinationNamedPort: 'web' });
    assert.deepEqual(named === 'any' ? [] : [named.items, named.names?.length], [[], 3]);
  });
});

const REFUSED: readonly {
  readonly name: string;
  readonly element: Spec;
  readonly field: string;
  readonly config?: object;
}[] = [
  { name: 'nodes without their labels', element: { to: [{ nodes: {} }] }, field: 'nodes' },
  { name: 'a network that is no prefix', element: { to: [{ networks: ['10.0.0.0/99'] }] }, field: 'networks' },
  {
    name: 'names that are denied',
    element: { action: 'Deny', to: [{ domainNames: ['a.example'] }] },
    field: 'domainNames',
  },
  {
    name: 'names without the proxy',
    element: { to: [{ domainNames: ['a.example'] }] },
    field: 'domainNames',
    config: { l7Proxy: false },
  },
  { name: 'a name that is none', element: { to: [{ domainNames: ['a b'] }] }, field: 'domainNames' },
];

for (const { name, element, field, config = {} } of REFUSED) {
  test(`${name} make the agent refuse the policy`, () => {
    const policy = kcnp({ egress: [{ action: 'Accept', ...element }] });
    const refusal = refusalOf(policy, contextFor('1.20.2', { ...EVERY_KIND, ...config }));
    assert.equal(refusal?.field, `spec.egress[0].to[0].${field}`);
  });
}

test('agents that do not read the kind make nothing of it', () => {
  const policy = kcnp({
    ingress: [{ action: 'Deny' }],
    egress: [{ action: 'Deny', to: [{ networks: ['10.0.0.0/8'] }] }],
  });
  for (const version of ['1.18.8', '1.19.7', '1.20.2']) {
    assert.deepEqual(parsePolicy(policy, contextFor(version)), {
      kind: 'parsed',
      object: { kind: 'ClusterNetworkPolicy', name: 'kc' },
      rules: [],
      prefixes: [],
    });
  }
});

test('Pass is not modelled, wherever it stands', () => {
  const { unsupported } = ingress({ action: 'Pass', from: [{ namespaces: {} }] });
  assert.deepEqual(unsupported, [{ feature: 'Pass', field: 'spec.ingress[0].action' }]);
});

test('what only maps know is marked so', () => {
  const parts = (to: Spec) => egress({ action: 'Accept', to: [to] }, { nodeSelectorLabels: true }).unsupported;
  assert.deepEqual(parts({ nodes: {} }), [{ feature: 'nodes', field: 'spec.egress[0].to[0].nodes', inMaps: true }]);
  assert.deepEqual(parts({ nodes: { matchLabels: { zone: 'a', 'node:zone': 'b' } } }).at(-1), {
    feature: 'keys that differ only in their source',
    field: 'spec.egress[0].to[0].nodes',
  });
  const field = 'spec.egress[0].to[0].domainNames';
  const ofNames = rules({ egress: [{ action: 'Accept', to: [{ domainNames: ['a.example'] }] }] });
  for (const { unsupported } of ofNames) {
    assert.deepEqual(unsupported, [
      { feature: 'DNS names', field, inMaps: true },
      { feature: 'port names', field, inMaps: true },
    ]);
  }
  const named = ingress({ protocols: [{ destinationNamedPort: 'web' }] }).unsupported;
  assert.deepEqual(named, [{ feature: 'port names', field: 'spec.ingress[0].protocols[0]', inMaps: true }]);
});

test('a key may name another source, and two keys that are one then are not modelled', () => {
  const pods = (matchLabels: Spec): Rule => ingress({ from: [{ pods: { podSelector: { matchLabels } } }] });
  const [selector] = selectorsOf(pods({ 'any:app': 'web' }));
  assert.ok(typeof selector === 'object' && matches(selector, podLabels('a', 'web')));
  assert.deepEqual(pods({ app: 'web', 'k8s:app': 'db' }).unsupported, [
    { feature: 'keys that differ only in their source', field: 'spec.ingress[0].from[0].pods' },
  ]);
});

test('an operator that no agent knows is not modelled, in either selector of a peer', () => {
  const odd = {
    matchExpressions: [
      { key: 'app', operator: 'In', values: ['x'] },
      { key: 'app', operator: 'Gt', values: ['1'] },
    ],
  };
  const plain = { matchExpressions: [{ key: 'app', operator: 'Exists' }] };
  const featuresOf = (peer: Spec) =>
    ingress({ from: [peer] }).unsupported.map(({ feature, field }) => `${feature} ${field}`);
  const at = 'unknown operators spec.ingress[0].from[0]';
  assert.deepEqual(featuresOf({ namespaces: plain }), []);
  assert.deepEqual(featuresOf({ namespaces: odd }), [`${at}.namespaces`]);
  assert.deepEqual(featuresOf({ pods: { podSelector: odd, namespaceSelector: plain } }), [`${at}.pods`]);
  assert.deepEqual(featuresOf({ pods: { podSelector: plain, namespaceSelector: odd } }), [`${at}.pods`]);
});
