/**
 * An expression of the label filter as its author wrote it: which characters stand for themselves, which do something else.
 *
 * Only for expressions that compile; Go's syntax (regexp/syntax) decides what a character means, src/cilium/re2.ts what an
 * expression matches. Nothing here says what is matched.
 * Invariant: the texts of the tokens, put together, are the expression.
 * Cost: linear in the text.
 */

export interface Token {
  readonly text: string;
  /**
   * `character`: matches just itself, escaped or not. `any`: a dot. `repeat`: how often what stands before it is matched.
   * `other`: groups, classes, anchors, alternatives.
   */
  readonly kind: 'character' | 'any' | 'repeat' | 'other';
}

/** Quoted text, an escape, a class, a repeat; or any one character. */
const TOKEN =
  /\\Q[\s\S]*?(?:\\E|$)|\\(?:[pPx]\{[^}]*\}|[pP][^{]|[\s\S])|\[\^?\]?(?:[^\]\\[]|\\[\s\S]|\[:\^?\w+:\]|\[(?!:))*\]|(?:[*+?]|\{\d+(?:,\d*)?\})\??|[\s\S]/gu;

export function tokensOf(expression: string): readonly Token[] {
  return [...expression.matchAll(TOKEN)].map(([text]) => ({ text, kind: kindOf(text) }));
}

function kindOf(text: string): Token['kind'] {
  if (text === '.') return 'any';
  if (/^(?:[*+?]|\{.)/.test(text)) return 'repeat';
  if (/^\\[^\w\s]$/.test(text)) return 'character';
  return text.length > 2 || /^[\\()|^$[]/.test(text) ? 'other' : 'character';
}

/** What a token of kind `character` matches. */
function characterOf({ text }: Token): string {
  return text.startsWith('\\') ? text.slice(1) : text;
}

/** The one key that the expression spells, dots taken for dots; undefined where it stands for several. */
export function spelledKey(tokens: readonly Token[]): string | undefined {
  const from = tokens[0]?.text === '^' ? 1 : 0;
  const to = tokens.at(-1)?.text === '$' ? -1 : tokens.length;
  let key = '';
  for (const token of tokens.slice(from, to)) {
    if (token.kind !== 'character' && token.kind !== 'any') return undefined;
    key += characterOf(token);
  }
  return isLabelKey(key) ? key : undefined;
}

/** Characters that Kubernetes takes in a key, and the first of them. */
export function isLabelKey(text: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._/-]*$/.test(text);
}

/** A character that no label key has and that every match needs; undefined where there is none for certain. */
export function impossibleCharacter(tokens: readonly Token[]): string | undefined {
  if (tokens.some(({ text }) => text === '|')) return undefined;
  const found = tokens.find(
    (token, index) =>
      token.kind === 'character' && tokens[index + 1]?.kind !== 'repeat' && !/[A-Za-z0-9._/-]/.test(characterOf(token)),
  );
  return found === undefined ? undefined : characterOf(found);
}

/** Whether it is a dot that stands between characters, as in a name, and matches any character there. */
export function isDotOfName(token: Token, index: number, tokens: readonly Token[]): boolean {
  return token.kind === 'any' && tokens[index - 1]?.kind === 'character' && tokens[index + 1]?.kind === 'character';
}

/** Whether it is a star that repeats one character of a name, as nobody means it who knows that it does. */
export function isStarOfGlob(token: Token, index: number, tokens: readonly Token[]): boolean {
  return token.text === '*' && tokens[index - 1]?.kind === 'character';
}

export function textOf(tokens: readonly Token[]): string {
  return tokens.map(({ text }) => text).join('');
}
