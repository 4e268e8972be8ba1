/**
 * What rows of the identity tables ask of a question, in their words.
 */
import type { SeenQuestion } from './seen-question.ts';
import { text, texts } from './seen-world.ts';

export type Test = (seen: SeenQuestion) => boolean;

export function identity(test: Test): Test {
  return (seen) => seen.op === 'identity' && seen.answer['ok'] === true && test(seen);
}

export function configured(test: Test): Test {
  return (seen) => (seen.op === 'identity' || seen.op === 'filter') && seen.entries.length > 0 && test(seen);
}

export function accepted(test: Test): Test {
  return configured((seen) => seen.answer['ok'] === true && test(seen));
}

export function file(test: Test): Test {
  return (seen) => text(seen.question['labelPrefixFile']) !== '' && test(seen);
}

export function policy(pattern: RegExp): Test {
  return ({ policy }) => pattern.test(policy);
}

export const hasNamedPorts = ({ answer }: SeenQuestion): boolean =>
  texts(answer['identityLabels']).some((label) => label.startsWith('gen:io.cilium.k8s.named-ports'));
export const namesPort = ({ ports }: SeenQuestion): boolean => ports.some(({ name }) => typeof name === 'string');
export const hasPodKey = (test: (key: string) => boolean): Test => identity(({ podKeys }) => podKeys.some(test));
export const written = ({ question }: SeenQuestion): string => text(question['labelPrefixFile']);
