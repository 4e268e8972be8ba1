/**
 * `explain pod` for a terminal: the identity, then each label with the rule that kept or dropped it.
 */
import type { PodExplanation } from '../../review/explanations.ts';
import { objectPath } from '../names.ts';
import { clean, detail, itemLines, widthOf, wrap, type Canvas } from './layout.ts';

type LabelLine = PodExplanation['labels'][number];

/** Longer labels have their rule on the line below. */
const WIDEST_COLUMN = 48;

export function podLines(explanation: PodExplanation, canvas: Canvas): readonly string[] {
  const { pod, ciliumVersion, labels, certainty } = explanation;
  const kept = labels.filter((label) => label.kept);
  const dropped = labels.filter((label) => !label.kept);
  const column = columnFor(labels);
  const items = [
    { label: 'identity', text: identityText(explanation) },
    detail('scope', explanation.scope),
    detail('certainty', certainty),
  ];
  return [
    `${canvas.paint('strong', clean(objectPath(pod)))}  ${canvas.paint('quiet', `Cilium ${clean(ciliumVersion)}`)}`,
    '',
    ...itemLines(items, canvas),
    ...section({ title: keptTitle(explanation), mark: '+', labels: kept }, column, canvas),
    ...section({ title: 'left out', mark: '-', labels: dropped }, column, canvas),
  ];
}

function identityText({ identities, key }: PodExplanation): string {
  const [first, ...duplicates] = identities;
  if (first === undefined) return key === undefined ? 'none' : 'none yet: this pod would mint one';
  return duplicates.length === 0
    ? String(first)
    : `${identities.join(', ')} (the same labels, allocated more than once)`;
}

/** A pod on the network of its node has none that they are part of. */
function keptTitle({ identities, key }: PodExplanation): string {
  return identities.length === 0 && key === undefined ? 'would be part of an identity' : 'part of the identity';
}

/** Wide enough for every label that is not too long for a column. */
function columnFor(labels: readonly LabelLine[]): number {
  let column = 0;
  for (const { label } of labels) {
    const width = widthOf(clean(label));
    if (width > column && width <= WIDEST_COLUMN) column = width;
  }
  return column;
}

interface Section {
  readonly title: string;
  readonly mark: '+' | '-';
  readonly labels: readonly LabelLine[];
}

function section({ title, mark, labels }: Section, column: number, canvas: Canvas): readonly string[] {
  if (labels.length === 0) return [];
  const lines = ['', canvas.paint('strong', `${title} (${labels.length})`)];
  for (const line of labels) lines.push(...labelLines(line, { mark, column, canvas }));
  return lines;
}

function labelLines(
  { label, kept, rule }: LabelLine,
  { mark, column, canvas }: { mark: string; column: number; canvas: Canvas },
): readonly string[] {
  const text = clean(label);
  const start = `  ${canvas.paint(kept ? 'good' : 'quiet', `${mark} ${text}`)}`;
  const rules = wrap(clean(rule), canvas.width - column - 6);
  const beside = ' '.repeat(column + 6);
  const [first = '', ...rest] = rules.map((part) => canvas.paint('quiet', part));
  if (widthOf(text) > column) return [start, ...[first, ...rest].map((part) => beside + part)];
  return [start + ' '.repeat(column - widthOf(text) + 2) + first, ...rest.map((part) => beside + part)];
}
