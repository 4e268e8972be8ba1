/**
 * Rules that start or stop selecting pods, and flows that open or close -> the end of a sentence.
 *
 * A pod is told by its name, and an endpoint that nobody has by the labels that a rule asks for.
 */
import type { ChangedFlow, Flow, FlowEnd, PolicyEffects, RuleShift } from '../../checks/check.ts';
import { count, listed } from '../../checks/facts/wording.ts';
import { protocolName } from '../../cilium/named-ports.ts';
import { POD_NAMESPACE_KEY } from '../../cilium/identity/pod-labels.ts';
import { ICMP, ICMPV6 } from '../../cilium/policy/rule.ts';
import { causeText } from './cause-text.ts';

const MOST_RULES = 3;

/** `; starts selecting them: CiliumNetworkPolicy team-a/web spec.ingress[0]; opens: TCP/80 from pod ... to ... (egress)` */
export function effectsText(effects: PolicyEffects | undefined): string {
  if (effects === undefined) return '';
  const { flows } = effects;
  const parts = [...rulesTexts(effects), ...flowsTexts('opens', flows), ...flowsTexts('closes', flows)];
  return parts.map((part) => `; ${part}`).join('');
}

function rulesTexts({ rules, rulesInAll, rulesOfOthers, incomplete }: PolicyEffects): readonly string[] {
  const unlisted = rulesInAll - rules.length;
  return [
    ...shiftTexts('starts', rules),
    ...shiftTexts('stops', rules),
    ...(unlisted === 0 ? [] : [`${count(unlisted, 'rule')} more ${unlisted === 1 ? 'does' : 'do'} either`]),
    ...(rulesOfOthers === 0
      ? []
      : [`so ${rulesOfOthers === 1 ? 'does' : 'do'} ${othersText(rulesOfOthers)} of other tenants`]),
    ...(incomplete ? ['not all rules were looked at'] : []),
  ];
}

/** A rule may start with some pods and stop with others. */
function shiftTexts(change: 'starts' | 'stops', rules: readonly RuleShift[]): readonly string[] {
  const names = rules
    .filter((shift) => shift.change === change || shift.change === 'both')
    .map(({ rule }) => causeText(rule));
  if (names.length === 0) return [];
  return [`${listed(names, { most: MOST_RULES })} ${names.length === 1 ? change : VERBS[change]} selecting pods of it`];
}

const VERBS = { starts: 'start', stops: 'stop' } as const;

function othersText(rules: number): string {
  return `${rules < 10 ? '' : 'about '}${count(rules, 'rule')}`;
}

function flowsTexts(change: ChangedFlow['change'], flows: readonly ChangedFlow[]): readonly string[] {
  const texts = flows.filter((flow) => flow.change === change).map(({ flow }) => flowText(flow));
  return texts.length === 0 ? [] : [`it ${change} ${listed(texts)}`];
}

function flowText(flow: Flow): string {
  return `${packetText(flow)} from ${endText(flow.source)} to ${endText(flow.destination)} (${flow.direction})`;
}

function packetText({ protocol, port }: Flow): string {
  if (protocol === ICMP || protocol === ICMPV6) return `${protocolName(protocol)} type ${port}`;
  return `${protocolName(protocol)}/${port}`;
}

function endText(end: FlowEnd): string {
  if (end.kind === 'address') return end.address;
  if (end.pod !== undefined) return `pod ${end.pod}`;
  const labels = end.labels
    .filter(({ key }) => !key.startsWith('io.'))
    .map(({ key, value }) => (value === '' ? key : `${key}=${value}`));
  const namespace = end.labels.find(({ key }) => key === POD_NAMESPACE_KEY)?.value;
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  return labels.length === 0 ? `a pod${where}` : `${labels.join(',')}${where}`;
}
