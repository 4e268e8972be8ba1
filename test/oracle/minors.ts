/**
 * The minors that can be asked: which Go module builds the oracle of each, and where its binary is put.
 */
import { fileURLToPath } from 'node:url';
import { RECORDED, MINORS, type Minor } from '../conformance/recorded-worlds.ts';

export interface OracleBuild {
  readonly minor: Minor;
  /** The patch level that is compiled in, as the Go program says it. */
  readonly cilium: string;
  /** The folder of the Go module. */
  readonly folder: string;
  readonly binary: string;
}

export const BUILDS: readonly OracleBuild[] = MINORS.map((minor) => ({
  minor,
  cilium: RECORDED[minor],
  folder: fileURLToPath(new URL(`v${minor.replace('.', '')}/`, import.meta.url)),
  binary: fileURLToPath(new URL(`bin/cilium-${minor}`, import.meta.url)),
}));

/** `1.20` or `1.20.2` -> the build of that minor, if there is one. */
export function buildOf(version: string): OracleBuild | undefined {
  return BUILDS.find(({ minor, cilium }) => version === minor || version === cilium);
}

/** `1.20.2` -> `1.20`. */
export function minorOf(cilium: string): Minor {
  const found = buildOf(cilium);
  if (found === undefined) throw new Error(`no oracle answers for Cilium "${cilium}"`);
  return found.minor;
}
