/**
 * What would make room: a narrower protocol, patience, or a smaller policy.
 */
import type { ParsedPolicy } from '../../cilium/policy/rule.ts';
import type { Settings } from '../../cluster/settings.ts';
import type { Fix } from '../check.ts';
import type { Contributor } from './contributors.ts';
import type { Growth } from './growth.ts';
import { narrowProtocol } from './narrow-protocol.ts';

export interface FixInput {
  readonly growth: Growth;
  /** Entries once unused identities are collected. */
  readonly settled: number;
  readonly contributors: readonly Contributor[];
  /** The submitted policy; undefined for other objects. */
  readonly policy: ParsedPolicy | undefined;
  readonly settings: Settings;
}

export function fixesFor(input: FixInput): readonly Fix[] {
  const { policy, contributors, growth, settled, settings } = input;
  const narrowed = policy?.kind === 'parsed' ? narrowProtocol(policy.rules, contributors) : undefined;
  const limit = settings.config.policyMapMax;
  const words = settled <= limit ? patience(settled, settings) : room(growth, limit);
  return [...(narrowed === undefined ? [] : [narrowed]), { kind: 'words', text: words }];
}

/** An identity goes at most two heartbeats and a collection after its last use (operator/identitygc). */
function patience(settled: number, { config }: Settings): string {
  const minutes = Math.ceil((2 * config.identityHeartbeatTimeoutMs + config.identityGCIntervalMs) / 60_000);
  return `try again once unused identities are collected, within about ${minutes} min: then it needs ${settled} entries`;
}

function room({ before, after }: Growth, limit: number): string {
  const left = Math.max(0, limit - before);
  return `${after - before} entries are added and ${left} are left: name fewer peers, single ports, or protocol TCP alone`;
}
