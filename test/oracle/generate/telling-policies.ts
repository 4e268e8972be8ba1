/**
 * Policies that play a scene by themselves, each about one trap.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import type { Json } from './json.ts';
import { NAMESPACE, CLUSTER, WEB, cnp, ccnp, knp, portOrNot } from './staged-policy.ts';

export const DEFAULT_DENIES: readonly Json[] = [
  knp({ policyTypes: ['Ingress'] }),
  knp({ policyTypes: ['Egress'] }),
  knp({ policyTypes: ['Ingress', 'Egress'] }),
  cnp({ ingress: [{}] }),
  cnp({ egress: [{}] }),
  cnp({ ingress: [{}], egress: [{}] }),
  cnp({ ingress: [], egress: [{}] }),
  cnp({ ingress: [{ fromEndpoints: [] }] }),
  ccnp({ egress: [{ toPorts: [{}] }] }),
];

export const DEFAULT_ALLOWS: readonly Json[] = [
  cnp({ enableDefaultDeny: { ingress: false, egress: false }, ingress: [{}], egress: [{}] }),
  ccnp({ enableDefaultDeny: { ingress: false }, ingressDeny: [{ fromEntities: ['world'] }] }),
  cnp({ enableDefaultDeny: { egress: false }, egress: [{ toEndpoints: [{}], toPorts: [WEB] }] }),
  cnp({ enableDefaultDeny: { ingress: true, egress: true }, egress: [{}] }),
  ccnp({ enableDefaultDeny: { egress: true }, ingress: [{ fromEndpoints: [{}] }] }),
];

/** Peers of nothing but exclusions. */
export function namespaceExcluded(random: Random): Json {
  const expression = pick<Json>(
    [
      { key: NAMESPACE, operator: 'NotIn', values: ['a'] },
      { key: `k8s:${NAMESPACE}`, operator: 'NotIn', values: ['b', 'c'] },
      { key: 'io.cilium.k8s.namespace.labels.team', operator: 'NotIn', values: ['red'] },
      { key: `k8s:${CLUSTER}`, operator: 'NotIn', values: ['default'] },
      { key: 'reserved:host', operator: 'DoesNotExist' },
      { key: 'reserved:world', operator: 'DoesNotExist' },
    ],
    random,
  );
  const peer = { matchExpressions: [expression] };
  return pick<Json>([{ ingress: [{ fromEndpoints: [peer] }] }, { egressDeny: [{ toEndpoints: [peer] }] }], random);
}

export function knpExcluding(random: Random): Json {
  const key = pick(['team', 'kubernetes.io/metadata.name'], random);
  const namespaceSelector = { matchExpressions: [{ key, operator: 'NotIn', values: ['red', 'a'] }] };
  return knp({ policyTypes: ['Ingress'], ingress: [{ from: [{ namespaceSelector }] }] });
}

export function injection(random: Random): Json {
  const peer = pick<Json>(
    [
      { matchLabels: { [`any:${NAMESPACE}`]: 'b' } },
      { matchLabels: { [`k8s:${NAMESPACE}`]: 'b' } },
      { matchExpressions: [{ key: NAMESPACE, operator: 'Exists' }] },
      { matchExpressions: [{ key: `k8s:${NAMESPACE}`, operator: 'Exists' }] },
      { matchLabels: { 'io.cilium.k8s.namespace.labels.team': 'blue' } },
      { matchLabels: { 'reserved:host': '' } },
    ],
    random,
  );
  const endpointSelector = pick<Json>(
    [{}, { matchLabels: { [`k8s:${NAMESPACE}`]: 'b' } }, { matchLabels: { [`any:${NAMESPACE}`]: 'b' } }],
    random,
  );
  return cnp({ endpointSelector, ingress: [{ fromEndpoints: [peer], ...portOrNot(random) }] });
}

export function portZeroRange(random: Random): Json {
  const toPorts = [{ ports: [{ port: '0', endPort: pick([1, 80, 1023, 65_535], random), protocol: 'TCP' }] }];
  return pick<Json>(
    [cnp({ ingress: [{ toPorts }] }), ccnp({ egressDeny: [{ toCIDR: ['10.0.0.0/8'], toPorts }] })],
    random,
  );
}

/** What looks like a rule for a few, and is one for everybody. */
export function unresolved(random: Random): Json {
  const toServices = [{ k8sService: { serviceName: 'nope', namespace: 'a' } }];
  return cnp(
    pick<Json>(
      [
        { egress: [{ toServices, toPorts: [WEB] }] },
        { egress: [{ toServices, toPorts: [WEB] }] },
        { egressDeny: [{ toServices, toPorts: [WEB] }] },
        { egress: [{ toServices }] },
        { egressDeny: [{ toServices, toPorts: [WEB] }] },
        { egress: [{ toFQDNs: [], toPorts: [WEB] }] },
        { egress: [{ toFQDNs: [], toPorts: [WEB] }] },
        { egress: [{ toFQDNs: [], toPorts: [WEB] }] },
      ],
      random,
    ),
  );
}

export function extendedProtocol(random: Random): Json {
  const protocol = pick(['GRE', 'VRRP', 'IGMP', 'ESP', 'AH', 'IPIP', 'IPv6'], random);
  return ccnp({ ingress: [{ toPorts: [{ ports: [{ port: '0', protocol }] }] }] });
}

export function namedPorts(random: Random): Json {
  const toPorts = [
    { ports: [{ port: pick(['http', 'http', 'dns', 'nope'], random), ...pick([{}, { protocol: 'TCP' }], random) }] },
  ];
  return cnp(
    pick<Json>(
      [
        { ingress: [{ toPorts }] },
        { egress: [{ toPorts }] },
        { egress: [{ toPorts }] },
        { egress: [{ toEndpoints: [{}], toPorts }] },
        { egressDeny: [{ toEntities: ['cluster'], toPorts }] },
      ],
      random,
    ),
  );
}

export function groups(random: Random): Json {
  const set = pick<Json>(
    [
      { cidrGroupRef: 'g' },
      { cidrGroupSelector: {} },
      { cidrGroupSelector: {} },
      { cidrGroupSelector: { matchLabels: { role: 'x' } } },
      { cidrGroupSelector: { matchExpressions: [{ key: 'role', operator: 'NotIn', values: ['y'] }] } },
      { cidrGroupSelector: { matchExpressions: [{ key: 'nope', operator: 'DoesNotExist' }] } },
    ],
    random,
  );
  return cnp(pick<Json>([{ ingress: [{ fromCIDRSet: [set] }] }, { egressDeny: [{ toCIDRSet: [set] }] }], random));
}

export function authenticated(random: Random): Json {
  const authentication = { mode: pick(['required', 'disabled', 'test-always-fail'], random) };
  const peer = pick<Json>([{}, { fromEndpoints: [{}] }, { fromEntities: ['world'] }], random);
  return cnp({ ingress: [{ ...peer, ...portOrNot(random), authentication }] });
}

/** TLS, listeners and server names, for one peer or for two. */
export function proxied(random: Random): Json {
  const rules = Array.from({ length: pick([1, 1, 2, 3], random) }, () => proxiedRule(random));
  return cnp({ egress: rules });
}

function proxiedRule(random: Random): Json {
  const clusterwide = { kind: 'CiliumClusterwideEnvoyConfig', name: 'e' };
  const part = pick<Json>(
    [
      { terminatingTLS: { secret: { name: 's' } } },
      { originatingTLS: { secret: { name: pick(['s', 's', 'A_B', ''], random), namespace: 'b' } } },
      { listener: { envoyConfig: clusterwide, name: 'l' } },
      { listener: { envoyConfig: clusterwide, name: 'm' } },
      { listener: { envoyConfig: { kind: 'CiliumEnvoyConfig', name: 'e' }, name: 'l', priority: 3 } },
      { serverNames: ['www.example.com'] },
    ],
    random,
  );
  const peer = pick<Json>([{}, { toEndpoints: [{}] }, { toEntities: ['world'] }, { toEntities: ['cluster'] }], random);
  return { ...peer, toPorts: [{ ...WEB, ...part }] };
}
