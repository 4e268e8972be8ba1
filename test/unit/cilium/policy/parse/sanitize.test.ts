import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { AgentConfig } from '../../../../../src/cilium/agent-config.ts';
import { ccnp, cnp, contextFor, refusalOf, type Spec } from '../../../../support/policies.ts';

/** The field that is refused, under each version. */
function refused(spec: Spec, config: Partial<AgentConfig> = {}, make = cnp) {
  const field = (version: string): string | undefined => refusalOf(make(spec), contextFor(version, config))?.field;
  return { '1.18': field('1.18.8'), '1.19': field('1.19.5'), '1.20': field('1.20.2') };
}

function everywhere(field: string | undefined) {
  return { '1.18': field, '1.19': field, '1.20': field };
}

function rule(ingress: Spec): Spec {
  return { endpointSelector: {}, ingress: [ingress] };
}

function oneLabel(key: string): Spec {
  return { matchLabels: { [key]: 'x' } };
}

function egress(element: Spec): Spec {
  return { endpointSelector: {}, egress: [element] };
}

function ports(...list: readonly Spec[]): Spec {
  return rule({ toPorts: [{ ports: list }] });
}

suite('a rule is refused', () => {
  const table: readonly (readonly [string, Spec, string])[] = [
    ['without traffic rules', { endpointSelector: {} }, 'spec'],
    ['with empty lists of them only', { endpointSelector: {}, ingress: [] }, 'spec'],
    ['without a selector', { ingress: [{}] }, 'spec'],
    ['with both selectors', { endpointSelector: {}, nodeSelector: {}, ingress: [{}] }, 'spec.nodeSelector'],
    [
      'with both selectors, one of which is none',
      { endpointSelector: {}, nodeSelector: oneLabel('a b'), egress: [{}] },
      'spec.nodeSelector',
    ],
    ['with nodeSelector in a CNP', { nodeSelector: {}, ingress: [{}] }, 'spec.nodeSelector'],
  ];
  for (const [name, spec, field] of table) {
    test(name, () => assert.deepEqual(refused(spec), everywhere(field)));
  }

  test('of any kind with both selectors', () => {
    const both = { endpointSelector: {}, nodeSelector: {}, ingress: [{}] };
    assert.deepEqual(refused(both, {}, ccnp), everywhere('spec.nodeSelector'));
  });

  test('but a CCNP takes a nodeSelector', () => {
    assert.deepEqual(refused({ nodeSelector: {}, ingress: [{}] }, {}, ccnp), everywhere(undefined));
  });
});

suite('peers are refused', () => {
  const at = 'spec.ingress[0].';

  test('of two kinds, with the name of the other', () => {
    const both = cnp(rule({ fromEndpoints: [{}], fromEntities: ['world'] }));
    const reason = refusalOf(both, contextFor('1.20.2'))?.reason;
    assert.equal(reason, "can't be combined with fromEndpoints in one rule; make it a rule of its own");
  });

  const table: readonly (readonly [string, Spec, string])[] = [
    ['of two kinds', { fromEndpoints: [{}], fromEntities: ['world'] }, `${at}fromEntities`],
    ['of two kinds of CIDR', { fromCIDR: ['10.0.0.0/8'], fromCIDRSet: [{ cidr: '10.0.0.0/8' }] }, `${at}fromCIDRSet`],
    ['of an unknown entity', { fromEntities: ['all', 'moon'] }, `${at}fromEntities[1]`],
    ['of an invalid CIDR', { fromCIDR: ['10.0.0.0/8', '10/8'] }, `${at}fromCIDR[1]`],
    ['of nodes, without the option', { fromNodes: [{}] }, `${at}fromNodes`],
    ['of a CIDR set with an address', { fromCIDRSet: [{ cidr: '10.0.0.1' }] }, `${at}fromCIDRSet[0].cidr`],
    ['of a CIDR set with nothing', { fromCIDRSet: [{}] }, `${at}fromCIDRSet[0]`],
    [
      'of a CIDR set with two forms',
      { fromCIDRSet: [{ cidr: '10.0.0.0/8', cidrGroupRef: 'g' }] },
      `${at}fromCIDRSet[0]`,
    ],
    [
      'with an except outside',
      { fromCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/16', '11.0.0.0/16'] }] },
      `${at}fromCIDRSet[0].except[1]`,
    ],
    [
      'with an except that is no prefix, though its address lies inside',
      { fromCIDRSet: [{ cidr: '10.0.0.0/8', except: ['10.1.0.0/99'] }] },
      `${at}fromCIDRSet[0].except[0]`,
    ],
    [
      'with an except of the other family',
      { fromCIDRSet: [{ cidr: '0.0.0.0/0', except: ['fd00::/8'] }] },
      `${at}fromCIDRSet[0].except[0]`,
    ],
  ];
  for (const [name, element, field] of table) {
    test(name, () => assert.deepEqual(refused(rule(element)), everywhere(field)));
  }

  test('but not where one of the two lists is empty', () => {
    assert.deepEqual(refused(rule({ fromEndpoints: [], fromEntities: ['world'] })), everywhere(undefined));
  });

  test('but a CIDR may be an address', () => {
    assert.deepEqual(refused(rule({ fromCIDR: ['10.0.0.1', 'fd00::1'] })), everywhere(undefined));
  });

  test('with an except wider than the CIDR since 1.20, and before where its address as written lies outside', () => {
    const wider = (except: string) => refused(rule({ fromCIDRSet: [{ cidr: '10.0.0.0/16', except: [except] }] }));
    const field = `${at}fromCIDRSet[0].except[0]`;
    assert.deepEqual(wider('10.0.0.0/8'), { '1.18': undefined, '1.19': undefined, '1.20': field });
    assert.deepEqual(wider('10.5.0.0/8'), everywhere(field));
  });

  test('of entity cluster-mesh before 1.20', () => {
    const field = `${at}fromEntities[0]`;
    const expected = { '1.18': field, '1.19': field, '1.20': undefined };
    assert.deepEqual(refused(rule({ fromEntities: ['cluster-mesh'] })), expected);
  });

  test('by selectors of fromRequires since 1.19, and by texts before', () => {
    const field = `${at}fromRequires[1]`;
    assert.deepEqual(refused(rule({ fromRequires: [null, {}] })), { '1.18': undefined, '1.19': field, '1.20': field });
    assert.deepEqual(refused(rule({ fromRequires: [null, 'x'] })), { ...everywhere(undefined), '1.18': field });
    const labels = refused(rule({ fromRequires: [null, oneLabel('a b')] }));
    assert.deepEqual(labels, { ...everywhere(field), '1.18': `${field}.matchLabels` });
  });

  test('of Services by a selector that 1.19 looks at since 1.19.6', () => {
    const toServices = [{ k8sService: { serviceName: 'web' } }, { k8sServiceSelector: { selector: oneLabel('a b') } }];
    const policy = cnp(egress({ toServices }));
    const field = 'spec.egress[0].toServices[1].k8sServiceSelector.selector.matchLabels';
    assert.deepEqual(refused(egress({ toServices })), everywhere(undefined));
    assert.equal(refusalOf(policy, contextFor('1.19.6'))?.field, field);
  });

  test('of an address with a zone, or of a group except that is no prefix, where the agent panics on them', () => {
    const panics = (spec: Spec, field: string) => {
      assert.deepEqual(refused(rule(spec)), { ...everywhere(field), '1.18': undefined });
      assert.equal(refusalOf(cnp(rule(spec)), contextFor('1.20.2'))?.panics, true);
    };
    panics({ fromCIDR: ['10.0.0.0/8', 'fe80::1%eth0'] }, `${at}fromCIDR[1]`);
    panics({ fromCIDRSet: [{ cidrGroupRef: 'g', except: ['10.0.0.0/8', 'x'] }] }, `${at}fromCIDRSet[0].except[1]`);
    assert.equal(refusalOf(cnp(rule({ fromCIDR: ['x'] })), contextFor('1.20.2'))?.panics, undefined);
  });

  test('of DNS names with both forms, or with characters that no name has', () => {
    const name = (fqdn: Spec) => refused(egress({ toFQDNs: [fqdn] }));
    const field = 'spec.egress[0].toFQDNs[0]';
    assert.deepEqual(name({ matchName: 'a.b', matchPattern: '*.b' }), everywhere(field));
    assert.deepEqual(name({ matchName: 'a b' }), everywhere(field));
    assert.deepEqual(name({ matchName: '*.b' }), everywhere(field));
    assert.deepEqual(name({ matchPattern: 'a+b' }), everywhere(field));
    assert.deepEqual(name({ matchPattern: 'x'.repeat(256) }), { ...everywhere(field), '1.18': undefined });
    assert.deepEqual(name({ matchPattern: 'x'.repeat(255) }), everywhere(undefined));
    assert.deepEqual(name({ matchPattern: '*.example.com' }), everywhere(undefined));
  });
});

suite('ports are refused', () => {
  const at = 'spec.ingress[0].toPorts[0].ports[0].';
  const table: readonly (readonly [string, Spec, string])[] = [
    ['without a port', { protocol: 'TCP' }, `${at}port`],
    ['beyond 16 bits', { port: '65536' }, `${at}port`],
    ['that are neither number nor name', { port: '-80' }, `${at}port`],
    ['of an unknown protocol', { port: '80', protocol: 'QUIC' }, `${at}protocol`],
    ['of protocol ICMP', { port: '8', protocol: 'ICMP' }, `${at}protocol`],
  ];
  for (const [name, port, field] of table) test(name, () => assert.deepEqual(refused(ports(port)), everywhere(field)));

  test('of a portless protocol that this version does not know, or with a port', () => {
    const field = `${at}protocol`;
    assert.deepEqual(refused(ports({ port: '0', protocol: 'VRRP' })), {
      '1.18': field,
      '1.19': undefined,
      '1.20': undefined,
    });
    assert.deepEqual(refused(ports({ port: '0', protocol: 'GRE' })), {
      '1.18': field,
      '1.19': field,
      '1.20': undefined,
    });
    assert.equal(refused(ports({ port: '5', protocol: 'GRE' }))['1.20'], `${at}port`);
    assert.equal(refused(ports({ protocol: 'GRE' }), { extendedIPProtocols: true })['1.20'], undefined);
  });

  test('where one rule has more than 40', () => {
    const many = Array.from({ length: 41 }, (_, index) => ({ port: String(index + 1) }));
    assert.deepEqual(refused(ports(...many.slice(1))), everywhere(undefined));
    assert.deepEqual(refused(ports(...many)), everywhere('spec.ingress[0].toPorts[0].ports'));
    const types = Array.from({ length: 41 }, (_, type) => ({ type }));
    assert.deepEqual(refused(rule({ icmps: [{ fields: types.slice(1) }] })), everywhere(undefined));
    assert.deepEqual(refused(rule({ icmps: [{ fields: types }] })), everywhere('spec.ingress[0].icmps[0].fields'));
  });

  test('beside icmps, and icmps without the option', () => {
    const icmps = [{ fields: [{ type: 8 }] }];
    const both = rule({ icmps, toPorts: [{ ports: [{ port: '80' }] }] });
    assert.deepEqual(refused(both), everywhere('spec.ingress[0].icmps'));
    assert.deepEqual(refused(rule({ icmps }), { icmpRules: false }), everywhere('spec.ingress[0].icmps'));
    assert.deepEqual(refused(rule({}), { icmpRules: false }), everywhere(undefined));
    assert.deepEqual(refused(ports({ port: '80' }), { icmpRules: false }), everywhere(undefined));
    assert.deepEqual(refused(rule({ icmps })), everywhere(undefined));
    const type = (one: unknown, family = 'IPv4') => refused(rule({ icmps: [{ fields: [{ type: one, family }] }] }));
    for (const one of ['EchoRequest', '8', '0', 0]) assert.deepEqual(type(one), everywhere(undefined));
    for (const one of ['', 'x', '00', ' 8', 'PacketTooBig']) {
      assert.deepEqual(type(one), everywhere('spec.ingress[0].icmps[0].fields[0].type'));
    }
    assert.deepEqual(type('PacketTooBig', 'IPv6'), everywhere(undefined));
    const family = rule({ icmps: [{ fields: [{ type: 8 }, { type: 8, family: 'IPv5' }] }] });
    assert.deepEqual(refused(family), everywhere('spec.ingress[0].icmps[0].fields[1].family'));
  });
});

suite('L7 rules are refused', () => {
  const l7 = (rules: Spec, port: Spec = { port: '80', protocol: 'TCP' }, rest: Spec = {}): Spec =>
    egress({ toPorts: [{ ports: [port], rules, ...rest }] });
  const http = { http: [{}] };
  const at = 'spec.egress[0].toPorts[0].';

  test('on another protocol than TCP, but for DNS', () => {
    assert.deepEqual(refused(l7(http, { port: '80', protocol: 'UDP' })), everywhere(`${at}ports[0].protocol`));
    assert.deepEqual(refused(l7(http, { port: '80' })), everywhere(`${at}ports[0].protocol`));
    assert.deepEqual(refused(l7({ dns: [{ matchPattern: '*' }] }, { port: '53' })), everywhere(undefined));
  });

  test('on port 0, of two kinds, and DNS rules on a range or on ingress', () => {
    assert.deepEqual(refused(l7(http, { port: '0', protocol: 'TCP' })), everywhere(`${at}rules`));
    assert.deepEqual(refused(l7({ http: [{}], dns: [] })), everywhere(`${at}rules`));
    const dns = { dns: [{ matchPattern: '*' }] };
    assert.deepEqual(refused(l7(dns, { port: '53', endPort: 60 })), everywhere(`${at}ports[0].endPort`));
    const ingress = rule({ toPorts: [{ ports: [{ port: '53' }], rules: dns }] });
    assert.deepEqual(refused(ingress), everywhere('spec.ingress[0].toPorts[0].rules.dns'));
    assert.deepEqual(refused(l7(dns, { port: '53', endPort: 53 })), everywhere(undefined));
    const onIngress = rule({ toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], rules: http }] });
    assert.deepEqual(refused(onIngress), everywhere(undefined));
  });

  test('on port 0 beside another, and DNS rules without a port', () => {
    const list = (rules: Spec, ...all: readonly Spec[]) => refused(egress({ toPorts: [{ ports: all, rules }] }));
    const [zero, one] = ['0', '80'].map((port) => ({ port, protocol: 'TCP' }));
    assert.deepEqual(list(http, one ?? {}, zero ?? {}), everywhere(`${at}rules`));
    assert.deepEqual(list(http), everywhere(undefined));
    assert.deepEqual(list({ dns: [{ matchPattern: '*' }] }), everywhere(`${at}rules`));
  });

  test('that are HTTP with a path or a method that is no regular expression, or half a header', () => {
    const http = (...rules: readonly Spec[]) => refused(l7({ http: rules }));
    assert.deepEqual(http({ path: '/[a-z]+', method: 'GET|POST' }), everywhere(undefined));
    assert.deepEqual(http({}, { path: '(' }), everywhere(`${at}rules.http[1]`));
    assert.deepEqual(http({ method: 'GET|(?=x)' }), everywhere(`${at}rules.http[0]`));
    assert.deepEqual(http({ host: '(', headers: ['('] }), everywhere(undefined));
    assert.deepEqual(http({ path: `(${'a'.repeat(4095)}` }), everywhere(`${at}rules.http[0]`));
    assert.deepEqual(http({ path: `(${'a'.repeat(4096)}` }), everywhere(undefined));
    const header = (match: Spec) => http({ headerMatches: [match] });
    assert.deepEqual(header({ name: 'X', mismatch: 'LOG', secret: { name: 's' } }), everywhere(undefined));
    const second = http({ headerMatches: [{ name: 'X' }, {}] });
    assert.deepEqual(second, everywhere(`${at}rules.http[0]`));
    for (const match of [{}, { name: 'X', mismatch: 'NO' }, { name: 'X', secret: {} }]) {
      assert.deepEqual(header(match), everywhere(`${at}rules.http[0]`));
    }
  });

  test('that are DNS with characters that no name has', () => {
    const dns = (name: Spec) => refused(l7({ dns: [{}, name] }, { port: '53' }));
    assert.deepEqual(dns({ matchName: 'a.b', matchPattern: '*.b' }), everywhere(undefined));
    assert.deepEqual(dns({ matchName: '*.b' }), everywhere(`${at}rules.dns[1]`));
    assert.deepEqual(dns({ matchPattern: 'a b' }), everywhere(`${at}rules.dns[1]`));
  });

  test('that are Kafka with words that it does not have, until 1.19', () => {
    const until119 = (field: string | undefined) => ({ ...everywhere(field), '1.20': undefined });
    const kafka = (one: Spec) => refused(l7({ kafka: [one] }));
    const taken = [
      {},
      { role: 'Produce', apiVersion: '32767' },
      { apiKey: 'Fetch', apiVersion: '+7' },
      { topic: 'a.b-c_d\\' },
      { topic: 'x'.repeat(255) },
    ];
    for (const one of taken) assert.deepEqual(kafka(one), everywhere(undefined));
    const not = [
      { role: 'x' },
      { role: 'produce', apiKey: 'fetch' },
      { apiKey: 'x' },
      { apiVersion: '32768' },
      { apiVersion: '-1' },
      { topic: 'a b' },
      { topic: 'x'.repeat(256) },
    ];
    for (const one of not) assert.deepEqual(kafka(one), until119(`${at}rules.kafka[0]`));
  });

  test('of a parser without a name, or with an empty key, until 1.19', () => {
    const until119 = (field: string | undefined) => ({ ...everywhere(field), '1.20': undefined });
    assert.deepEqual(refused(l7({ l7: [{ a: 'b' }] })), until119(`${at}rules.l7`));
    assert.deepEqual(refused(l7({ l7: [{}, { '': 'b' }], l7proto: 'x' })), until119(`${at}rules.l7[1]`));
    assert.deepEqual(refused(l7({ l7: [{ a: '' }], l7proto: 'x' })), everywhere(undefined));
  });

  test('of a parser or of Kafka that nobody can read, until 1.19', () => {
    const until119 = (field: string) => ({ ...everywhere(field), '1.20': undefined });
    assert.deepEqual(refused(l7({ l7: {} })), until119(`${at}rules.l7`));
    assert.deepEqual(refused(l7({ kafka: 'x' })), until119(`${at}rules.kafka`));
    assert.deepEqual(refused(l7({ l7proto: 5 })), until119(`${at}rules.l7proto`));
    assert.deepEqual(refused(l7({ l7: [[]], l7proto: 'x' })), until119(`${at}rules.l7[0]`));
    assert.deepEqual(refused(l7({ http: [{}], l7: 'x' })), until119(`${at}rules.l7`));
    assert.deepEqual(refused(l7({ l7: null, kafka: null })), everywhere(undefined));
  });

  test('for what 1.20 has no fields for, it looks at the rest alone', () => {
    const until119 = { ...everywhere(`${at}rules.kafka[0]`), '1.20': undefined };
    assert.deepEqual(refused(l7({ http: [{}], kafka: [{ role: 'x' }] })), until119);
    const both = { http: [{}], l7: [{ '': 'b' }], l7proto: 'x' };
    assert.deepEqual(refused(l7(both)), { ...everywhere(`${at}rules.l7[0]`), '1.20': undefined });
    const rules = { dns: [{ matchName: 'a.b' }], kafka: [{}] };
    const host = { nodeSelector: {}, egress: [{ toPorts: [{ ports: [{ port: '53', protocol: 'ANY' }], rules }] }] };
    assert.deepEqual(refused(host, {}, ccnp), { ...everywhere('spec.egress[0].toPorts[0].rules'), '1.20': undefined });
  });

  test('without the proxy', () => {
    assert.deepEqual(refused(l7(http), { l7Proxy: false }), everywhere(`${at}rules`));
    assert.deepEqual(refused(l7({ http: [] }), { l7Proxy: false }), everywhere(undefined));
  });

  test('on ingress of the host, and on its egress but for DNS', () => {
    const onHost = (list: Spec) => refused({ nodeSelector: {}, ...list }, {}, ccnp);
    const toPorts = [{ ports: [{ port: '80', protocol: 'TCP' }], rules: http }];
    assert.deepEqual(onHost({ ingress: [{ toPorts }] }), everywhere('spec.ingress[0].toPorts[0].rules'));
    assert.deepEqual(onHost({ egress: [{ toPorts }] }), everywhere(`${at}rules`));
    const kafka = [{ ports: [{ port: '80', protocol: 'TCP' }], rules: { kafka: [{}] } }];
    assert.deepEqual(onHost({ egress: [{ toPorts: kafka }] }), { ...everywhere(`${at}rules`), '1.20': undefined });
  });

  test('of list l7 without l7proto until 1.19', () => {
    const field = `${at}rules.l7`;
    assert.deepEqual(refused(l7({ l7: [{ a: 'b' }] })), { '1.18': field, '1.19': field, '1.20': undefined });
  });

  test('beside server names without TLS termination, and beside a listener', () => {
    assert.deepEqual(refused(l7(http, undefined, { serverNames: ['a.b'] })), everywhere(`${at}serverNames`));
    const terminated = { serverNames: ['a.b'], terminatingTLS: { secret: { name: 'x' } } };
    assert.deepEqual(refused(l7(http, undefined, terminated)), everywhere(undefined));
    assert.deepEqual(refused(l7(http, undefined, { listener: { name: 'x' } })), everywhere(`${at}listener`));
  });

  test('and without them server names of which one is empty, and a listener on ingress', () => {
    const plain = { ports: [{ port: '443', protocol: 'TCP' }] };
    assert.deepEqual(
      refused(egress({ toPorts: [{ ...plain, serverNames: ['a.b', ''] }] })),
      everywhere(`${at}serverNames`),
    );
    const listened = [{ ...plain, listener: { envoyConfig: { name: 'c' }, name: 'l' } }];
    assert.deepEqual(refused(rule({ toPorts: listened })), everywhere('spec.ingress[0].toPorts[0].listener'));
    assert.deepEqual(refused(egress({ toPorts: listened })), everywhere(undefined));
  });
});

suite('a selector is refused', () => {
  const selector = (one: Spec) => refused(rule({ fromEndpoints: [{}, one] }));
  const at = 'spec.ingress[0].fromEndpoints[1].';

  test('with a value that no label has', () => {
    assert.deepEqual(selector({ matchLabels: { app: 'a b' } }), everywhere(`${at}matchLabels`));
    assert.deepEqual(selector({ matchLabels: { app: 'x'.repeat(64) } }), everywhere(`${at}matchLabels`));
    assert.deepEqual(selector({ matchLabels: { app: '' } }), everywhere(undefined));
  });

  test('with values that its operator does not take, or without those that it needs', () => {
    const expression = (operator: string, ...values: readonly string[]) =>
      selector({ matchExpressions: [{ key: 'app', operator, values }] });
    assert.deepEqual(expression('In'), everywhere(`${at}matchExpressions[0].values`));
    assert.deepEqual(expression('Exists', 'a'), everywhere(`${at}matchExpressions[0].values`));
    assert.deepEqual(expression('Gt', '1'), everywhere(`${at}matchExpressions[0].operator`));
    assert.deepEqual(expression('NotIn', 'a', 'b c'), everywhere(`${at}matchExpressions[0].values[1]`));
  });

  test('with a key that is no label key once its source is off', () => {
    const key = (text: string) => selector({ matchLabels: { [text]: 'x' } });
    for (const text of ['k8s:app', 'any:a.b/c', 'reserved:host', 'app.kubernetes.io/name']) {
      assert.deepEqual(key(text), everywhere(undefined), text);
    }
    for (const text of ['k8s:a:b', 'a/b/c', 'k8s:/x', 'a b']) {
      assert.deepEqual(key(text), everywhere(`${at}matchLabels`), text);
    }
  });

  test('with odd keys since 1.20 only, and with long ones until 1.19 only', () => {
    const key = (text: string) => selector({ matchLabels: { [text]: 'x' } });
    const since20 = { '1.18': undefined, '1.19': undefined, '1.20': `${at}matchLabels` };
    for (const text of ['$app', '-app', 'app=']) assert.deepEqual(key(text), since20, text);
    const until19 = { '1.18': `${at}matchLabels`, '1.19': `${at}matchLabels`, '1.20': undefined };
    assert.deepEqual(key('x'.repeat(60)), until19);
    assert.deepEqual(key('x'.repeat(59)), everywhere(undefined));
  });

  test('of CIDR groups with a key that is too long behind their source until 1.19, or that is none', () => {
    const key = (text: string) => refused(egress({ toCIDRSet: [{ cidrGroupSelector: oneLabel(text) }] }));
    const field = 'spec.egress[0].toCIDRSet[0].cidrGroupSelector.matchLabels';
    assert.deepEqual(key('x'.repeat(50)), everywhere(undefined));
    assert.deepEqual(key('x'.repeat(60)), { '1.18': field, '1.19': field, '1.20': undefined });
    assert.deepEqual(key('tier='), everywhere(field));
  });

  test('of CIDR groups with a source until 1.19', () => {
    const groups = refused(egress({ toCIDRSet: [{ cidrGroupSelector: { matchLabels: { 'k8s:tier': 'x' } } }] }));
    const field = 'spec.egress[0].toCIDRSet[0].cidrGroupSelector.matchLabels';
    assert.deepEqual(groups, { '1.18': field, '1.19': field, '1.20': undefined });
  });
});
