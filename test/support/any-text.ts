/**
 * Any text at all: every code point, control characters more often, halves of surrogate pairs too.
 *
 * fast-check's own unit for this makes a table of all code points first, which takes longer than most tests.
 */
import fc from 'fast-check';

const LAST_CODE_POINT = 0x10ffff;
const LAST_OF_LATIN = 0xff;

const codePoint = fc.oneof(
  fc.integer({ min: 0, max: LAST_CODE_POINT }),
  fc.integer({ min: 0, max: LAST_OF_LATIN }),
  fc.constantFrom(0xd800, 0xdfff, 0x2028, 0x202e),
);

/** Of at most so many code points; fast-check decides if it is not said how many. */
export function anyText(limits: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  return fc.array(codePoint, limits).map((codePoints) => String.fromCodePoint(...codePoints));
}
