/**
 * Label filters: values of `labels` in cilium-config with includes, excludes, sources and regular expressions, right and
 * wrong; and label-prefix files.
 */
import { pick, type Random } from '../../support/hostile-random.ts';
import { chance, maybe, several, weighted } from './chance.ts';
import type { Json } from './json.ts';
import { labelKey } from './labels.ts';

const SEPARATORS = [' ', ' ', ' ', '  ', '\t', '\n', '\u00a0', '\u0085', '\u2003', ','];
const SOURCES = ['k8s:', 'k8s:', 'any:', 'reserved:', 'gen:', 'cni:', ':', 'k8s::'];
const WHOLE_PATTERNS = [
  '.*',
  '.',
  '.+',
  '',
  '^',
  '$',
  '^app',
  'app$',
  'a*',
  '(a|ab)(c|b)?',
  'a|app',
  'k8s|k8s-app',
  '(te|team)',
  'io\\.kubernetes\\.',
  'io.cilium.k8s.',
  '[^i]',
  '(?i)APP',
  '(?i:TEAM)',
];
const PATTERN_TOKENS = [
  'a',
  'app',
  'team',
  'io',
  'k8s',
  '-',
  '_',
  '/',
  '.',
  '\\.',
  '*',
  '+',
  '?',
  '|',
  '(',
  ')',
  '(?:',
  '[a-z]',
  '[^a]',
  '\\w',
  '\\d',
  '\\S',
  '\\b',
  '^',
  '$',
  '{2}',
  '{1,3}',
  '{,2}',
  '{1001}',
  '(?i)',
  '(?s)',
  '(?U)',
  '(?P<n>',
  '(?<n>',
  '(?=',
  '(?!',
  '\\1',
  '\\Q',
  '\\E',
  '\\pL',
  '\\p{Greek}',
  '[[:alpha:]]',
  '\\x61',
  '\\z',
  '*?',
  '++',
  '[',
  ']',
  '\\',
  '\\C',
  'é',
];

export function labelsConfig(random: Random): string {
  if (chance(0.15, random)) return pick(['', ' ', '!', '!!', 'k8s:', '!k8s:', ':!app', ','], random);
  if (chance(0.17, random)) return rivals(random);
  return several(4, random, entry).reduce((text, one) => `${text}${pick(SEPARATORS, random)}${one}`);
}

/** Entries that match one key, in several lengths. */
function rivals(random: Random): string {
  const key = pick(['app', 'app', 'team', 'tier', 'k8s-app', 'a'], random);
  const expressions = [key, key, `${key}$`, key.slice(0, 1), `${key.slice(0, 1)}.*`, '.*', '^', 'b*', '(?i)', '(?U)'];
  const one = (random: Random): string =>
    `${pick(['', '', '', '', 'k8s:', '!k8s:', 'any:'], random)}${pick(['', '!', '!', '!'], random)}${pick(expressions, random)}`;
  return [one(random), ...several(3, random, one)].join(' ');
}

function entry(random: Random): string {
  const source = chance(0.35, random) ? pick(SOURCES, random) : '';
  const exclude = chance(0.5, random) ? '!' : '';
  const text = weighted(
    [
      [5, literal],
      [3, () => pick(WHOLE_PATTERNS, random)],
      [2, composed],
    ],
    random,
  );
  return chance(0.8, random) ? `${source}${exclude}${text}` : `${exclude}${source}${text}`;
}

/** A key, whole or its beginning, escaped or not, with or without an end. */
function literal(random: Random): string {
  const key = labelKey(random);
  const part = chance(0.3, random) ? key.slice(0, 1 + Math.floor(random() * key.length)) : key;
  const escaped = chance(0.5, random) ? part.replaceAll('.', '\\.') : part;
  return `${escaped}${pick(['', '', '$', '.*', '|app'], random)}`;
}

function composed(random: Random): string {
  return several(4, random, () => pick(PATTERN_TOKENS, random)).join('');
}

const ODD_FILES = [
  '{',
  '[]',
  'null',
  '{"version":2}',
  '{"version":1}',
  '{"version":1,"valid-prefixes":[null]}',
  '{"version":1,"valid-prefixes":[null]}',
  '{"version":1,"valid-prefixes":[null]}',
];

/** Content of a label-prefix file; most are none. */
export function prefixFile(random: Random): string {
  if (chance(0.8, random)) return '';
  if (chance(0.35, random)) return pick(ODD_FILES, random);
  const prefixes = several(4, random, prefixEntry);
  const names = chance(0.25, random) ? ['Version', 'Valid-Prefixes'] : ['version', 'valid-prefixes'];
  const file = JSON.stringify({ [names[0] ?? '']: 1, [names[1] ?? '']: prefixes });
  return chance(0.25, random) ? `${file} trailing` : file;
}

const SOURCES_IN_FILES = ['k8s', 'k8s', 'k8s', 'k8s', 'k8s', 'any', 'any', 'any', 'reserved', 'gen', 'k8s:', ''];

function prefixEntry(random: Random): Json {
  return {
    prefix: weighted(
      [
        [3, literal],
        [1, composed],
      ],
      random,
    ),
    ...maybe(0.96, random, () => ({ source: pick(SOURCES_IN_FILES, random) })),
    ...maybe(0.4, random, () => ({ invert: true })),
  };
}
