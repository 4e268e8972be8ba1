import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FlowEnd } from '../../../../src/checks/check.ts';
import { namedPorts } from '../../../../src/cilium/named-ports.ts';
import type { ClusterStore } from '../../../../src/cluster/store.ts';
import type { ClusterView } from '../../../../src/cluster/view.ts';
import { explainFlow } from '../../../../src/review/explain-flow.ts';
import type { FlowPlace } from '../../../../src/review/flow-place.ts';
import type { JudgedFinding } from '../../../../src/review/results.ts';
import {
  ciliumConfig,
  clusterNetworkPolicy,
  clusterwidePolicy,
  decoded,
  namespace,
  pod,
  policy,
  storeWith,
  type Json,
} from '../../../support/objects.ts';
import { finding, submit } from '../../../support/review.ts';

const BEFORE = namespace('shop', { zone: 'open' });
const AFTER = namespace('shop', { zone: 'closed' });
const zone = (value: string) => ({ matchLabels: { 'k8s:io.cilium.k8s.namespace.labels.zone': value } });
const shopOf = (value: string) => ({
  matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'shop', ...zone(value).matchLabels },
});
const tcp = (port: string) => [{ ports: [{ port, protocol: 'TCP' }] }];

/** Pods of shop, `app=a0` and so on: more than pass without a word. */
const PODS = Array.from({ length: 21 }, (_, index) => pod(`shop/p${index}`, { app: `a${index}` }));

function relabel(objects: readonly Json[], ciliumVersion?: string) {
  const store = storeWith([BEFORE, ...PODS, ...objects], ciliumVersion);
  return { store, found: finding(submit(store, AFTER, { before: BEFORE }), 'relabel-namespace') };
}

function rules({ effects }: JudgedFinding): readonly string[] {
  return (effects?.rules ?? []).map(({ rule, change }) => `${rule.object.name} ${rule.field} ${change}`);
}

describe('rules that start or stop selecting the pods of a namespace', () => {
  test('a rule of a clusterwide policy of which they become subjects', () => {
    const open = { endpointSelector: zone('open'), ingress: [{ fromEntities: ['cluster'] }] };
    const closed = { endpointSelector: zone('closed'), ingressDeny: [{ fromEntities: ['world'] }] };
    const { found } = relabel([clusterwidePolicy('was', open), clusterwidePolicy('is', closed)]);
    assert.deepEqual(rules(found), ['was spec.ingress[0] stops', 'is spec.ingressDeny[0] starts']);
    assert.match(
      found.message,
      /; CiliumClusterwideNetworkPolicy is spec\.ingressDeny\[0\] starts selecting pods of it/,
    );
  });

  test('a rule of the namespace of which they are peers no longer, and one that takes others of them', () => {
    const { found } = relabel([
      policy('shop/own', {
        endpointSelector: { matchLabels: { app: 'a0' } },
        ingress: [{ fromEndpoints: [shopOf('open'), shopOf('closed')] }, { fromEndpoints: [shopOf('open')] }],
      }),
    ]);
    assert.deepEqual(rules(found), ['own spec.ingress[0] both', 'own spec.ingress[1] stops']);
  });

  test('nothing where no rule asks for the label that changes', () => {
    const { found } = relabel([
      policy('shop/own', { endpointSelector: {}, ingress: [{ fromEndpoints: [{}] }] }),
      clusterwidePolicy('other', {
        endpointSelector: { matchLabels: { 'k8s:io.cilium.k8s.namespace.labels.team': 'red' } },
        ingress: [{}],
      }),
    ]);
    assert.equal(found.effects, undefined);
    assert.match(found.message, /entries$/);
  });

  test('nothing of a rule that selects them before and after', () => {
    const both = { matchExpressions: [{ key: 'k8s:io.cilium.k8s.namespace.labels.zone', operator: 'Exists' }] };
    assert.equal(
      relabel([clusterwidePolicy('both', { endpointSelector: both, ingress: [{}] })]).found.effects,
      undefined,
    );
  });

  test('rules of other tenants are counted in one digit, and neither they nor their pods are named', () => {
    const theirs = Array.from({ length: 37 }, (_, index) =>
      policy(`bank/vault-${index}`, { endpointSelector: {}, ingress: [{ fromEndpoints: [shopOf('closed')] }] }),
    );
    const { found } = relabel([namespace('bank'), pod('bank/teller', { app: 'teller' }), ...theirs]);
    assert.deepEqual([rules(found), found.effects?.rulesInAll, found.effects?.rulesOfOthers], [[], 0, 40]);
    assert.deepEqual(found.effects?.flows, []);
    assert.match(found.message, /; so do about 40 rules of other tenants$/);
    assert.doesNotMatch(JSON.stringify(found), /bank|teller|vault/);
  });

  test('20 are listed, and the rest counted', () => {
    const many = Array.from({ length: 25 }, (_, index) =>
      clusterwidePolicy(`p-${index}`, { endpointSelector: zone('closed'), ingress: [{}] }),
    );
    const { found } = relabel(many);
    assert.deepEqual([rules(found).length, found.effects?.rulesInAll], [20, 25]);
    assert.match(found.message, / and 17 more start selecting pods of it; 5 rules more do either/);
  });

  test('selectors that no pod could be about cost nothing, however many there are', () => {
    const never = Array.from({ length: 3_300 }, (_, index) => shopOf(`never-${index}`));
    const { found } = relabel([
      policy('shop/many', { endpointSelector: {}, ingress: [{ fromEndpoints: never }] }),
      policy('shop/z-last', { endpointSelector: zone('closed'), ingress: [{}] }),
    ]);
    assert.deepEqual([rules(found), found.effects?.incomplete], [['z-last spec.ingress[0] starts'], false]);
  });

  test('of the pods those that a selector asks for by other labels, by one of several values, and by none', () => {
    const peer = (key: string, operator: string, values?: readonly string[]) => ({
      ...shopOf('closed'),
      matchExpressions: [{ key, operator, ...(values === undefined ? {} : { values }) }],
    });
    const some = {
      endpointSelector: {},
      ingress: [
        { fromEndpoints: [peer('app', 'In', ['a7', 'none'])] },
        { fromEndpoints: [peer('app', 'In', ['none', 'nobody'])] },
        { fromEndpoints: [peer('app', 'NotIn', ['a7'])] },
        { fromEndpoints: [peer('tier', 'Exists')] },
        { fromEndpoints: [peer('tier', 'DoesNotExist')] },
      ],
    };
    const { found } = relabel([policy('shop/some', some)]);
    assert.deepEqual(
      rules(found),
      [0, 2, 4].map((index) => `some spec.ingress[${index}] starts`),
    );
  });

  test('a look at rules without end is cut short, and says so', () => {
    const never = Array.from({ length: 3_300 }, (_, index) => ({
      matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'shop' },
      matchExpressions: [
        { key: 'k8s:io.cilium.k8s.namespace.labels.zone', operator: 'NotIn', values: [`never-${index}`] },
      ],
    }));
    const { found } = relabel([
      policy('shop/first', { endpointSelector: zone('closed'), ingress: [{}] }),
      policy('shop/many', { endpointSelector: {}, ingress: [{ fromEndpoints: never }] }),
      policy('shop/z-last', { endpointSelector: zone('closed'), ingress: [{}] }),
    ]);
    assert.deepEqual([rules(found), found.effects?.incomplete], [['first spec.ingress[0] starts'], true]);
    assert.match(found.message, /; not all rules were looked at$/);
  });
});

/** The other way to ask: the whole policy map of each end, and the second evaluator. */
function verdictsOf(found: JudgedFinding, store: ClusterStore): readonly string[] {
  const after = store.view().after({ op: 'update', before: decoded(BEFORE), after: decoded(AFTER) });
  return (found.effects?.flows ?? []).map(({ change, flow: { source, destination, protocol, port, direction } }) => {
    const verdicts = [store.view(), after].map((view) => {
      const asked = { source: placeOf(source, view), destination: placeOf(destination, view), protocol, port };
      return explainFlow(view, asked).verdict;
    });
    return `${change} ${direction} ${nameOf(source)} ${nameOf(destination)} ${port}: ${verdicts.join(' ')}`;
  });
}

function nameOf(end: FlowEnd): string {
  return end.kind === 'address' ? end.address : (end.pod ?? 'nobody');
}

function placeOf(end: FlowEnd, view: ClusterView): FlowPlace {
  if (end.kind === 'address') return end;
  const [inNamespace = '', name = ''] = (end.pod ?? '').split('/');
  const found = view.pod(inNamespace, name);
  const shape = found === undefined ? undefined : view.identityOfShape(found, inNamespace);
  assert.ok(found !== undefined && shape?.kind === 'global');
  const [identity = 0] = view.identitiesWithKey(shape.key);
  return { kind: 'endpoint', identity, labels: shape.labels, ports: namedPorts(found.ports), policed: true };
}

describe('flows that open or close', () => {
  const allow = (from: string, rest: Json = {}) =>
    policy('shop/mail', {
      endpointSelector: { matchLabels: { app: 'a1' } },
      ingress: [{ fromEndpoints: [shopOf(from)], toPorts: tcp('25') }],
      ...rest,
    });

  for (const version of ['1.18.8', '1.19.7', '1.20.2']) {
    test(`from a peer that a rule takes no longer, and to whom default deny comes, in ${version}`, () => {
      const closed = { endpointSelector: zone('closed'), egress: [{ toEntities: ['kube-apiserver'] }] };
      const { store, found } = relabel([allow('open'), clusterwidePolicy('closed', closed)], version);
      assert.deepEqual(verdictsOf(found, store), [
        'closes ingress shop/p0 shop/p1 25: allow deny',
        'closes egress shop/p0 192.0.2.1 80: allow deny',
      ]);
    });

    test(`to a pod of the tenant that a rule lets in now, in ${version}`, () => {
      const { store, found } = relabel([allow('closed')], version);
      assert.deepEqual(verdictsOf(found, store), ['opens ingress shop/p0 shop/p1 25: deny allow']);
      assert.match(found.message, /; it opens TCP\/25 from pod shop\/p0 to pod shop\/p1 \(ingress\)$/);
    });
  }

  test('not where the other end drops it, before and after', () => {
    const mute = policy('shop/mute', {
      endpointSelector: {},
      egressDeny: [{ toEndpoints: [{}], toPorts: tcp('25') }],
    });
    const { found } = relabel([allow('closed'), mute]);
    assert.deepEqual([rules(found), found.effects?.flows], [['mail spec.ingress[0] starts'], []]);
  });

  test('not where another rule says the same', () => {
    const both = policy('shop/both', {
      endpointSelector: { matchLabels: { app: 'a1' } },
      ingress: [{ fromEndpoints: [{}], toPorts: tcp('25') }],
    });
    assert.deepEqual(relabel([allow('closed'), both]).found.effects?.flows, []);
  });

  test('to what a rule of the tenant asks for elsewhere, by the labels that it asks for, unless ports have names there', () => {
    const names = {
      endpointSelector: zone('open'),
      egress: [
        {
          toEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'kube-system', 'k8s-app': 'kube-dns' } }],
          toPorts: [{ ports: [{ port: '53', protocol: 'UDP' }] }],
        },
      ],
    };
    const closing = (rest: Json) => {
      const silent = policy('shop/silent', { endpointSelector: {}, egress: [rest] });
      return relabel([clusterwidePolicy('names', names), silent, namespace('kube-system')]).found;
    };
    assert.match(
      closing({}).message,
      /; it closes UDP\/53 from pod shop\/p0 to k8s-app=kube-dns in kube-system \(egress\)$/,
    );
    const named = [{ ports: [{ port: 'dns', protocol: 'UDP' }] }];
    assert.deepEqual(closing({ toEndpoints: [shopOf('open')], toPorts: named }).effects?.flows, []);
  });

  test('none where a rule for an end is not modelled', () => {
    const config = ciliumConfig({ 'enable-k8s-cluster-network-policy': 'true' });
    const pass = clusterNetworkPolicy('pass', {
      ingress: [{ name: 'pass', action: 'Pass', from: [{ namespaces: {} }] }],
    });
    const opened = (rest: readonly Json[]) => relabel([allow('closed'), config, ...rest]).found.effects?.flows.length;
    assert.deepEqual([opened([]), opened([pass])], [1, 0]);
  });

  test('none from or to an address where DNS names are asked for, whose addresses agents learn', () => {
    const closed = clusterwidePolicy('closed', {
      endpointSelector: zone('closed'),
      egress: [{ toEntities: ['kube-apiserver'] }],
    });
    const names = policy('shop/names', {
      endpointSelector: {},
      egress: [{ toFQDNs: [{ matchName: 'example.com' }] }],
      enableDefaultDeny: { egress: false },
    });
    const outside = (rest: readonly Json[]) =>
      relabel([closed, ...rest]).found.effects?.flows.filter(({ flow }) => flow.destination.kind === 'address').length;
    assert.deepEqual([outside([]), outside([names])], [1, 0]);
  });

  test('a namespace that changes hands: what its new tenant has is not told', () => {
    const theirs = policy('bank/vault', { endpointSelector: {}, ingress: [{ fromEndpoints: [shopOf('closed')] }] });
    const store = storeWith([BEFORE, ...PODS, namespace('bank', { zone: 'closed' }), theirs], '1.20.2', {
      tenantLabel: 'zone',
    });
    const { effects } = finding(submit(store, AFTER, { before: BEFORE }), 'relabel-namespace');
    assert.deepEqual([effects?.rules, effects?.rulesOfOthers], [[], 1]);
  });

  test('no more than five', () => {
    const some = Array.from({ length: 12 }, (_, index) =>
      policy(`shop/p-${index}`, {
        endpointSelector: { matchLabels: { app: `a${index}` } },
        ingress: [{ fromEndpoints: [shopOf('closed')], toPorts: tcp(`${1000 + index}`) }],
      }),
    );
    const { store, found } = relabel(some);
    const verdicts = verdictsOf(found, store);
    assert.equal(verdicts.length, 5);
    for (const verdict of verdicts) assert.match(verdict, /^opens .*: deny allow$/);
  });
});
