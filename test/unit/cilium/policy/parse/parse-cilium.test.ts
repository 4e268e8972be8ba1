import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ParseContext } from '../../../../../src/cilium/policy/context.ts';
import { parsePolicy } from '../../../../../src/cilium/policy/parse/parse.ts';
import {
  listedSelectors,
  rulesOf as readRules,
  writtenRules,
  type Peer,
  type Rule,
} from '../../../../../src/cilium/policy/rule.ts';
import { matches, standsForList, WILDCARD, type Requirement } from '../../../../../src/cilium/policy/selector.ts';
import { ServiceTable } from '../../../../../src/cluster/objects/service-table.ts';
import { ccnp, cnp, contextFor, labelsOf, podLabels, rulesOf, type Spec } from '../../../../support/policies.ts';

const anyCluster = contextFor('1.18.8');
const localCluster = contextFor('1.20.2');

function requirementText({ source, key, operator, values }: Requirement): string {
  return [`${source}:${key}`, operator, ...values].join(' ');
}

function ruleOf(spec: Spec, context: ParseContext = anyCluster, make = cnp): Rule {
  const [rule] = rulesOf(make({ endpointSelector: {}, ...spec }), context);
  assert.ok(rule);
  return rule;
}

function items(rule: Rule): readonly Peer[] {
  assert.ok(rule.peers.kind === 'list', `peers are ${rule.peers.kind}`);
  return rule.peers.items;
}

/** The requirements of the only selector of the only peer. */
function peerOf(selector: Spec, context: ParseContext = anyCluster, make = cnp): readonly string[] {
  const [peer] = items(ruleOf({ ingress: [{ fromEndpoints: [selector] }] }, context, make));
  assert.equal(peer?.selectors.length, 1);
  return (peer.selectors[0]?.requirements ?? []).map(requirementText);
}

suite('the subject', () => {
  const subjectOf = (selector: Spec, make = cnp): readonly string[] =>
    ruleOf({ endpointSelector: selector, ingress: [{}] }, anyCluster, make).subject.requirements.map(requirementText);

  test('of a CNP is in the namespace of the policy', () => {
    assert.deepEqual(subjectOf({}), ['k8s:io.kubernetes.pod.namespace In a']);
  });

  test('of a CNP loses a namespace that it names with source k8s, and keeps one that it names without', () => {
    assert.deepEqual(subjectOf({ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'b' } }), [
      'k8s:io.kubernetes.pod.namespace In a',
    ]);
    assert.deepEqual(subjectOf({ matchLabels: { 'io.kubernetes.pod.namespace': 'b' } }), [
      'any:io.kubernetes.pod.namespace In b',
      'k8s:io.kubernetes.pod.namespace In a',
    ]);
  });

  test('of a CCNP is as written', () => {
    assert.deepEqual(subjectOf({}, ccnp), []);
    assert.deepEqual(subjectOf({ matchLabels: { app: 'web' } }, ccnp), ['any:app In web']);
  });

  test('by nodeSelector is the host, and its policy is marked as one that proofs do not know', () => {
    const [rule] = rulesOf(ccnp({ nodeSelector: {}, ingress: [{}] }), anyCluster);
    assert.equal(rule?.subjectKind, 'host');
    assert.deepEqual(rule.unsupported, [{ feature: 'nodeSelector', field: 'spec.nodeSelector', inMaps: true }]);
  });
});

suite('a peer selector', () => {
  test('of a CNP is in the namespace of the policy, unless it names one or labels of one', () => {
    assert.deepEqual(peerOf({}), ['k8s:io.kubernetes.pod.namespace In a']);
    assert.deepEqual(peerOf({ matchLabels: { 'io.kubernetes.pod.namespace': 'b' } }), [
      'any:io.kubernetes.pod.namespace In b',
    ]);
    assert.deepEqual(peerOf({ matchLabels: { 'io.cilium.k8s.namespace.labels.team': 'blue' } }), [
      'any:io.cilium.k8s.namespace.labels.team In blue',
    ]);
    const notIn = { matchExpressions: [{ key: 'k8s:io.kubernetes.pod.namespace', operator: 'NotIn', values: ['a'] }] };
    assert.deepEqual(peerOf(notIn), ['k8s:io.kubernetes.pod.namespace NotIn a']);
  });

  test('of a CCNP is in any namespace', () => {
    assert.deepEqual(peerOf({}, anyCluster, ccnp), ['k8s:io.kubernetes.pod.namespace Exists']);
    const team = { matchLabels: { 'io.cilium.k8s.namespace.labels.team': 'blue' } };
    assert.equal(peerOf(team, anyCluster, ccnp).length, 2);
  });

  test('of a CCNP whose subject asks for reserved:init is in no namespace', () => {
    const init = { endpointSelector: { matchLabels: { 'reserved:init': '' } }, ingress: [{ fromEndpoints: [{}] }] };
    assert.deepEqual(items(ruleOf(init, anyCluster, ccnp))[0]?.selectors, [WILDCARD]);
    assert.deepEqual(items(ruleOf(init, localCluster, ccnp))[0]?.selectors[0]?.requirements.map(requirementText), [
      'k8s:io.cilium.k8s.policy.cluster In default',
    ]);
  });

  test('is in the local cluster where that is the default, unless it names a cluster', () => {
    assert.deepEqual(peerOf({}, localCluster), [
      'k8s:io.cilium.k8s.policy.cluster In default',
      'k8s:io.kubernetes.pod.namespace In a',
    ]);
    const other = { matchExpressions: [{ key: 'io.cilium.k8s.policy.cluster', operator: 'Exists' }] };
    assert.deepEqual(peerOf(other, localCluster), [
      'any:io.cilium.k8s.policy.cluster Exists',
      'k8s:io.kubernetes.pod.namespace In a',
    ]);
  });

  test('with an empty source asks for any', () => {
    assert.deepEqual(peerOf({ matchLabels: { ':app': 'x' } }, anyCluster, ccnp)[0], 'any:app In x');
  });

  test('with a reserved key is as written', () => {
    const reserved = { matchLabels: { 'reserved:remote-node': '', app: 'x' } };
    assert.deepEqual(peerOf(reserved, localCluster), ['any:app In x', 'reserved:remote-node In ']);
  });

  test('reads $x and reserved.x as reserved:x until 1.19', () => {
    assert.deepEqual(peerOf({ matchLabels: { $app: 'x' } }), ['reserved:app In x']);
    assert.deepEqual(peerOf({ matchLabels: { 'reserved.app': 'x' } }), ['reserved:app In x']);
    assert.ok(peerOf({ matchLabels: { 'reserved.app': 'x' } }, localCluster).includes('any:reserved.app In x'));
  });

  test('with keys that differ only in their source is one of both values, and none where they agree', () => {
    assert.ok(peerOf({ matchLabels: { app: 'b', 'any:app': 'a' } }).includes('any:app In a b'));
    const rule = ruleOf({ ingress: [{ fromEndpoints: [{ matchLabels: { app: 'a', 'any:app': 'a' } }] }] });
    assert.deepEqual(rule.unsupported, []);
  });

  test('with keys that differ only in their source is marked: which one stays is chance', () => {
    const rule = ruleOf({ ingress: [{ fromEndpoints: [{ matchLabels: { app: 'a', 'any:app': 'b' } }] }] });
    assert.deepEqual(
      rule.unsupported.map(({ field }) => field),
      ['spec.ingress[0].fromEndpoints'],
    );
  });
});

suite('peers that are absent, empty or there', () => {
  const kind = (element: Spec, direction = 'egress'): string => ruleOf({ [direction]: [element] }).peers.kind;
  const toPorts = [{ ports: [{ port: '80', protocol: 'TCP' }] }];

  test('no peers are everybody with ports, and nobody without', () => {
    assert.equal(kind({ toPorts }), 'any');
    assert.equal(kind({}), 'none');
    assert.equal(kind({ toPorts: [] }), 'none');
  });

  test('an empty list selects nobody, with ports too', () => {
    for (const name of ['toEndpoints', 'toEntities', 'toCIDR', 'toCIDRSet', 'toNodes']) {
      assert.equal(kind({ [name]: [], toPorts }), 'none', name);
    }
  });

  test('an empty toFQDNs, toServices or toGroups selects everybody on the ports', () => {
    for (const name of ['toFQDNs', 'toServices', 'toGroups']) {
      assert.equal(kind({ [name]: [], toPorts }), 'any', name);
      assert.equal(kind({ [name]: [] }), 'none', name);
    }
  });

  test('a service that is not there selects everybody on the ports; that none is there has to be known', () => {
    const toServices = [{ k8sService: { serviceName: 'x', namespace: 'a' } }];
    assert.equal(kind({ toServices, toPorts }), 'any');
    assert.equal(kind({ toServices }), 'none');
    const unknown = ruleOf({ egress: [{ toServices, toPorts }] }, { ...anyCluster, services: new ServiceTable() });
    assert.equal(unknown.peers.kind, 'none');
    assert.deepEqual(unknown.unsupported, [{ feature: 'services', field: 'spec.egress[0].toServices' }]);
  });
});

suite('every peer and port names the place where it is written', () => {
  test('in spec', () => {
    const rules = rulesOf(
      cnp({
        endpointSelector: {},
        ingress: [{ fromEndpoints: [{}, { matchLabels: { app: 'x' } }] }],
        egressDeny: [{}, { toCIDR: ['10.0.0.0/8'], toPorts: [{ ports: [{ port: '1' }, { port: 'dns' }] }] }],
      }),
      anyCluster,
    );
    assert.deepEqual(
      rules.map(({ ref }) => ref.field),
      ['spec.ingress[0]', 'spec.egressDeny[0]', 'spec.egressDeny[1]'],
    );
    assert.deepEqual(
      rules.map(({ verdict }) => verdict),
      ['allow', 'deny', 'deny'],
    );
    const [first, , third] = rules;
    assert.ok(first && third?.ports.kind === 'list');
    assert.deepEqual(
      items(first).map(({ ref }) => ref.field),
      ['spec.ingress[0].fromEndpoints[0]', 'spec.ingress[0].fromEndpoints[1]'],
    );
    assert.deepEqual(
      items(third).map(({ ref }) => ref.field),
      ['spec.egressDeny[1].toCIDR[0]'],
    );
    assert.equal(third.ports.items[0]?.ref.field, 'spec.egressDeny[1].toPorts[0].ports[0]');
    assert.equal(third.ports.names?.[0]?.ref.field, 'spec.egressDeny[1].toPorts[0].ports[1]');
    assert.deepEqual(third.ref.object, { kind: 'CiliumNetworkPolicy', namespace: 'a', name: 'p' });
  });
});

suite('ports', () => {
  const ranges = (port: Spec, version = '1.18.8'): readonly string[] => {
    const { ports } = ruleOf({ egress: [{ toEntities: ['all'], toPorts: [{ ports: [port] }] }] }, contextFor(version));
    assert.ok(ports.kind === 'list');
    return ports.items.map(({ protocol, first, last }) => `${protocol} ${first}-${last}`);
  };

  test('of protocol ANY are three, for port 0 too', () => {
    assert.deepEqual(ranges({ port: '80' }), ['6 80-80', '17 80-80', '132 80-80']);
    assert.deepEqual(ranges({ port: '0', protocol: 'ANY' }), ['6 0-0', '17 0-0', '132 0-0']);
  });

  test('with an endPort up to the port are one port', () => {
    assert.deepEqual(ranges({ port: '80', endPort: 80, protocol: 'TCP' }), ['6 80-80']);
    assert.deepEqual(ranges({ port: '80', endPort: 70, protocol: 'TCP' }), ['6 80-80']);
    assert.deepEqual(ranges({ port: '80', endPort: 90, protocol: 'TCP' }), ['6 80-90']);
  });

  test('from 0 with an endPort are an interval until 1.19, and every port since', () => {
    assert.deepEqual(ranges({ port: '0', endPort: 79, protocol: 'TCP' }, '1.19.7'), ['6 0-79']);
    assert.deepEqual(ranges({ port: '0', endPort: 79, protocol: 'TCP' }, '1.20.2'), ['6 0-0']);
  });

  test('of ICMP are types, by number or by the name in their family', () => {
    const fields = [{ type: 8 }, { type: 'EchoRequest', family: 'IPv6' }, { type: 'EchoReply', family: 'IPv4' }];
    const { ports } = ruleOf({ ingress: [{ fromEntities: ['all'], icmps: [{ fields }] }] });
    assert.ok(ports.kind === 'list');
    assert.deepEqual(
      ports.items.map(({ protocol, first }) => [protocol, first]),
      [
        [1, 8],
        [58, 128],
        [1, 0],
      ],
    );
  });

  test('are nothing but ports, types and names where there are some', () => {
    const portsOf = (element: Spec) => ruleOf({ ingress: [element] }).ports;
    const at = (field: string) => ({ object: { kind: 'CiliumNetworkPolicy', namespace: 'a', name: 'p' }, field });
    const ref = at('spec.ingress[0].toPorts[0].ports[0]');
    assert.deepEqual(portsOf({ toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] }), {
      kind: 'list',
      items: [{ protocol: 6, first: 80, last: 80, ref }],
    });
    assert.deepEqual(portsOf({ toPorts: [{ ports: [{ port: '80', endPort: 80, protocol: 'TCP' }] }] }), {
      kind: 'list',
      items: [{ protocol: 6, first: 80, last: 80, endPort: 80, ref }],
    });
    assert.deepEqual(portsOf({ toPorts: [{ ports: [{ port: 'web', protocol: 'TCP' }] }] }), {
      kind: 'list',
      items: [],
      names: [{ protocol: 6, name: 'web', ref }],
    });
  });

  test('that are not written, as of a protocol without ports, are every port', () => {
    const context = contextFor('1.20.2', { extendedIPProtocols: true });
    const { ports } = ruleOf({ ingress: [{ toPorts: [{ ports: [{ protocol: 'GRE' }] }] }] }, context);
    assert.ok(ports.kind === 'list');
    assert.deepEqual(
      ports.items.map(({ protocol, first, last }) => [protocol, first, last]),
      [[47, 0, 0]],
    );
  });

  test('an empty list of ports allows nothing; no list allows all', () => {
    assert.deepEqual(ruleOf({ ingress: [{ fromEntities: ['all'], toPorts: [{}] }] }).ports, {
      kind: 'list',
      items: [],
    });
    assert.deepEqual(ruleOf({ ingress: [{ fromEntities: ['all'] }] }).ports, { kind: 'any' });
  });
});

suite('L7 rules', () => {
  const parserOf = (rules: Spec, protocol = 'TCP', context = anyCluster): string | undefined => {
    const toPorts = [{ ports: [{ port: '80', protocol }], rules }];
    const { ports } = ruleOf({ egress: [{ toEntities: ['all'], toPorts }] }, context);
    assert.ok(ports.kind === 'list');
    return ports.items[0]?.redirect?.parser;
  };

  test('redirect to the proxy of their kind', () => {
    assert.equal(parserOf({ http: [{ method: 'GET' }] }), 'http');
    assert.equal(parserOf({ dns: [{ matchPattern: '*' }] }, 'UDP'), 'dns');
  });

  test('that are an empty list are none', () => {
    assert.equal(parserOf({ http: [] }), undefined);
  });

  test('of Kafka and l7proto redirect until 1.19 and are unknown fields since', () => {
    assert.equal(parserOf({ kafka: [{}] }), 'kafka');
    assert.equal(parserOf({ l7proto: 'cassandra' }), 'cassandra');
    assert.equal(parserOf({ kafka: [{}] }, 'TCP', localCluster), undefined);
    assert.equal(parserOf({ l7proto: 'cassandra' }, 'TCP', localCluster), undefined);
  });

  test('server names alone redirect to the TLS inspector', () => {
    const toPorts = [{ ports: [{ port: '443', protocol: 'TCP' }], serverNames: ['example.com'] }];
    const { ports } = ruleOf({ egress: [{ toEntities: ['world'], toPorts }] });
    assert.ok(ports.kind === 'list');
    assert.equal(ports.items[0]?.redirect?.parser, 'tls');
  });
});

suite('CIDR peers', () => {
  const selectorsOf = (element: Spec, version: string, ipv6 = false) =>
    items(ruleOf({ egress: [element] }, contextFor(version, { ipv6 }))).map(({ selectors }) => selectors);
  const inside = labelsOf('cidr:10.1.0.0/16', 'reserved:world');

  test('select what lies inside, less the excepts', () => {
    const [[plain] = []] = selectorsOf({ toCIDR: ['10.0.0.1/8'] }, '1.20.2');
    const [[holed] = []] = selectorsOf({ toCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }] }, '1.20.2');
    assert.ok(plain && holed);
    assert.ok(matches(plain, inside));
    assert.ok(!matches(holed, inside));
    assert.ok(matches(holed, labelsOf('cidr:10.0.0.0/8', 'reserved:world')));
  });

  test('of length 0 select the world of that family and its prefixes, and no pod', () => {
    for (const version of ['1.18.8', '1.20.2']) {
      const [selectors = []] = selectorsOf({ toCIDR: ['0.0.0.0/0'] }, version);
      const takes = (labels: ReturnType<typeof labelsOf>): boolean => selectors.some((one) => matches(one, labels));
      assert.ok(takes(inside) && takes(labelsOf('reserved:world')), version);
      assert.ok(!takes(podLabels('a', 'web')), version);
    }
  });

  test('of a length other than 0 select no world in 1.18, whatever families are on', () => {
    const families = [
      { ipv4: true, ipv6: true },
      { ipv4: true, ipv6: false },
      { ipv4: false, ipv6: true },
    ];
    for (const config of families) {
      for (const text of ['128.0.0.0/1', '10.0.0.0/8', '8000::/1']) {
        const context = contextFor('1.18.8', config);
        const [listed] = items(ruleOf({ ingress: [{ fromCIDR: [text] }] }, context));
        const [set] = items(ruleOf({ ingress: [{ fromCIDRSet: [{ cidr: text }] }] }, context));
        assert.deepEqual([listed?.selectors.length, set?.selectors.length], [1, 1], text);
      }
    }
  });

  test('of both families in one list select reserved:world too in 1.18', () => {
    const world = labelsOf('reserved:world');
    const takesWorld = (version: string): boolean =>
      selectorsOf({ toCIDR: ['0.0.0.0/0', '::/0'] }, version, true)
        .flat()
        .some((one) => matches(one, world));
    assert.ok(takesWorld('1.18.8'));
    assert.ok(!takesWorld('1.19.7'));
  });

  test('that are every CIDR group are everybody, and since 1.19 not in the place of what stands beside them', () => {
    const alone = (version: string): boolean =>
      selectorsOf({ toCIDRSet: [{ cidrGroupSelector: {} }, { cidr: '10.0.0.0/8' }] }, version)
        .flat()
        .some(standsForList);
    assert.ok(alone('1.18.8'));
    assert.ok(!alone('1.19.7') && !alone('1.20.2'));
    for (const version of ['1.18.8', '1.19.7', '1.20.2']) {
      const [[every] = []] = selectorsOf({ toCIDRSet: [{ cidrGroupSelector: {} }] }, version);
      assert.equal(every?.key, WILDCARD.key, version);
    }
  });

  test('that are null are every CIDR group since 1.19, and nothing before', () => {
    const spec = { endpointSelector: {}, egress: [{ toCIDRSet: [{ cidrGroupSelector: null }] }] };
    assert.equal(parsePolicy(cnp(spec), contextFor('1.18.8')).kind, 'refused');
    for (const version of ['1.19.7', '1.20.2']) {
      const [[every] = []] = selectorsOf({ toCIDRSet: [{ cidrGroupSelector: null }] }, version);
      assert.equal(every?.key, WILDCARD.key, version);
    }
  });

  test('that are CIDR groups name prefixes by keys of source cidr, since 1.20', () => {
    const cidrGroupSelector = { matchExpressions: [{ key: 'cidr:fd00--0/8', operator: 'Exists' }] };
    const spec = { endpointSelector: {}, egress: [{ toCIDRSet: [{ cidrGroupSelector }] }] };
    const parsed = parsePolicy(cnp(spec), contextFor('1.20.2'));
    assert.deepEqual(parsed.kind === 'parsed' && parsed.prefixes, ['fd00::/8']);
  });

  test('of length 1 are called into being like any other', () => {
    for (const version of ['1.18.8', '1.20.2']) {
      const spec = { endpointSelector: {}, egress: [{ toCIDR: ['128.0.0.0/1', '8000::/1'] }] };
      const parsed = parsePolicy(cnp(spec), contextFor(version));
      assert.deepEqual(parsed.kind === 'parsed' && parsed.prefixes, ['128.0.0.0/1', '8000::/1']);
    }
  });

  test('call their prefixes and excepts into being, each once, without those of length 0 but for one in 1.18', () => {
    const egress = [
      {
        toCIDRSet: [
          { cidr: '10.0.0.1/8', except: ['10.1.0.0/16'] },
          { cidrGroupRef: 'g', except: ['10.2.0.0/16'] },
        ],
      },
      { toCIDR: ['10.0.0.0/8', '8.8.8.8', '0.0.0.0/0', '::/0'] },
    ];
    const prefixes = (version: string): readonly string[] => {
      const parsed = parsePolicy(cnp({ endpointSelector: {}, egress }), contextFor(version));
      return parsed.kind === 'parsed' ? parsed.prefixes : [];
    };
    const all = ['10.0.0.0/8', '10.1.0.0/16', '10.2.0.0/16', '8.8.8.8/32'];
    assert.deepEqual(prefixes('1.20.2'), all);
    assert.deepEqual(prefixes('1.19.7'), all);
    assert.deepEqual(prefixes('1.18.8').slice().sort(), [...all, '0.0.0.0/0'].sort());
  });
});

suite('groups of a provider', () => {
  const toGroups = [{ aws: { securityGroupsIds: ['sg-1'] } }];
  const object = cnp({ endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }], egress: [{ toGroups }] });

  test('are the CIDR group that the operator fills, since 1.20', () => {
    const [, rule] = rulesOf(object, contextFor('1.20.2'));
    const [selector] = listedSelectors(rule?.peers ?? { kind: 'none' });
    assert.ok(selector);
    const group = 'cidrgroup:extgrp.cilium.io/zbNb9W6aenSjAJK8RoTgcPT5ygDqKmqJKoQb4w';
    assert.ok(matches(selector, labelsOf(group, 'reserved:world')));
    assert.ok(!matches(selector, labelsOf(`${group}=x`, 'reserved:world')));
  });

  test('keep agents from reading any of their policy until 1.19, whose rules are known all the same', () => {
    for (const version of ['1.18.8', '1.19.7']) {
      const parsed = parsePolicy(object, contextFor(version));
      assert.ok(parsed.kind === 'replaced', parsed.kind);
      assert.equal(parsed.groups, 'spec.egress[0].toGroups');
      assert.deepEqual(readRules(parsed), []);
      assert.equal(writtenRules(parsed).length, 2);
    }
  });

  test('keep no policy from being refused: the operator reads it as an agent does', () => {
    const faulty = cnp({ endpointSelector: {}, egress: [{ toGroups }, { toCIDR: ['10.0.0.0/33'] }] });
    for (const version of ['1.19.7', '1.20.2']) {
      assert.equal(parsePolicy(faulty, contextFor(version)).kind, 'refused', version);
    }
  });

  test('that are an empty list are none', () => {
    const none = cnp({ endpointSelector: {}, egress: [{ toGroups: [] }] });
    assert.equal(parsePolicy(none, contextFor('1.19.7')).kind, 'parsed');
  });
});

suite('default deny', () => {
  const flags = (spec: Spec, context = anyCluster): readonly boolean[] =>
    rulesOf(cnp({ endpointSelector: {}, ingress: [{}], egressDeny: [{}], ...spec }), context).map(
      (rule) => rule.defaultDeny,
    );

  test('is switched on by a rule of its direction unless the policy says otherwise', () => {
    assert.deepEqual(flags({}), [true, true]);
    assert.deepEqual(flags({ enableDefaultDeny: { ingress: false } }), [false, true]);
  });

  test('is always on where the option for the other is off', () => {
    const off = contextFor('1.20.2', { nonDefaultDeny: false });
    assert.deepEqual(flags({ enableDefaultDeny: { ingress: false, egress: false } }, off), [true, true]);
  });
});

test('a rule is logged with the value that it says, and without one otherwise', () => {
  assert.equal(ruleOf({ ingress: [{}], log: { value: 'x' } }, localCluster).log, 'x');
  assert.ok(!('log' in ruleOf({ ingress: [{}] }, localCluster)));
});

suite('what is not modelled is marked with its place', () => {
  test('requires', () => {
    const rule = ruleOf({ ingress: [{ fromRequires: [{}] }] }, contextFor('1.18.8'));
    assert.deepEqual(rule.unsupported, [{ feature: 'requires', field: 'spec.ingress[0].fromRequires' }]);
  });

  test('groups, which policy maps have', () => {
    const [part] = ruleOf({ ingress: [{ fromGroups: [{}] }] }, localCluster).unsupported;
    assert.deepEqual(part, { feature: 'groups', field: 'spec.ingress[0].fromGroups', inMaps: true });
  });

  test('authentication, which policy maps have', () => {
    const element = { fromEntities: ['all'], authentication: { mode: 'required' } };
    const [part] = ruleOf({ ingress: [element] }).unsupported;
    assert.deepEqual(part, { feature: 'authentication', field: 'spec.ingress[0].authentication', inMaps: true });
  });

  test('port names, which policy maps have', () => {
    const [part] = ruleOf({ ingress: [{ toPorts: [{ ports: [{ port: 'http' }] }] }] }).unsupported;
    assert.deepEqual(part, { feature: 'port names', field: 'spec.ingress[0].toPorts[0].ports', inMaps: true });
  });

  test('a port name among numbers', () => {
    const ports = [{ port: '80' }, { port: 'http' }];
    const { unsupported } = ruleOf({ ingress: [{ toPorts: [{ ports }] }] });
    assert.deepEqual(unsupported, [{ feature: 'port names', field: 'spec.ingress[0].toPorts[0].ports', inMaps: true }]);
  });

  test('a regular expression of more than 4096 characters, which is not looked at, and no shorter one', () => {
    const unsupportedIn = (rule: Spec) =>
      ruleOf({ egress: [{ toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { http: [{}, rule] } }] }] })
        .unsupported;
    const part = { feature: 'long regular expressions', field: 'spec.egress[0].toPorts[0].rules.http' };
    assert.deepEqual(unsupportedIn({ path: 'a'.repeat(4096), method: 'b'.repeat(4096) }), []);
    assert.deepEqual(unsupportedIn({ path: 'a'.repeat(4097) }), [part]);
    assert.deepEqual(unsupportedIn({ method: 'a'.repeat(4097) }), [part]);
  });

  test('labels of a CIDR group that name another source, which policy maps have, and two that are one', () => {
    const partsOf = (matchLabels: Spec, version = '1.20.2') =>
      ruleOf({ egress: [{ toCIDRSet: [{ cidrGroupSelector: { matchLabels } }] }] }, contextFor(version)).unsupported;
    const field = 'spec.egress[0].toCIDRSet[0]';
    const foreign = { feature: 'a CIDR group label of another source', field, inMaps: true };
    assert.deepEqual(partsOf({ tier: 'x', 'cidrgroup:zone': 'y' }), []);
    assert.deepEqual(partsOf({ tier: 'x', 'k8s:zone': 'y' }), [foreign]);
    assert.deepEqual(partsOf({ tier: 'x', 'cidrgroup:tier': 'y' }), [
      { feature: 'keys that differ only in their source', field },
    ]);
    assert.deepEqual(partsOf({ tier: 'x' }, '1.19.7'), []);
  });

  test('nodes, which policy maps have', () => {
    const withNodes = contextFor('1.20.2', { nodeSelectorLabels: true });
    const [part] = ruleOf({ ingress: [{ fromNodes: [{}] }] }, withNodes).unsupported;
    assert.deepEqual(part, { feature: 'nodes', field: 'spec.ingress[0].fromNodes', inMaps: true });
  });

  test('one prefix where prefixes match nodes, which policy maps have, or pods, which they have not', () => {
    const partsOf = (element: Spec, mode: string) =>
      ruleOf({ egress: [element] }, contextFor('1.20.2', { cidrMatchMode: [mode] })).unsupported;
    const part = (field: string) => ({ feature: 'policy-cidr-match-mode', field: `spec.egress[0].${field}` });
    const [one, set] = [{ toCIDR: ['10.0.0.0/8'] }, { toCIDRSet: [{ cidr: '10.0.0.0/8' }] }];
    assert.deepEqual(partsOf(one, 'nodes'), [{ ...part('toCIDR'), inMaps: true }]);
    assert.deepEqual(partsOf(set, 'nodes'), [{ ...part('toCIDRSet'), inMaps: true }]);
    assert.deepEqual(
      partsOf(one, 'pods').map(({ feature, field }) => ({ feature, field })),
      [part('toCIDR')],
    );
    assert.ok(partsOf(set, 'pods').every(({ inMaps }) => inMaps !== true));
    assert.deepEqual(partsOf({ toEntities: ['world'] }, 'pods'), []);
  });

  const tls = { terminatingTLS: { secret: { name: 's' } } };
  const listener = (kind: string, name = 'l', more: Spec = {}) => ({
    listener: { envoyConfig: { kind, name: 'c' }, name, ...more },
  });
  const originating = { originatingTLS: { secret: { name: 's' } } };
  const unnamed = { listener: { envoyConfig: { kind: 'CiliumEnvoyConfig', name: '' }, name: 'l' } };
  const proxied: readonly (readonly [string, Spec, Spec, Parameters<typeof contextFor>[1], boolean])[] = [
    ['TLS', tls, {}, {}, true],
    ['TLS to the far end', originating, {}, {}, true],
    ['a listener of the lowest priority', listener('CiliumEnvoyConfig', 'l', { priority: 126 }), {}, {}, true],
    [
      'a listener of a priority that there is not',
      listener('CiliumEnvoyConfig', 'l', { priority: 127 }),
      {},
      {},
      false,
    ],
    ['a listener without a name', listener('CiliumEnvoyConfig', ''), {}, {}, false],
    ['a listener of a configuration without a name', unnamed, {}, {}, false],
    ['a listener of a namespace', listener('CiliumEnvoyConfig'), {}, {}, true],
    ['a listener whose name may hold a namespace', listener('CiliumEnvoyConfig', 'a/l'), {}, {}, false],
    ['a clusterwide listener on a host', listener('CiliumClusterwideEnvoyConfig'), { nodeSelector: {} }, {}, true],
  ];
  for (const [name, part, subject, config, inMaps] of proxied) {
    test(`${name}: policy maps ${inMaps ? 'have it' : 'are unknown'}`, () => {
      const egress = [{ toPorts: [{ ports: [{ port: '443', protocol: 'TCP' }], ...part }] }];
      const host = 'nodeSelector' in subject;
      const object = (host ? ccnp : cnp)({ ...(host ? subject : { endpointSelector: {} }), egress });
      const [rule] = rulesOf(object, contextFor('1.20.2', config));
      const own = rule?.unsupported.find(({ field }) => field.includes('toPorts'));
      assert.equal(own?.inMaps === true, inMaps);
    });
  }

  test('DNS names, which policy maps have', () => {
    const egress = [{ toFQDNs: [{ matchName: 'example.com' }] }];
    const [part] = ruleOf({ egress }).unsupported;
    assert.deepEqual(part, { feature: 'DNS names', field: 'spec.egress[0].toFQDNs', inMaps: true });
  });
});
