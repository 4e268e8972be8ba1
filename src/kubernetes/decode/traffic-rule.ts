/**
 * One element of ingress, ingressDeny, egress or egressDeny of a Cilium rule.
 *
 * Mirrors IngressRule, IngressDenyRule, EgressRule and EgressDenyRule (pkg/policy/api): which fields exist depends on the
 * direction and the verdict, and a field that does not exist is ignored. A null in a list is an element without fields.
 */
import type { CIDRRuleSpec, SelectorSpec, ServiceSpec, TrafficRuleSpec } from '../../cilium/policy-spec.ts';
import { defined } from './defined.ts';
import { fqdnAt } from './fqdn.ts';
import { groupHash } from './group.ts';
import type { JsonNode } from './node.ts';
import { icmpRules, portRules } from './port-rule.ts';
import { optionalSelector, selectorAt, selectorList } from './selector.ts';

type Verdict = 'allow' | 'deny';

export function ingressRules(node: JsonNode, verdict: Verdict): readonly TrafficRuleSpec[] | undefined {
  return node.asList()?.map((rule) => defined({ ...trafficRule(rule, 'from'), ...portsAndMore(rule, verdict) }));
}

export function egressRules(node: JsonNode, verdict: Verdict): readonly TrafficRuleSpec[] | undefined {
  return node.asList()?.map((rule) =>
    defined({
      ...trafficRule(rule, 'to'),
      ...portsAndMore(rule, verdict),
      services: rule.field('toServices').asList()?.map(serviceAt),
      fqdns: verdict === 'allow' ? rule.field('toFQDNs').asList()?.map(fqdnAt) : undefined,
    }),
  );
}

/** What both directions and both verdicts have: the peers. */
function trafficRule(rule: JsonNode, prefix: 'from' | 'to') {
  return {
    path: rule.path,
    endpoints: selectorList(rule.field(`${prefix}Endpoints`)),
    nodes: selectorList(rule.field(`${prefix}Nodes`)),
    cidr: rule.field(`${prefix}CIDR`).asStrings(),
    cidrSet: rule.field(`${prefix}CIDRSet`).asList()?.map(cidrRule),
    entities: rule.field(`${prefix}Entities`).asStrings(),
    groups: rule.field(`${prefix}Groups`).asList()?.map(groupHash),
    requires: rule.field(`${prefix}Requires`).asList()?.map(requirement),
  };
}

function portsAndMore(rule: JsonNode, verdict: Verdict) {
  return {
    toPorts: portRules(rule.field('toPorts'), verdict),
    icmps: icmpRules(rule.field('icmps')),
    authentication: verdict === 'allow' ? authenticationAt(rule.field('authentication')) : undefined,
  };
}

function authenticationAt(node: JsonNode): { readonly mode: string } | undefined {
  return node.isAbsent ? undefined : { mode: node.field('mode').asString() ?? '' };
}

/** Its type has changed: which one this version decodes is told where the rule is sanitized. */
function requirement(node: JsonNode): SelectorSpec | string | null {
  if (typeof node.value === 'string') return node.value;
  return node.isAbsent ? null : selectorAt(node);
}

/** Empty text is absent: Go has no other way to tell. */
function cidrRule(node: JsonNode): CIDRRuleSpec {
  return defined({
    cidr: node.field('cidr').asString() || undefined,
    cidrGroupRef: node.field('cidrGroupRef').asString() || undefined,
    cidrGroupSelector: groupSelector(node.field('cidrGroupSelector')),
    except: node.field('except').asStrings() ?? [],
  });
}

function groupSelector(node: JsonNode): SelectorSpec | null | undefined {
  return node.value === null ? null : optionalSelector(node);
}

function serviceAt(node: JsonNode): ServiceSpec {
  const named = node.field('k8sService');
  const selected = node.field('k8sServiceSelector');
  return defined({
    k8sService: named.isAbsent
      ? undefined
      : {
          serviceName: named.field('serviceName').asString() ?? '',
          namespace: named.field('namespace').asString() ?? '',
        },
    k8sServiceSelector: selected.isAbsent
      ? undefined
      : defined({
          selector: serviceSelector(selected.field('selector')),
          namespace: selected.field('namespace').asString() ?? '',
        }),
  });
}

/** Go makes this selector when it meets one of its fields. */
function serviceSelector(node: JsonNode): SelectorSpec | undefined {
  const isWritten = !node.field('matchLabels').isAbsent || !node.field('matchExpressions').isAbsent;
  return isWritten ? selectorAt(node) : undefined;
}
