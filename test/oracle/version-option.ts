/**
 * The minor that a program asks, as it stands on its command line.
 */
import { InvalidArgumentError, Option } from 'commander';
import { buildOf, BUILDS, type OracleBuild } from './minors.ts';

/** A version that has no oracle is an error of who wrote it. */
export function readBuild(text: string): OracleBuild {
  const build = buildOf(text);
  if (build !== undefined) return build;
  throw new InvalidArgumentError(`There are ${BUILDS.map(({ minor }) => minor).join(', ')}.`);
}

export function versionOption(): Option {
  const known = BUILDS.map(({ minor, cilium }) => `${minor} (${cilium})`).join(', ');
  return new Option('--version <minor>', `which Cilium is asked: ${known}`).argParser(readBuild).makeOptionMandatory();
}
