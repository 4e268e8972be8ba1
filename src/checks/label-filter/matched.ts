/**
 * Entries that match something else than they seem to: with a match that may be empty, a star as in a file name, dots that
 * stand for any character, no end.
 */
import { writeFilterEntry } from '../../cilium/identity/filter-rule.ts';
import type { Label } from '../../cilium/identity/label.ts';
import { meant, meantInstead, narrowing } from './correction.ts';
import { isDotOfName, isStarOfGlob, spelledKey, textOf, type Token } from './expression.ts';
import { lengthOf, type Entry, type LabelStudy } from './label-study.ts';
import type { Trap } from './trap.ts';

/**
 * An exclude whose match is empty takes back the excludes before it, the built-in ones too: the length 0 stands for none.
 * An empty match of an include counts for nothing.
 */
export function emptyMatchTrap(study: LabelStudy, entry: Entry): Trap | undefined {
  const { rule } = entry;
  const isEmpty = (label: Label) => lengthOf(rule, label) === 0;
  if (!study.reached(rule).some(isEmpty)) return undefined;
  const without = study.without(entry);
  const undone = study.difference(without, study.current).gained.filter(isEmpty);
  if (undone.length === 0 && study.matched(rule).some((label) => study.isKnown(label))) return undefined;
  const before = undone[0] === undefined ? undefined : without.filter.decide(undone[0]).exclude;
  const correction = meantInstead(study, { entry, texts: withoutLastRepeat(entry) });
  return {
    id: 'filter-empty-match',
    reason: undone.length > 0 ? 'undoes-excludes' : 'never-counts',
    where: 'labels',
    entry,
    labels: undone.filter((label) => study.isNamed(label)),
    lost: study.lostToIncludeMode(entry),
    rule: before?.rule,
    correction,
  };
}

function withoutLastRepeat({ written, tokens }: Entry): readonly string[] {
  if (tokens.length < 2 || tokens.at(-1)?.kind !== 'repeat') return [];
  return [writeFilterEntry({ ...written, expression: textOf(tokens.slice(0, -1)) })];
}

export function globTrap(study: LabelStudy, entry: Entry): Trap | undefined {
  const { tokens } = entry;
  if (!tokens.some(isStarOfGlob)) return undefined;
  const text = rewritten(entry, isStarOfGlob, (index) => (index === tokens.length - 1 ? '' : '.*'));
  const { letGo } = narrowing(study, entry, text);
  const correction = meant(study, [{ entry, texts: [text] }]);
  return { id: 'filter-glob', reason: 'star', where: 'labels', entry, labels: letGo, correction };
}

export function dotTrap(study: LabelStudy, entry: Entry): Trap | undefined {
  if (!entry.tokens.some(isDotOfName)) return undefined;
  const text = rewritten(entry, isDotOfName, () => String.raw`\.`);
  const { letGo, correction } = narrowing(study, entry, text);
  return { id: 'filter-unescaped-dot', reason: 'dot', where: 'labels', entry, labels: letGo, correction };
}

/** A match is of the first characters: without "$" at its end an entry matches every key that starts so. */
export function prefixTrap(study: LabelStudy, entry: Entry): Trap | undefined {
  const { rule, tokens, written } = entry;
  const spelled = spelledKey(tokens);
  const isWhole = (label: Label) => lengthOf(rule, label) === label.key.length;
  const isMeantWhole = study.matched(rule).some((label) => study.isPresent(label) && isWhole(label));
  const { letGo, correction } = narrowing(
    study,
    entry,
    writeFilterEntry({ ...written, expression: `${written.expression}$` }),
  );
  const cutsWord = ({ key }: Label) => spelled !== undefined && /^[A-Za-z0-9]{2}/.test(key.slice(spelled.length - 1));
  const labels = letGo.filter((label) => study.isPresent(label) && (isMeantWhole || cutsWord(label)));
  if (labels.length === 0) return undefined;
  return { id: 'filter-prefix', reason: 'longer-keys', where: 'labels', entry, labels, correction };
}

/** Of alternatives the first that matches counts, and its length; as entries of their own the best of them would. */
export function alternativesTrap(study: LabelStudy, entry: Entry): Trap | undefined {
  const texts = alternativesOf(entry);
  const variant = texts.length < 2 ? undefined : study.replacing(new Map([[entry.position, texts]]));
  if (variant === undefined) return undefined;
  const { gained, lost } = study.difference(study.current, variant);
  const labels = [...gained, ...lost].filter((label) => study.isNamed(label));
  if (labels.length === 0) return undefined;
  const correction = meant(study, [{ entry, texts }]);
  return {
    id: 'filter-alternatives',
    reason: 'first-counts',
    where: 'labels',
    entry,
    labels,
    correction,
  };
}

/** Those at the top, as entries; none where the expression has groups. */
function alternativesOf({ written, tokens }: Entry): readonly string[] {
  if (tokens.some(({ text }) => text === '(')) return [];
  const parts = tokens.map(({ text }) => text);
  const bars = [...parts.keys()].filter((index) => parts[index] === '|');
  return [-1, ...bars].map((bar, index) => {
    const expression = parts.slice(bar + 1, bars[index] ?? parts.length).join('');
    return writeFilterEntry({ ...written, expression });
  });
}

function rewritten(
  { written, tokens }: Entry,
  isToRewrite: (token: Token, index: number, tokens: readonly Token[]) => boolean,
  instead: (index: number) => string,
): string {
  const parts = tokens.map((token, index) => (isToRewrite(token, index, tokens) ? instead(index) : token.text));
  return writeFilterEntry({ ...written, expression: parts.join('') });
}
