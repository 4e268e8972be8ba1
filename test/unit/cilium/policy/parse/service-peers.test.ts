import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ParseContext } from '../../../../../src/cilium/policy/context.ts';
import { parsePolicy } from '../../../../../src/cilium/policy/parse/parse.ts';
import { prefixesOf, type Rule } from '../../../../../src/cilium/policy/rule.ts';
import { ServiceTable } from '../../../../../src/cluster/objects/service-table.ts';
import { decoded, type Json } from '../../../../support/objects.ts';
import { cnp, contextFor, rulesOf } from '../../../../support/policies.ts';
import { catalogOf, endpoints, endpointSlice, service } from '../../../../support/services.ts';

const WEB = service('b/web', { selector: { app: 'web' } }, { tier: 'front', 'example.com/name': 'web' });
const OUT = service('b/out', {}, { tier: 'out' });
const OUT_SLICE = endpointSlice('b/out-1', 'out', ['192.0.2.1', '192.0.2.2']);
const toPorts = [{ ports: [{ port: '80', protocol: 'TCP' }] }];
const NAMED_WEB = { k8sService: { serviceName: 'web', namespace: 'b' } };
const NAMED_OUT = { k8sService: { serviceName: 'out', namespace: 'b' } };

function contextWith(objects: readonly Json[], version = '1.20.2'): ParseContext {
  return { ...contextFor(version), services: catalogOf(...objects) };
}

function policyOf(rule: Json, list = 'egress') {
  return cnp({ endpointSelector: {}, [list]: [rule] });
}

function ruleOf(rule: Json, context: ParseContext, list = 'egress'): Rule {
  const [read] = rulesOf(policyOf(rule, list), context);
  assert.ok(read);
  return read;
}

/** `spec.egress[0].toServices[0]: k8s:app In web`, or which kind of peers there are. */
function peersOf({ peers }: Rule): readonly string[] | string {
  if (peers.kind !== 'list') return peers.kind;
  return peers.items.flatMap(({ ref, selectors }) =>
    selectors.map(({ requirements }) => {
      const texts = requirements.map(({ source, key, values }) => [`${source}:${key}`, ...values].join(' '));
      return `${ref.field}: ${texts.join(', ')}`;
    }),
  );
}

suite('what a reference stands for', () => {
  test('is the pods of a Service with a selector, in its namespace', () => {
    const rule = ruleOf({ toServices: [NAMED_WEB], toPorts }, contextWith([WEB], '1.18.8'));
    assert.deepEqual(peersOf(rule), ['spec.egress[0].toServices[0]: any:app web, k8s:io.kubernetes.pod.namespace b']);
  });

  test('is held to the local cluster like any peer', () => {
    const rule = ruleOf({ toServices: [NAMED_WEB] }, contextWith([WEB]));
    assert.deepEqual(peersOf(rule), [
      'spec.egress[0].toServices[0]: k8s:app web, k8s:io.cilium.k8s.policy.cluster default, k8s:io.kubernetes.pod.namespace b',
    ]);
  });

  test('takes the place of an empty list of prefixes, be it one address', () => {
    const context = contextWith([OUT, endpointSlice('b/out-1', 'out', ['192.0.2.1'])]);
    const peers = peersOf(ruleOf({ toServices: [NAMED_OUT], toCIDRSet: [] }, context));
    assert.deepEqual(peers, ['spec.egress[0].toServices[0]: cidr:192.0.2.1/32']);
  });

  test('is never the addresses of a Service with a selector', () => {
    const slice = endpointSlice('b/web-1', 'web', ['192.0.2.1']);
    const peers = peersOf(ruleOf({ toServices: [NAMED_WEB] }, contextWith([WEB, slice], '1.18.8')));
    assert.deepEqual(peers, ['spec.egress[0].toServices[0]: any:app web, k8s:io.kubernetes.pod.namespace b']);
  });

  test('is the addresses of a Service without a selector, which are prefixes of the policy', () => {
    const rule = { toServices: [NAMED_OUT], toPorts };
    const context = contextWith([OUT, OUT_SLICE]);
    assert.deepEqual(peersOf(ruleOf(rule, context)), [
      'spec.egress[0].toServices[0]: cidr:192.0.2.1/32',
      'spec.egress[0].toServices[0]: cidr:192.0.2.2/32',
    ]);
    assert.deepEqual(prefixesOf(parsePolicy(policyOf(rule), context)), ['192.0.2.1/32', '192.0.2.2/32']);
  });

  test('is told at the reference; one that comes to nothing has no part in it, and one that comes to the same neither', () => {
    const toServices = [
      { k8sService: { serviceName: 'nope', namespace: 'b' } },
      NAMED_WEB,
      { k8sService: { serviceName: 'web' } },
    ];
    const rule = ruleOf({ toServices }, contextWith([WEB], '1.18.8'));
    assert.deepEqual(peersOf(rule), ['spec.egress[0].toServices[1]: any:app web, k8s:io.kubernetes.pod.namespace b']);
  });

  test('is everybody on the ports where all come to nothing, and nobody without ports', () => {
    const context = contextWith([OUT]);
    assert.equal(peersOf(ruleOf({ toServices: [NAMED_OUT], toPorts }, context)), 'any');
    assert.equal(peersOf(ruleOf({ toServices: [NAMED_OUT] }, context)), 'none');
  });

  test('comes into an empty list of endpoints or CIDRs, and not into another', () => {
    const context = contextWith([WEB, OUT, OUT_SLICE]);
    const kindWith = (rule: Json): string => ruleOf({ ...rule, toPorts }, context).peers.kind;
    assert.equal(kindWith({ toServices: [NAMED_WEB], toEndpoints: [] }), 'list');
    assert.equal(kindWith({ toServices: [NAMED_OUT], toCIDRSet: [] }), 'list');
    assert.equal(kindWith({ toServices: [NAMED_WEB], toCIDRSet: [] }), 'none');
    assert.equal(kindWith({ toServices: [NAMED_OUT], toEndpoints: [] }), 'none');
    assert.equal(kindWith({ toServices: [NAMED_WEB], toEntities: [] }), 'none');
  });

  test('is nothing in a deny: it is one of its ports, whatever there is', () => {
    for (const context of [contextWith([WEB]), { ...contextWith([]), services: new ServiceTable() }]) {
      const deny = ruleOf({ toServices: [NAMED_WEB], toPorts }, context, 'egressDeny');
      assert.deepEqual([peersOf(deny), deny.unsupported], ['any', []]);
    }
  });

  test('is known to maps alone, and what others write decides it', () => {
    const { unsupported } = ruleOf({ toServices: [NAMED_WEB] }, contextWith([WEB]));
    assert.deepEqual(unsupported, [{ feature: 'services', field: 'spec.egress[0].toServices', inMaps: true }]);
  });
});

suite('what a reference stands for is not known', () => {
  const unknown = [{ feature: 'services', field: 'spec.egress[0].toServices' }];
  const given = (...objects: readonly Json[]): ParseContext => {
    const services = new ServiceTable();
    for (const raw of objects) services.add(decoded(raw));
    return { ...contextFor('1.20.2'), services };
  };

  test('where no Service was given', () => {
    const rule = ruleOf({ toServices: [NAMED_WEB], toPorts }, given(OUT_SLICE));
    assert.deepEqual([peersOf(rule), rule.unsupported], ['none', unknown]);
  });

  test('where no EndpointSlice was given, of a Service without a selector', () => {
    assert.deepEqual(ruleOf({ toServices: [NAMED_OUT] }, given(WEB, OUT)).unsupported, unknown);
    assert.equal(ruleOf({ toServices: [NAMED_WEB] }, given(WEB, OUT)).peers.kind, 'list');
    assert.equal(ruleOf({ toServices: [NAMED_OUT] }, given(OUT, OUT_SLICE)).peers.kind, 'list');
  });

  test('where neither an EndpointSlice was given nor the Endpoints that one is made of', () => {
    const skipped = {
      metadata: { namespace: 'b', name: 'out', labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } },
    };
    assert.equal(ruleOf({ toServices: [NAMED_OUT] }, given(OUT, endpoints('b/out', ['192.0.2.1']))).peers.kind, 'list');
    for (const other of [endpoints('c/out', ['192.0.2.1']), endpoints('b/out', ['192.0.2.1'], skipped)])
      assert.deepEqual(ruleOf({ toServices: [NAMED_OUT] }, given(OUT, other)).unsupported, unknown);
  });

  test('where it takes too many looks, as thousands of references by labels do', () => {
    const many = Array.from({ length: 3_000 }, (_, index) => service(`b/s${index}`, { selector: { app: 'web' } }));
    const toServices = [{ k8sServiceSelector: { selector: { matchLabels: { tier: 'none' } } } }];
    const rules = rulesOf(
      cnp({ endpointSelector: {}, egress: Array(100).fill({ toServices, toPorts }) }),
      given(...many),
    );
    assert.equal(rules[0]?.peers.kind, 'any');
    assert.deepEqual(rules[99]?.unsupported, [{ feature: 'services', field: 'spec.egress[99].toServices' }]);
  });

  test('where the addresses that references stand for are too many with the looks', () => {
    const others = Array.from({ length: 1_023 }, (_, index) => service(`b/s${index}`, { selector: { app: 'web' } }));
    const byLabels = { toServices: [{ k8sServiceSelector: { selector: { matchLabels: { tier: 'none' } } } }], toPorts };
    const byName = { toServices: [NAMED_OUT], toPorts };
    const egress = [...Array<Json>(255).fill(byLabels), ...Array<Json>(342).fill(byName)];
    const rules = rulesOf(cnp({ endpointSelector: {}, egress }), given(OUT, OUT_SLICE, ...others));
    assert.equal(rules[595]?.peers.kind, 'list');
    assert.deepEqual(rules[596]?.unsupported, [{ feature: 'services', field: 'spec.egress[596].toServices' }]);
  });

  test('where a Service is there on some nodes only', () => {
    const metadata = { namespace: 'b', name: 'web', annotations: { 'service.cilium.io/node': 'edge' } };
    const edge = { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: 'web' } } };
    assert.deepEqual(ruleOf({ toServices: [NAMED_WEB] }, given(edge)).unsupported, unknown);
  });
});

/** Which of the Services each version means by a selector: 1.18, before 1.19.6, since, 1.20. */
suite('a selector of Services', () => {
  const VERSIONS = ['1.18.8', '1.19.5', '1.19.7', '1.20.2'];
  const objects = [
    WEB,
    service('b/dotted', { selector: { app: 'dotted' } }, { 'com/name': 'web' }),
    service('c/bare', { selector: { app: 'bare' } }),
  ];

  function meant(selector: Json, version: string, namespace?: string): string {
    const reference = { k8sServiceSelector: { selector, ...(namespace === undefined ? {} : { namespace }) } };
    const policy = parsePolicy(policyOf({ toServices: [reference], toPorts }), contextWith(objects, version));
    if (policy.kind === 'refused') return 'refused';
    const [rule] = policy.rules;
    if (rule?.peers.kind !== 'list') return '-';
    const selectors = rule.peers.items.flatMap(({ selectors }) => selectors);
    const values = selectors.map(({ requirements }) => requirements.find(({ key }) => key === 'app')?.values[0] ?? '?');
    return values.sort().join(' ');
  }

  const expressions = (key: string, operator: string, values?: readonly string[]): Json => ({
    matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
  });
  const rows: readonly (readonly [name: string, selector: Json, ...means: readonly string[]])[] = [
    ['by a label', { matchLabels: { tier: 'front' } }, 'web', 'web', 'web', 'web'],
    ['by a key with dots', { matchLabels: { 'example.com/name': 'web' } }, 'web', 'dotted', 'web', 'web'],
    [
      'by a key with the source of Kubernetes',
      { matchLabels: { 'k8s:tier': 'front' } },
      '-',
      'bare dotted web',
      'web',
      'web',
    ],
    ['by a key with another source', { matchLabels: { 'reserved:tier': 'front' } }, '-', 'bare dotted web', '-', 'web'],
    [
      'by a value that it must not have',
      expressions('tier', 'NotIn', ['front']),
      'bare dotted',
      'bare dotted',
      'bare dotted',
      'bare dotted',
    ],
    ['by a label that has to be there', expressions('tier', 'Exists'), 'web', 'web', 'web', 'web'],
    ['without fields', {}, '-', 'bare dotted web', 'bare dotted web', 'bare dotted web'],
    [
      'with an empty field',
      { matchLabels: {} },
      'bare dotted web',
      'bare dotted web',
      'bare dotted web',
      'bare dotted web',
    ],
    [
      'with an operator that nobody knows',
      expressions('tier', 'Like'),
      '-',
      'bare dotted web',
      'refused',
      'bare dotted web',
    ],
    ['with an operator without its values', expressions('tier', 'In'), '-', 'bare dotted web', 'refused', '-'],
  ];
  for (const [name, selector, ...means] of rows) {
    test(name, () => {
      assert.deepEqual(
        VERSIONS.map((version) => meant(selector, version)),
        means,
      );
    });
  }

  test('means those of one namespace where it names one', () => {
    assert.equal(meant({ matchLabels: {} }, '1.20.2', 'c'), 'bare');
    assert.equal(meant({ matchLabels: {} }, '1.20.2', ''), 'bare dotted web');
  });

  test('counts where there is a name too', () => {
    const both = { ...NAMED_OUT, k8sServiceSelector: { selector: { matchLabels: { tier: 'front' } } } };
    const rule = ruleOf({ toServices: [both] }, contextWith([...objects, OUT, OUT_SLICE], '1.18.8'));
    assert.deepEqual(peersOf(rule), ['spec.egress[0].toServices[0]: any:app web, k8s:io.kubernetes.pod.namespace b']);
  });
});

suite('a Service', () => {
  test('of another proxy, or that is headless by its label, is not there', () => {
    for (const label of ['service.kubernetes.io/service-proxy-name', 'service.kubernetes.io/headless']) {
      const hidden = service('b/web', { selector: { app: 'web' } }, { [label]: '' });
      assert.equal(peersOf(ruleOf({ toServices: [NAMED_WEB], toPorts }, contextWith([hidden]))), 'any');
    }
  });

  test('with a key with dots in its selector selects no pods until 1.18.8 and 1.19.2: a source is read before the first', () => {
    const dotted = service('b/web', { selector: { 'example.com/name': 'web' } });
    const keys = ['1.18.8', '1.18.9', '1.19.2', '1.19.3', '1.20.2'].map((version) => {
      const { peers } = ruleOf({ toServices: [NAMED_WEB] }, contextWith([dotted], version));
      const [peer] = peers.kind === 'list' ? peers.items : [];
      const requirement = peer?.selectors[0]?.requirements.find(({ values }) => values.includes('web'));
      return `${requirement?.source ?? ''}:${requirement?.key ?? ''}`;
    });
    const [wrong, right] = ['example:com/name', 'k8s:example.com/name'];
    assert.deepEqual(keys, [wrong, right, wrong, right, right]);
  });
});

test('prefixes beside an empty list of peers are identities in 1.18 alone', () => {
  const rule = { toEntities: [], toCIDR: ['10.0.0.0/8'] };
  const named = ['1.18.8', '1.19.7', '1.20.2'].map((version) =>
    prefixesOf(parsePolicy(policyOf(rule), contextFor(version))),
  );
  assert.deepEqual(named, [['10.0.0.0/8'], [], []]);
});
