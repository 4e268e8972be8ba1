/**
 * Names of a server on the command line, as a certificate can carry them.
 */
import { isIP } from 'node:net';
import { CommandError } from './command-error.ts';

const LONGEST_NAME = 253;

export function checkServingNames(names: readonly string[], flag: string): void {
  const bad = names.find((one) => isIP(one) === 0 && !isDnsName(one));
  if (bad === undefined) return;
  throw new CommandError([`${flag} must be a DNS name or an address (is ${JSON.stringify(bad)})`]);
}

/** A leading `*.` stands for one label. */
function isDnsName(text: string): boolean {
  const labels = text.replace(/^\*\./, '').split('.');
  return text.length <= LONGEST_NAME && labels.every((label) => /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/i.test(label));
}
