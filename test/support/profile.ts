/**
 * Profiles for tests, by version.
 */
import assert from 'node:assert/strict';
import { parseVersion, profileOf, type Profile } from '../../src/cilium/profile.ts';

/** One patch level of each minor that answers were recorded from. */
export const RECORDED_VERSIONS = ['1.18.8', '1.19.5', '1.20.2'] as const;

export function profileFor(version: string): Profile {
  const parsed = parseVersion(version);
  assert.ok(parsed.ok, `${version} is not a version`);
  const profile = profileOf(parsed.value);
  assert.ok(profile.ok, `${version} has no profile`);
  return profile.value;
}
