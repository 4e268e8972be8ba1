import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { PolicyObject } from '../../../../src/cilium/objects.ts';
import type { ParseContext } from '../../../../src/cilium/policy/context.ts';
import { leftOpen, MOST_ORIGINS } from '../../../../src/cilium/policy/filter-entry.ts';
import { resolve, selectsSubject, type Subject } from '../../../../src/cilium/policy/resolve.ts';
import { WILDCARD } from '../../../../src/cilium/policy/selector.ts';
import { ccnp, cnp, contextFor, labelsOf, podLabels, policyOf, rulesOf, type Spec } from '../../../support/policies.ts';

const context = contextFor('1.20.2');
const web: Subject = { identity: 1001, labels: podLabels('a', 'web') };
const host: Subject = { identity: 1, labels: labelsOf('reserved:host') };

function selects(policy: PolicyObject, subject: Subject): boolean {
  return rulesOf(policy, context).some((rule) => selectsSubject(rule, subject));
}

suite('a rule selects', () => {
  test('subjects in the namespace of its policy, or anywhere for a clusterwide one', () => {
    const inB: Subject = { labels: podLabels('b', 'web') };
    assert.ok(selects(cnp({ endpointSelector: {}, ingress: [{}] }), web));
    assert.ok(!selects(cnp({ endpointSelector: {}, ingress: [{}] }), inB));
    assert.ok(selects(ccnp({ endpointSelector: {}, ingress: [{}] }), inB));
    assert.ok(
      selects(ccnp({ endpointSelector: {}, ingress: [{}] }), { identity: 4, labels: labelsOf('reserved:health') }),
    );
  });

  test('the host by nodeSelector only, and by nodeSelector the host only', () => {
    assert.ok(!selects(ccnp({ endpointSelector: {}, ingress: [{}] }), host));
    assert.ok(selects(ccnp({ nodeSelector: {}, ingress: [{}] }), host));
    assert.ok(!selects(ccnp({ nodeSelector: {}, ingress: [{}] }), web));
    assert.ok(selects(ccnp({ nodeSelector: {}, ingress: [{}] }), { labels: host.labels }));
    // Which of two labels with one key a node has is not asked where its number is known.
    assert.ok(selects(ccnp({ nodeSelector: {}, ingress: [{}] }), { identity: 1, labels: labelsOf('k8s:host=x') }));
    assert.ok(!selects(ccnp({ nodeSelector: {}, ingress: [{}] }), { labels: labelsOf('k8s:host=x') }));
  });
});

suite('enforcement', () => {
  const state = (policies: readonly PolicyObject[], subject: Subject, within: ParseContext = context): string => {
    const { ingress, egress } = policyOf(policies, subject, within);
    const shown = ({ enforced, defaultDeny }: typeof ingress): string => `${enforced}/${defaultDeny}`;
    return `${shown(ingress)} ${shown(egress)}`;
  };
  const ingressOnly = cnp({ endpointSelector: {}, ingress: [{}] });

  test('is by direction, and default deny with it', () => {
    assert.equal(state([], web), 'false/false false/false');
    assert.equal(state([ingressOnly], web), 'true/true false/false');
  });

  test('without default deny adds an allow of everybody', () => {
    const open = cnp({ endpointSelector: {}, ingress: [{}], enableDefaultDeny: { ingress: false } });
    assert.equal(state([open], web), 'true/false false/false');
    for (const version of ['1.19.7', '1.20.2']) {
      const { filters } = policyOf([open], web, contextFor(version)).ingress;
      assert.deepEqual(
        filters.map(({ entries }) => [...entries.keys()]),
        [[WILDCARD.key]],
        version,
      );
    }
  });

  test('is everywhere under always and nowhere under never', () => {
    assert.equal(state([], web, contextFor('1.20.2', { enforcement: 'always' })), 'true/true true/true');
    assert.equal(state([ingressOnly], web, contextFor('1.20.2', { enforcement: 'never' })), 'false/false false/false');
  });

  test('is everywhere for a label with key init, of any source', () => {
    assert.equal(state([], { labels: podLabels('a', 'web', 'k8s:init=x') }), 'true/true true/true');
    const never = contextFor('1.20.2', { enforcement: 'never' });
    assert.equal(state([], { labels: labelsOf('reserved:init') }, never), 'false/false false/false');
  });

  test('is nowhere for a label with key host before 1.20.2, and for the host itself', () => {
    const pod: Subject = { identity: 1001, labels: podLabels('a', 'web', 'k8s:host=x') };
    assert.equal(state([ingressOnly], pod, contextFor('1.19.7')), 'false/false false/false');
    assert.equal(state([ingressOnly], pod, context), 'true/true false/false');
    const always = contextFor('1.20.2', { enforcement: 'always' });
    assert.equal(state([], host, always), 'false/false false/false');
    assert.equal(
      state([], host, contextFor('1.20.2', { enforcement: 'always', hostFirewall: true })),
      'true/true true/true',
    );
  });
});

suite('the allow of the local host', () => {
  const denies = cnp({ endpointSelector: {}, ingress: [{}] });
  const hostEntry = (version: string, subject = web, config = {}) =>
    policyOf([denies], subject, contextFor(version, config)).hostEntry;
  const filters = (policies: readonly PolicyObject[], config = {}) =>
    policyOf(policies, web, contextFor('1.20.2', config)).ingress.filters;

  test('is put in last until 1.19.0, is an entry like others from 1.19.4, and a filter of the last tier since 1.20', () => {
    assert.equal(hostEntry('1.18.8'), 'unless-denied');
    assert.equal(hostEntry('1.19.0'), 'unless-denied');
    assert.equal(hostEntry('1.19.7'), 'ordinary');
    assert.equal(hostEntry('1.20.2'), 'none');
    assert.deepEqual(
      filters([denies]).map(({ entries }) => [...entries.values()].map(({ priority }) => priority)),
      [[10]],
    );
  });

  test('needs the option, and is not for the host; since 1.20 it needs a rule that denies by default', () => {
    assert.equal(hostEntry('1.19.7', web, { allowLocalhost: 'policy' }), 'none');
    assert.equal(hostEntry('1.19.7', host), 'none');
    assert.deepEqual(filters([denies], { allowLocalhost: 'policy' }), []);
    assert.deepEqual(filters([], { enforcement: 'always' }), []);
  });
});

suite('rules on one port of one peer', () => {
  const on = (rest: Spec, list = 'egress'): Spec => ({
    endpointSelector: {},
    [list]: [{ toEndpoints: [{}], toPorts: [{ ports: [{ port: '53', protocol: 'TCP' }], ...rest }] }],
  });
  const entry = (...policies: readonly PolicyObject[]) => {
    const [filter, ...more] = policyOf(policies, web, context).egress.filters;
    assert.ok(filter && more.length === 0);
    const [only] = filter.entries.values();
    assert.ok(only);
    return { outcome: only.outcome, origins: only.origins.map(({ object, field }) => `${object.name} ${field}`) };
  };
  const http = { rules: { http: [{}] } };
  const dns = { rules: { dns: [{ matchPattern: '*' }] } };

  test('that allow are one allow, which names them all', () => {
    const { outcome, origins } = entry(cnp(on({}), 'p'), cnp(on({}), 'q'));
    assert.equal(outcome.effect, 'allow');
    assert.deepEqual(origins, ['p spec.egress[0].toEndpoints[0]', 'q spec.egress[0].toEndpoints[0]']);
  });

  test('of which one denies are a deny, which names that one', () => {
    for (const names of [
      ['a', 'b'],
      ['b', 'a'],
    ] as const) {
      const { outcome, origins } = entry(cnp(on({}), names[0]), cnp(on({}, 'egressDeny'), names[1]));
      assert.equal(outcome.effect, 'deny');
      assert.deepEqual(origins, [`${names[1]} spec.egressDeny[0].toEndpoints[0]`]);
    }
  });

  test('that deny are one deny, which names them all', () => {
    const { outcome, origins } = entry(cnp(on({}, 'egressDeny'), 'p'), cnp(on({}, 'egressDeny'), 'q'));
    assert.equal(outcome.effect, 'deny');
    assert.deepEqual(origins, ['p spec.egressDeny[0].toEndpoints[0]', 'q spec.egressDeny[0].toEndpoints[0]']);
  });

  test('of which one redirects are a redirect', () => {
    assert.equal(entry(cnp(on({}), 'p'), cnp(on(http), 'q')).outcome.effect, 'redirect');
  });

  test('have the priority of the proxy that takes them', () => {
    const old = contextFor('1.19.7');
    const priorityOf = (port: Spec): number | undefined => {
      const ports = [{ port: '80', protocol: 'TCP' }];
      const policy = cnp({ endpointSelector: {}, egress: [{ toPorts: [{ ports, ...port }] }] });
      const [filter] = policyOf([policy], web, old).egress.filters;
      const [only] = filter?.entries.values() ?? [];
      return only?.outcome.effect === 'redirect' ? only.outcome.redirect.priority : undefined;
    };
    const listener = { envoyConfig: { kind: 'CiliumEnvoyConfig', name: 'c' }, name: 'l' };
    assert.deepEqual(
      [
        http,
        { rules: { kafka: [{}] } },
        { rules: { l7proto: 'x', l7: [{}] } },
        { serverNames: ['a.io'] },
        dns,
        { listener },
        { listener: { ...listener, priority: 7 } },
        {},
      ].map(priorityOf),
      [101, 106, 111, 116, 121, 126, 7, undefined],
    );
  });

  test('of a host that they name are named once, where others of them are spared', () => {
    const old = contextFor('1.19.7');
    const required = { authentication: { mode: 'required' } };
    const entities = {
      fromEntities: ['host', 'remote-node'],
      toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }], ...http }],
    };
    const policy = cnp({ endpointSelector: {}, ingress: [{ ...entities, ...required }] });
    const [filter] = policyOf([policy], web, old).ingress.filters;
    const fields = [...(filter?.entries.values() ?? [])].map(({ origins }) => origins.map(({ field }) => field));
    assert.deepEqual(fields, [['spec.ingress[0].fromEntities[0]'], ['spec.ingress[0].fromEntities[1]']]);
  });

  const conflictOf = (...policies: readonly PolicyObject[]) => {
    const rules = policies.flatMap((policy) => rulesOf(policy, context));
    const results = [rules, [...rules].reverse()].map((order) => resolve(order, web, context));
    assert.equal(results[0]?.ok, results[1]?.ok, 'the order of rules decides');
    const [result] = results;
    return result?.ok === false ? result.error : undefined;
  };

  test('with two parsers exclude each other', () => {
    const conflict = conflictOf(cnp(on(http), 'p'), cnp(on(dns), 'q'));
    assert.deepEqual(
      conflict?.refs.map(({ object }) => object.name),
      ['p', 'q'],
    );
  });

  test('with two listeners of one priority exclude each other, and with one do not', () => {
    const to = (name: string, priority = 0) =>
      cnp(
        on({ listener: { envoyConfig: { kind: 'CiliumEnvoyConfig', name: 'c' }, name, priority } }),
        `${name}${priority}`,
      );
    assert.equal(conflictOf(to('l'), { ...to('l'), name: 'q' }), undefined);
    assert.ok(conflictOf(to('l'), to('m')));
    assert.equal(conflictOf(to('l', 7), to('m', 8)), undefined);
    assert.ok(conflictOf(to('l', 7), to('m', 7)));
  });

  test('with server names exclude DNS, and L7 rules that come before them', () => {
    const names = { serverNames: ['a.b'] };
    assert.equal(conflictOf(cnp(on(names), 'p'), cnp(on({}), 'q')), undefined);
    assert.equal(conflictOf(cnp(on(names), 'p'), cnp(on(http), 'q')), undefined);
    assert.ok(conflictOf(cnp(on(names), 'p'), cnp(on(http), 'q'), cnp(on({}), 'r')));
    assert.ok(conflictOf(cnp(on(http), 'p'), cnp(on(names), 'q')));
    assert.ok(conflictOf(cnp(on(names), 'p'), cnp(on(dns), 'q')));
  });

  test('with a TLS context that names no secret, or since 1.20 one of no name that a secret can have, resolve to nothing', () => {
    const tls = (secret: Spec) => cnp(on({ terminatingTLS: { secret } }), 'p');
    assert.match(conflictOf(tls({}))?.reason ?? '', /names no secret/);
    assert.deepEqual(
      conflictOf(tls({}))?.refs.map(({ object, field }) => `${object.name} ${field}`),
      ['p spec.egress[0]'],
    );
    assert.match(conflictOf(tls({ name: 'A_B' }))?.reason ?? '', /"A_B", which none can be called/);
    assert.match(conflictOf(tls({ name: 's', namespace: 'a.b' }))?.reason ?? '', /namespace "a.b"/);
    assert.equal(conflictOf(tls({ name: 'a.b', namespace: 'a' })), undefined);
    const old = contextFor('1.19.7');
    assert.equal(resolve(rulesOf(tls({ name: 'A_B' }), old), web, old).ok, true);
  });

  test('with two parsers do not exclude each other where they write the peer in two ways', () => {
    const toPeer = (selector: Spec, rest: Spec) =>
      cnp({
        endpointSelector: {},
        egress: [{ toEndpoints: [selector], toPorts: [{ ports: [{ port: '53', protocol: 'TCP' }], ...rest }] }],
      });
    const label = { matchLabels: { app: 'db' } };
    const expression = { matchExpressions: [{ key: 'app', operator: 'In', values: ['db'] }] };
    assert.equal(conflictOf(toPeer(label, http), toPeer(expression, dns)), undefined);
    assert.ok(conflictOf(toPeer(expression, http), toPeer(expression, dns)));
  });

  test('with two parsers do not exclude each other once a deny came before one of them', () => {
    const deny = on({}, 'egressDeny');
    assert.equal(conflictOf(cnp(on(http), 'p'), cnp(deny, 'q'), cnp(on(dns), 'r')), undefined);
    assert.ok(conflictOf(cnp(on(http), 'p'), cnp(on(dns), 'q'), cnp(deny, 'r')));
  });
});

suite('specs of 1.18, in any order, of which one pair excludes each other and one denies', () => {
  const old = contextFor('1.18.8');
  const [required, disabled] = ['required', 'disabled'].map((mode) => ({ authentication: { mode } }));
  const on80 = (rest: Spec = {}): Spec => ({ ports: [{ port: '80', protocol: 'TCP' }], ...rest });
  const [http, kafka] = [{ rules: { http: [{}] } }, { rules: { kafka: [{}] } }].map((rest) => ({
    toPorts: [{ ports: [{ port: '81', protocol: 'TCP' }] }, on80(rest)],
  }));
  const plain = { toPorts: [on80()] };
  const conflictOf = (...policies: readonly Spec[]) => {
    const specs = policies.map((spec, index) => cnp({ endpointSelector: {}, ...spec }, `p${index}`));
    const result = resolve(
      specs.flatMap((policy) => rulesOf(policy, old)),
      web,
      old,
    );
    assert.ok(!result.ok);
    return {
      isChance: result.error.byChance === true,
      fields: result.error.refs.map(({ field }) => field.slice(5, 11)),
    };
  };

  test('conflict by chance, in modes of authentication as in proxies, and beside ports that are for none', () => {
    for (const [a, b] of [
      [
        { ...plain, ...required },
        { ...plain, ...disabled },
      ],
      [http, kafka],
    ]) {
      const certain = [{ egress: [a] }, { egress: [b] }];
      assert.equal(conflictOf(...certain).isChance, false);
      assert.equal(conflictOf(...certain, { egressDeny: [plain] }).isChance, true);
      assert.equal(conflictOf({ egressDeny: [plain] }, ...certain).isChance, true);
    }
  });

  test('conflict by chance where server names come before or after L7 rules', () => {
    const names = { toPorts: [on80({ serverNames: ['a.io'] })] };
    const onlyHTTP = { toPorts: [on80({ rules: { http: [{}] } })] };
    assert.equal(conflictOf({ egress: [names] }, { egress: [onlyHTTP] }).isChance, true);
  });

  test('conflict by chance as far as anybody looks, where more of them differ than are put into every order', () => {
    const rules = [
      { ...plain, ...required },
      { ...plain, ...disabled },
    ];
    const specs = [1, 2, 3].flatMap((times) =>
      rules.map((rule) => ({ egress: Array.from({ length: times }, () => rule) })),
    );
    assert.equal(conflictOf(...specs.slice(0, 4)).isChance, false);
    assert.equal(conflictOf(...specs.slice(0, 5)).isChance, true);
  });

  test('are told of the direction in which no order avoids it, egress first', () => {
    const certain = (direction: string) => [{ [direction]: [http] }, { [direction]: [kafka] }];
    const chance = (direction: string) => [...certain(direction), { [`${direction}Deny`]: [plain] }];
    const told = (...policies: readonly Spec[]): string => {
      const { isChance, fields } = conflictOf(...policies);
      return `${isChance} ${[...new Set(fields)].join()}`;
    };
    assert.equal(told(...certain('ingress'), ...certain('egress')), 'false egress');
    assert.equal(told(...certain('ingress'), ...chance('egress')), 'false ingres');
    assert.equal(told(...chance('ingress'), ...certain('egress')), 'false egress');
    assert.equal(told(...chance('ingress'), ...chance('egress')), 'true ingres');
  });
});

test('many rules that are left open are named up to as many as anybody reads, in their order', () => {
  const origins = Array.from({ length: MOST_ORIGINS + 1 }, (_, index) => {
    const object = { kind: 'CiliumNetworkPolicy', namespace: 'a', name: `p${index}` } as const;
    return { object, field: 'spec.egress[0]' };
  });
  const entries = origins.map((origin) => {
    return { selector: WILDCARD, priority: 0, outcome: { effect: 'allow' }, origins: [origin] } as const;
  });
  assert.deepEqual(leftOpen(entries).refs, origins.slice(0, -1));
});

test('a rule without ports is for every packet', () => {
  const policy = cnp({ endpointSelector: {}, egress: [{ toEndpoints: [{}] }] });
  const [filter] = policyOf([policy], web, context).egress.filters;
  assert.deepEqual(filter?.port, { kind: 'range', protocol: 0, first: 0, last: 0 });
});

suite('a peer for whom the wildcard says the same', () => {
  const keys = (port: Spec): number => {
    const toPorts = [{ ports: [port] }];
    const spec = { endpointSelector: {}, egress: [{ toPorts }, { toEndpoints: [{}], toPorts }] };
    return policyOf([cnp(spec)], web, context).egress.filters.reduce((sum, { entries }) => sum + entries.size, 0);
  };

  test('has no entry of its own on a port, a range or a name, and has one where the port is every port', () => {
    assert.equal(keys({ port: '80', protocol: 'TCP' }), 1);
    assert.equal(keys({ port: '80', endPort: 90, protocol: 'TCP' }), 1);
    assert.equal(keys({ port: 'http', protocol: 'TCP' }), 1);
    assert.equal(keys({ port: '0', protocol: 'TCP' }), 2);
  });

  test('is only looked for in the same filter: 80 and 80 to 80 are two', () => {
    const wildcard = { toPorts: [{ ports: [{ port: '80', protocol: 'TCP' }] }] };
    const peer = { toEndpoints: [{}], toPorts: [{ ports: [{ port: '80', endPort: 80, protocol: 'TCP' }] }] };
    const { filters } = policyOf([cnp({ endpointSelector: {}, egress: [wildcard, peer] })], web, context).egress;
    assert.equal(filters.length, 2);
  });
});

test('what is not modelled in a rule that applies is named, with its object', () => {
  const policy = cnp({ endpointSelector: {}, ingress: [{ fromRequires: [{}] }] });
  const [part] = policyOf([policy], web, contextFor('1.18.8')).unsupported;
  assert.equal(part?.feature, 'requires');
  assert.equal(part.object.name, 'p');
});
