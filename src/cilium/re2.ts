/**
 * Go regular expressions: the only home of re2js.
 *
 * Mirrors Go's regexp package (RE2 syntax, leftmost-first). Native expressions give other answers: they lack inline flags
 * and POSIX classes, and accept lookarounds and backreferences that Go refuses.
 * Cost: linear in the text.
 * Known differences, none of which can matter for a label key (ASCII): Unicode classes by a long name such as \p{Greek} or
 * \p{Dash}, where versions of Go differ among themselves.
 */
import { RE2JS, RE2JSException, RE2JSSyntaxException } from 're2js';
import { byteLength } from './go-text.ts';
import { fail, ok, type Result } from './result.ts';

export interface GoRegexp {
  readonly pattern: string;
  /** End of the leftmost match in UTF-8 bytes where that match starts at 0, else undefined. */
  matchAtStart(text: string): number | undefined;
  /** Whether the text contains a match, as regexp.MatchString. */
  matches(text: string): boolean;
}

/** The expression, or Go's reason to refuse it (lookahead, backreference, a repeat above 1000, ...). */
export function compileGoRegexp(pattern: string): Result<GoRegexp, string> {
  try {
    const compiled = compileWithGroups(pattern);
    return ok({
      pattern,
      matchAtStart: (text) => matchAtStart(compiled, text),
      matches: (text) => compiled.test(text),
    });
  } catch (error) {
    if (error instanceof RE2JSException) return fail(error.message);
    throw error;
  }
}

/** Go takes two groups of one name, and any name of letters and digits; nobody reads the names. */
function compileWithGroups(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    if (!(error instanceof RE2JSSyntaxException) || !error.message.includes('duplicate capture group name'))
      throw error;
    return RE2JS.compile(withoutGroupNames(pattern));
  }
}

/** What stands before a group's name as it is: an escaped character, a quoted stretch, a class. */
const NAMED_GROUP = /\\Q[^]*?(?:\\E|$)|\\[^]|\[\^?\]?(?:\\[^]|\[:\^?[a-z]+:\]|[^\]\\])*\]|\((?:\?P?<[A-Za-z0-9_]+>)?/g;

function withoutGroupNames(pattern: string): string {
  return pattern.replaceAll(NAMED_GROUP, (found) => (found.startsWith('(') ? '(' : found));
}

function matchAtStart(compiled: RE2JS, text: string): number | undefined {
  const matcher = compiled.matcher(text);
  if (!matcher.find() || matcher.start() !== 0) return undefined;
  return byteLength(text, matcher.end());
}
