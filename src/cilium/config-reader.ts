/**
 * Reads typed values out of cilium-config and notes what cannot be taken as written.
 *
 * Mirrors how the agent reads its ConfigMap (pkg/option/config.go: ReadDirConfig, validateConfigMap; viper, spf13/cast).
 * Invariant: every method returns a usable value; where the text is no such value, that is the default and a problem is noted.
 */
import { fields, parseBool, parseDurationMs, parseInteger, trimSpace } from './go-text.ts';

export interface AgentConfigProblem {
  readonly key: string;
  readonly reason: string;
}

/** Both ends belong to it. */
export interface Interval {
  readonly least: number;
  readonly most: number;
}

const SHOWN_CHARACTERS = 64;

export class ConfigReader {
  readonly #data: ReadonlyMap<string, string>;
  readonly #problems: AgentConfigProblem[] = [];

  constructor(data: ReadonlyMap<string, string>) {
    this.#data = data;
  }

  get problems(): readonly AgentConfigProblem[] {
    return this.#problems;
  }

  /** Notes a problem; the value is quoted in front of the reason. */
  note(key: string, reason: string): void {
    const shown = (this.#text(key) ?? '').slice(0, SHOWN_CHARACTERS);
    this.#problems.push({ key, reason: `"${shown}" ${reason}` });
  }

  /** Without white space around it; undefined where the key is absent or blank. */
  text(key: string): string | undefined {
    const text = this.#text(key);
    return text === '' ? undefined : text;
  }

  bool(key: string, byDefault: boolean): boolean {
    return this.#parsed(key, byDefault, { parse: parseBool, expected: 'true or false' });
  }

  integer(key: string, byDefault: number, allowed: Interval): number {
    const parse = (text: string) => {
      const value = parseInteger(text);
      return value === undefined || value < allowed.least || value > allowed.most ? undefined : value;
    };
    return this.#parsed(key, byDefault, { parse, expected: `a number from ${allowed.least} to ${allowed.most}` });
  }

  /** As `integer`, but a number outside is moved to the nearer end, as the agent does. */
  clampedInteger(key: string, byDefault: number, allowed: Interval): number {
    const value = this.#parsed(key, byDefault, { parse: parseInteger, expected: 'a number' });
    const clamped = Math.min(Math.max(value, allowed.least), allowed.most);
    if (clamped !== value) {
      this.note(key, `is outside ${allowed.least} to ${allowed.most}; the agent uses ${clamped}`);
    }
    return clamped;
  }

  durationMs(key: string, byDefault: number): number {
    const parse = (text: string) => {
      const value = parseDurationMs(text);
      return value === undefined || value < 0 ? undefined : value;
    };
    return this.#parsed(key, byDefault, { parse, expected: 'a duration such as 15m0s' });
  }

  word<Word extends string>(key: string, words: readonly Word[], byDefault: NoInfer<Word>): Word {
    const parse = (text: string) => words.find((word) => word === text);
    return this.#parsed(key, byDefault, { parse, expected: `one of ${words.join(', ')}` });
  }

  wordInAnyCase<Word extends string>(key: string, words: readonly Word[], byDefault: NoInfer<Word>): Word {
    const parse = (text: string) => words.find((word) => word === text.toLowerCase());
    return this.#parsed(key, byDefault, { parse, expected: `one of ${words.join(', ')}` });
  }

  /** Words between white space, all of them known; none by default. */
  words(key: string, known: readonly string[]): readonly string[] {
    const parse = (text: string) => {
      const words = fields(text);
      return words.every((word) => known.includes(word)) ? words : undefined;
    };
    return this.#parsed<readonly string[]>(key, [], { parse, expected: `made of ${known.join(', ')}` });
  }

  #text(key: string): string | undefined {
    const text = this.#data.get(key);
    return text === undefined ? undefined : trimSpace(text);
  }

  #parsed<Value>(
    key: string,
    byDefault: Value,
    how: { readonly parse: (text: string) => Value | undefined; readonly expected: string },
  ): Value {
    const text = this.#text(key);
    if (text === undefined) return byDefault;
    const value = how.parse(text);
    if (value === undefined) this.note(key, `is not ${how.expected}; the model takes the default`);
    return value ?? byDefault;
  }
}
