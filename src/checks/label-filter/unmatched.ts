/**
 * Entries that match no label, whatever pods and namespaces come: lists with commas, sources that no label of a pod has,
 * characters that no key has; and those that match nothing here because a match has to start where the key does.
 *
 * An include of that kind does harm all the same: a label that no include names is no part of identities any more.
 */
import {
  expressionFor,
  splitFilterEntry,
  writeFilterEntry,
  type WrittenEntry,
} from '../../cilium/identity/filter-rule.ts';
import type { Label } from '../../cilium/identity/label.ts';
import { NAMESPACE_LABEL_PREFIX } from '../../cilium/identity/pod-labels.ts';
import { compileGoRegexp } from '../../cilium/re2.ts';
import { PAUSE, type Pause } from '../check.ts';
import type { FilterReasons } from '../facts/findings/label-filter.ts';
import { meant, meantInstead } from './correction.ts';
import { impossibleCharacter, spelledKey, textOf, type Token } from './expression.ts';
import type { Entry, LabelStudy } from './label-study.ts';
import type { Trap } from './trap.ts';

type UnmatchedId = 'filter-comma' | 'filter-source' | 'filter-no-such-key' | 'filter-not-at-start';

/** What is wrong, and the entries that were probably meant; none: nothing better than to leave it out. */
type Diagnosis = {
  readonly [Id in UnmatchedId]: {
    readonly id: Id;
    readonly reason: FilterReasons[Id];
    readonly instead: readonly string[];
    readonly labels: readonly Label[];
  };
}[UnmatchedId];

export function* unmatchedTraps(study: LabelStudy): Generator<Pause, readonly Trap[]> {
  const diagnoses: (Diagnosis & { readonly entry: Entry })[] = [];
  for (const entry of study.entries) {
    yield PAUSE;
    const diagnosis = matchesNothing(study, entry) ?? matchesElsewhere(study, entry);
    if (diagnosis !== undefined) diagnoses.push({ entry, ...diagnosis });
  }
  // Who writes one entry so writes them all so: a value in which each of them is mended, if that can be.
  const all = meant(
    study,
    diagnoses.map(({ entry, instead }) => ({ entry, texts: instead })),
  );
  const traps: Trap[] = [];
  for (const { instead, ...trap } of diagnoses) {
    yield PAUSE;
    const { entry } = trap;
    const correction = all ?? meantInstead(study, { entry, texts: instead });
    const lost = study.lostToIncludeMode(entry);
    traps.push({ ...trap, where: 'labels', lost, correction });
  }
  return traps;
}

function matchesNothing(study: LabelStudy, { rule, written, tokens }: Entry): Diagnosis | undefined {
  if (study.matched(rule).length > 0) return undefined;
  return separated(written, tokens) ?? ofAnotherSource(written) ?? impossible(written, tokens);
}

const SEPARATORS = /^[,;]$/;

function separated({ source, effect }: WrittenEntry, tokens: readonly Token[]): Diagnosis | undefined {
  const isSeparator = (token: Token) => token.kind === 'character' && SEPARATORS.test(token.text);
  if (!tokens.some(isSeparator)) return undefined;
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (isSeparator(token)) parts.push([]);
    else parts.at(-1)?.push(token);
  }
  const [first = '', ...others] = parts.map(textOf);
  const texts = [first === '' ? '' : writeFilterEntry({ source, effect, expression: first }), ...others];
  return { id: 'filter-comma', reason: 'separator', instead: texts.flatMap(ofUsefulSource), labels: [] };
}

function ofUsefulSource(text: string): readonly string[] {
  const written = splitFilterEntry(text);
  return written === undefined ? [] : (ofAnotherSource(written)?.instead ?? [text]);
}

/** `reserved` is a source, though not of pods. */
const SOURCES_OF_USE: readonly string[] = ['', 'k8s', 'reserved'];
/** Nothing, or words of Cilium that elsewhere mean any source, or the one of pods. */
const SOURCES_MISTAKEN: readonly string[] = ['', 'any', 'container', 'kubernetes', 'unspec', 'k8s'];

function ofAnotherSource(written: WrittenEntry): Diagnosis | undefined {
  const { source } = written;
  if (SOURCES_OF_USE.includes(source)) return undefined;
  const excludes = source.startsWith('!');
  const named = excludes ? source.slice(1) : source;
  const isMistaken = SOURCES_MISTAKEN.includes(named.toLowerCase());
  const effect = excludes ? 'exclude' : written.effect;
  const instead = isMistaken ? [writeFilterEntry({ ...written, effect, source: named === 'k8s' ? named : '' })] : [];
  const reason = excludes ? 'exclamation' : named === 'any' ? 'any' : 'other';
  return { id: 'filter-source', reason, instead, labels: [] };
}

function impossible(written: WrittenEntry, tokens: readonly Token[]): Diagnosis | undefined {
  const isMinus = tokens[0]?.text === '-' && written.effect === 'include';
  const character = isMinus ? '-' : impossibleCharacter(tokens);
  if (character === undefined) return undefined;
  const { expression } = written;
  const found = { id: 'filter-no-such-key', labels: [] } as const;
  const rewritten = (changes: Partial<WrittenEntry>) => [writeFilterEntry({ ...written, ...changes })];
  switch (character) {
    case '=':
      return { ...found, reason: 'value', instead: rewritten({ expression: `${expression.split('=', 1)[0] ?? ''}$` }) };
    case '"':
    case "'":
      return { ...found, reason: 'quotes', instead: rewritten({ expression: expression.replaceAll(character, '') }) };
    case '!':
      return { ...found, reason: 'exclamation', instead: rewritten({ expression: expression.replaceAll('!', '') }) };
    case '-':
      return {
        ...found,
        reason: 'minus',
        instead: rewritten({ effect: 'exclude', expression: expression.replace('-', '') }),
      };
    default:
      return { ...found, reason: 'character', instead: [] };
  }
}

/** Of the labels that are known it matches none, and some that it would decide have it further on. */
function matchesElsewhere(study: LabelStudy, { rule, written, tokens }: Entry): Diagnosis | undefined {
  if (!['', 'k8s'].includes(rule.source) || tokens[0]?.text === '^') return undefined;
  if (study.matched(rule).some((label) => study.isKnown(label))) return undefined;
  const spelled = spelledKey(tokens);
  const search = compileGoRegexp(written.expression);
  const labels = study.labels.filter(
    (label) =>
      study.isPresent(label) &&
      study.filter.keeps(label) !== (rule.effect === 'include') &&
      (spelled === undefined ? search.ok && search.value.matches(label.key) : isNameOf(label.key, spelled)),
  );
  if (labels.length === 0) return undefined;
  const ofNamespace = labels.find(({ key }) => key === NAMESPACE_LABEL_PREFIX + (spelled ?? ''));
  const before = ofNamespace === undefined ? '.*' : expressionFor(NAMESPACE_LABEL_PREFIX);
  return {
    id: 'filter-not-at-start',
    reason: ofNamespace === undefined ? 'middle' : 'namespace-label',
    instead: [writeFilterEntry({ ...written, expression: before + written.expression })],
    labels: ofNamespace === undefined ? labels : [ofNamespace],
  };
}

/** A word that is somewhere in a key is not what somebody means who writes a whole name. */
function isNameOf(key: string, name: string): boolean {
  return key === NAMESPACE_LABEL_PREFIX + name || key.endsWith(`/${name}`);
}
