/**
 * Rows 2 to 8 of the table of beliefs in the specification of identities: what a label filter says, and what it does.
 */
import { isExcludedByDefault, isIncludedByDefault } from './built-in-rows.ts';
import {
  decided,
  defaults,
  file,
  identity,
  isAccepted,
  isKept,
  isOfSource,
  labels,
  matchesOf,
  refusedLabels,
  written,
  type LabelTest,
  type Match,
  type Test,
} from './question-tests.ts';
import type { Row } from './row.ts';
import type { SeenQuestion } from './seen-question.ts';
import { text } from './seen-world.ts';

const includes = (matches: readonly Match[]): readonly number[] => lengths(matches, false);
const excludes = (matches: readonly Match[]): readonly number[] => lengths(matches, true);

function lengths(matches: readonly Match[], excluding: boolean): readonly number[] {
  return matches.filter(({ entry }) => entry.excludes === excluding).map(({ length }) => length);
}

function anEntry(test: (entry: SeenQuestion['entries'][number], seen: SeenQuestion) => boolean): Test {
  return (seen) => seen.entries.some((entry) => test(entry, seen));
}

/** White space that stands alone between two words. */
function separates(space: string): Test {
  return labels(({ question }) => {
    const words = text(question['labelsConfig']).split(space);
    return words.slice(1).some((word, index) => /\S$/.test(words[index] ?? '') && /^\S/.test(word));
  });
}

function aLabel(test: LabelTest): Test {
  return (seen) => seen.labels.some((label) => test(label, seen));
}

/** Expressions whose first alternative is shorter, on keys that the second one matches too. */
const FIRST_IS_SHORTER: ReadonlyMap<string | undefined, string> = new Map([
  ['a|app', 'app'],
  ['k8s|k8s-app', 'k8s-app'],
  ['(te|team)', 'team'],
]);

export const FILTER_ROWS: readonly Row<SeenQuestion>[] = [
  { row: '2', says: 'the first colon splits', isReached: labels(anEntry(({ text }) => text.split(':').length > 2)) },
  ...(['any', '!k8s'] as const).map((source) => ({
    row: '2',
    says: source === 'any' ? 'any: is literal' : '!k8s: is an include',
    // Taken for what it looks like, it would decide on a label of the pod.
    isReached: labels((seen) =>
      seen.entries.some(
        (one) =>
          one.source === source && seen.labels.some(({ key }) => one.expression?.matchAtStart(key) !== undefined),
      ),
    ),
  })),
  {
    row: '2',
    says: 'an empty remainder stops the agent',
    isReached: refusedLabels(({ entries }) =>
      entries.every(({ pattern, expression }) => pattern === undefined || expression !== undefined),
    ),
  },
  {
    row: '2',
    says: 'a bad expression stops the agent',
    isReached: refusedLabels(
      ({ entries }) =>
        entries.every(({ pattern }) => pattern !== undefined) &&
        entries.some(({ expression }) => expression === undefined),
    ),
  },
  { row: '3', says: 'words between blanks', isReached: separates(' ') },
  { row: '3', says: 'words between lines', isReached: separates('\n') },
  { row: '3', says: 'words between U+00A0', isReached: separates('\u00a0') },
  { row: '3', says: 'words between U+0085', isReached: separates('\u0085') },
  { row: '3', says: 'words between U+2003', isReached: separates('\u2003') },
  { row: '3', says: 'a comma is no separator', isReached: labels(anEntry(({ text }) => /[^,{}\d],[^,]/.test(text))) },
  {
    row: '4',
    says: 'an expression that a key has, but first elsewhere than at its start',
    isReached: labels((seen) =>
      seen.entries.some(({ expression, ...entry }) =>
        seen.labels.some(
          ({ source, key }) =>
            isOfSource({ expression, ...entry }, source) &&
            expression?.matches(key) === true &&
            expression.matchAtStart(key) === undefined,
        ),
      ),
    ),
  },
  {
    row: '4',
    says: 'an expression for the beginning of a key',
    isReached: decided((matches, { key }) => matches.some(({ length }) => length > 0 && length < key.length)),
  },
  {
    row: '4',
    says: 'the first alternative, where a later one is longer',
    isReached: decided((matches, { key }) =>
      matches.some(({ entry }) => key.startsWith(FIRST_IS_SHORTER.get(entry.pattern) ?? '\n')),
    ),
  },
  {
    row: '5',
    says: 'an include that is longer than the exclude',
    isReached: decided(
      (matches) => excludes(matches).length > 0 && Math.max(...includes(matches)) > Math.min(...excludes(matches)),
    ),
  },
  {
    row: '5',
    says: 'an exclude that is longer than the include',
    isReached: decided(
      (matches) => includes(matches).length > 0 && Math.max(...includes(matches)) < Math.min(...excludes(matches)),
    ),
  },
  {
    row: '5',
    says: 'the shortest of several excludes',
    isReached: decided((matches) => new Set(excludes(matches).filter((length) => length > 0)).size > 1),
  },
  {
    row: '5',
    says: 'the longest of several includes',
    isReached: decided((matches) => new Set(includes(matches)).size > 1),
  },
  {
    row: '5',
    says: 'a tie',
    isReached: decided(
      (matches) =>
        Math.min(...excludes(matches)) > 0 && Math.max(...includes(matches)) === Math.min(...excludes(matches)),
    ),
  },
  {
    row: '5',
    says: 'a match of length 0',
    isReached: decided((matches) => matches.some(({ length }) => length === 0)),
  },
  {
    row: '5',
    says: 'an exclude of length 0 before another one',
    isReached: decided((matches) => excludes(matches)[0] === 0 && excludes(matches).some((length) => length > 0)),
  },
  {
    row: '5',
    says: 'an exclude of length 0 after another one',
    isReached: decided((matches) => (excludes(matches)[0] ?? 0) > 0 && excludes(matches).includes(0)),
  },
  {
    row: '6',
    says: 'excludes alone keep what no built-in include does',
    isReached: labels(
      (seen) =>
        seen.entries.every(({ excludes }) => excludes) &&
        seen.labels.some((label) => isKept(label, seen) && !isIncludedByDefault(label)),
    ),
  },
  { row: '7', says: 'a file of prefixes', isReached: file('taken', () => true) },
  {
    row: '7',
    says: 'a file that excludes',
    isReached: file('taken', (seen) => written(seen).includes('"invert":true')),
  },
  {
    row: '7',
    says: 'prefixes are literal',
    isReached: file('taken', (seen) => /"prefix":"[^"]*[\\*+?()[\]|^$]/i.test(written(seen))),
  },
  {
    row: '7',
    says: 'any is literal in a file',
    isReached: file('taken', (seen) => /"source":"any"/i.test(written(seen))),
  },
  {
    row: '7',
    says: 'a file takes the place of the built-in rules',
    isReached: file(
      'taken',
      aLabel((label, seen) => isExcludedByDefault(label) && isKept(label, seen)),
    ),
  },
  {
    row: '7',
    says: 'a file, and entries after it',
    isReached: file('taken', (seen) => seen.labels.some((label) => matchesOf(seen.entries, label).length > 0)),
  },
  { row: '7', says: 'a file that the agent refuses', isReached: file('refused', () => true) },
  {
    row: '7',
    says: 'a null entry panics',
    isReached: file('refused', (seen) => seen.answer['stage'] === 'panic' && written(seen).includes('[null')),
  },
  {
    row: '7',
    says: 'only the first JSON value is read',
    isReached: file('taken', (seen) => /\}\]\} ?\S/.test(written(seen))),
  },
  {
    row: '7',
    says: 'keys of a file in any case',
    isReached: file('taken', (seen) => /"Valid-Prefixes"|"PREFIX"/.test(written(seen))),
  },
  { row: '8', says: 'labels of the namespace', isReached: identity(({ namespaceKeys }) => namespaceKeys.length > 1) },
  {
    row: '8',
    says: 'labels of the namespace whose own keys the built-in rules drop',
    isReached: defaults(({ source, key }, { namespaceKeys }) =>
      namespaceKeys.some((own) => key.endsWith(`namespace.labels.${own}`) && isExcludedByDefault({ source, key: own })),
    ),
  },
  {
    row: '8',
    says: 'labels of the namespace whose own keys an entry excludes',
    isReached: (seen) => isAccepted(seen) && seen.namespaceKeys.some((key) => isExcludedByEntry(key, seen)),
  },
];

/** The key as it is, and not with what Cilium writes before it. */
function isExcludedByEntry(key: string, { entries }: SeenQuestion): boolean {
  const asWritten = { source: 'k8s', key };
  const asKept = { source: 'k8s', key: `io.cilium.k8s.namespace.labels.${key}` };
  return (
    excludes(matchesOf(entries, asWritten)).some((length) => length > 0) &&
    excludes(matchesOf(entries, asKept)).length === 0
  );
}
