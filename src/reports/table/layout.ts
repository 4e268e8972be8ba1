/**
 * Text for a terminal: cleaned, wrapped, in columns.
 *
 * Invariant: what comes from an object passes `clean` before it is laid out, so that no name or label moves a cursor,
 * hides text or turns its direction. No line ends in a space. Widths are counted in code points. Cost: linear.
 */
import { visible } from '../../plain-text.ts';
import type { Paint, Tone } from './paint.ts';

export interface Canvas {
  /** Columns of the terminal; Infinity where the text goes to a file. */
  readonly width: number;
  readonly paint: Paint;
}

/** A word in the left margin, and the text beside it. */
export interface Item {
  readonly label: string;
  readonly labelTone?: Tone;
  readonly text: string;
  readonly tone?: Tone;
}

/** The left margin: `violation` behind an indent of two, or `1,048,576`. */
const MARGIN = 11;
const GAP = '  ';
/** Longer than any name or label that an API server accepts. */
const LONGEST_TEXT = 2_000;
/** Below this, wrapping makes a text harder to read than a terminal's own wrapping does. */
const NARROWEST_TEXT = 24;

export function clean(text: string): string {
  return visible(text, LONGEST_TEXT);
}

/** Greedy, at spaces. A word that is longer than the line stays whole: names are there to be copied. */
export function wrap(text: string, width: number): readonly string[] {
  const room = Math.max(width, NARROWEST_TEXT);
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (word === '') continue;
    if (line !== '' && widthOf(line) + 1 + widthOf(word) > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** What can be read over. */
export function detail(label: string, text: string): Item {
  return { label, labelTone: 'quiet', text, tone: 'quiet' };
}

/** Labels right-aligned in the margin, texts wrapped beside them. */
export function itemLines(items: readonly Item[], canvas: Canvas): string[] {
  const lines: string[] = [];
  for (const { label, labelTone, text, tone } of items) {
    const [first = '', ...rest] = wrap(clean(text), canvas.width - MARGIN - GAP.length);
    const margin = ' '.repeat(Math.max(0, MARGIN - widthOf(label))) + toned(canvas, labelTone, label);
    lines.push(margin + GAP + toned(canvas, tone, first));
    for (const part of rest) lines.push(' '.repeat(MARGIN) + GAP + toned(canvas, tone, part));
  }
  return lines;
}

/** Lines of a document: no trailing space, one line feed at the end. */
export function document(lines: readonly string[]): string {
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

export function widthOf(text: string): number {
  return Array.from(text).length;
}

/** `12,041`. */
export function number(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 object`, `2 objects`. */
export function count(value: number, noun: { readonly one: string; readonly many: string }): string {
  return `${number(value)} ${value === 1 ? noun.one : noun.many}`;
}

/** Share of a limit, in whole percent; never 100 % below the limit, nor 0 % above nothing. */
export function percent(part: number, whole: number): string {
  if (whole <= 0) return '-';
  const exact = (100 * part) / whole;
  if (part < whole) return part > 0 && exact < 1 ? '<1 %' : `${Math.min(99, Math.round(exact))} %`;
  return `${Math.floor(exact)} %`;
}

function toned(canvas: Canvas, tone: Tone | undefined, text: string): string {
  return tone === undefined ? text : canvas.paint(tone, text);
}
