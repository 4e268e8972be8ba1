/**
 * Colour as a function, so that a renderer never asks what it is drawn on. Few tones: colour only repeats what a word
 * says already.
 */

export type Tone = 'strong' | 'quiet' | 'bad' | 'caution' | 'good';

/** Must not change the printed width of the text. */
export type Paint = (tone: Tone, text: string) => string;

export const plain: Paint = (_tone, text) => text;

const SGR: Readonly<Record<Tone, string>> = {
  strong: '1',
  quiet: '2',
  bad: '1;31',
  caution: '33',
  good: '32',
};

/** For terminals: ECMA-48 select graphic rendition. */
export const ansi: Paint = (tone, text) => (text === '' ? '' : `\u001b[${SGR[tone]}m${text}\u001b[0m`);
