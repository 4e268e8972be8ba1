/**
 * Which Node the program runs on. The installed command uses whatever Node its user has, and an old one would fail
 * somewhere inside with words that help nobody. This file keeps to syntax that old versions can read.
 */

const OLDEST_MAJOR = 24;

/** One sentence when this version is too old, else undefined. */
export function nodeVersionProblem(version: string): string | undefined {
  const major = Number.parseInt(version, 10);
  if (major >= OLDEST_MAJOR) return undefined;
  return `cilium-bulkhead needs Node ${OLDEST_MAJOR} or later; this is Node ${version}.`;
}
