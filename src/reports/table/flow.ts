/**
 * `explain flow` for a terminal: what becomes of it, then each end with the rules that are about it.
 */
import type { FlowExplanation, FlowPlaceText, FlowSide } from '../../review/explanations.ts';
import { objectPath, podsText } from '../names.ts';
import { clean, detail, itemLines, number, type Canvas, type Item } from './layout.ts';
import type { Tone } from './paint.ts';

const MOST_RULES = 8;

const WORDS: Readonly<Record<FlowSide['verdict'], { readonly word: string; readonly tone: Tone }>> = {
  allow: { word: 'allowed', tone: 'good' },
  deny: { word: 'denied', tone: 'bad' },
  unknown: { word: 'unknown', tone: 'caution' },
};

export function flowLines(explanation: FlowExplanation, canvas: Canvas): readonly string[] {
  const { source, destination, protocol, port, verdict, certainty, ciliumVersion, egress, ingress } = explanation;
  const { word, tone } = WORDS[verdict];
  const flow = `${nameOf(source)} -> ${nameOf(destination)}, ${protocol} ${port}`;
  const items = [
    detail('certainty', certainty),
    ...placeItems('source', source),
    ...placeItems('destination', destination),
  ];
  return [
    `${canvas.paint(tone, word)}  ${canvas.paint('strong', clean(flow))}  ${canvas.paint('quiet', `Cilium ${clean(ciliumVersion)}`)}`,
    '',
    ...itemLines([...sideItems('egress', egress), ...sideItems('ingress', ingress)], canvas),
    '',
    ...itemLines(items, canvas),
  ];
}

function nameOf({ pod, address, labels }: FlowPlaceText): string {
  if (address !== undefined) return address;
  if (pod !== undefined) return `pod ${pod}`;
  return labels.find((label) => label.startsWith('reserved:')) ?? podsText(labels);
}

function placeItems(label: string, { address, identity, labels }: FlowPlaceText): readonly Item[] {
  if (address !== undefined && labels.length === 0) return [];
  return [detail(label, address ?? identityText(identity)), ...labels.map((each) => detail('', each))];
}

function identityText(identity: FlowPlaceText['identity']): string {
  return identity === 'new' ? 'an identity without a number yet' : `identity ${identity ?? ''}`;
}

function sideItems(direction: 'egress' | 'ingress', { verdict, reason, allows, denies }: FlowSide): readonly Item[] {
  const { word, tone } = WORDS[verdict];
  return [
    { label: direction, labelTone: 'strong', text: `${word}: ${reason}`, tone },
    ...ruleItems('denied by', denies),
    ...ruleItems('allowed by', allows),
  ];
}

function ruleItems(label: string, rules: FlowSide['allows']): readonly Item[] {
  const items = rules
    .slice(0, MOST_RULES)
    .map(({ object, field }, index) => detail(index === 0 ? label : '', `${objectPath(object)} ${field}`));
  return rules.length > MOST_RULES ? [...items, detail('', `and ${number(rules.length - MOST_RULES)} more`)] : items;
}
