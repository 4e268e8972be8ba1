/**
 * How the author of one change is judged: the settings that hold for him, and which checks he is exempt from.
 *
 * Invariant: an exemption changes nothing for anybody whom it does not match, and makes no mode stricter. A Namespace that changes
 * hands has two tenants: it is judged by the stricter mode, and an exemption has to match both.
 * Cost: O(exemptions), for each submission.
 */
import { CHECK_IDS, type CheckId } from '../checks/facts/finding-facts.ts';
import type { Requester } from '../checks/check.ts';
import { MODES, type CheckSettings, type Mode } from '../checks/settings.ts';
import type { Tenant } from '../cluster/tenant.ts';
import { isExpired, type DecisionRules, type Exemption } from './decision-rules.ts';
import { mistrustsByCheck, type Mistrust } from './mistrust.ts';

export interface Author {
  /** The one that has the object afterwards first. */
  readonly tenants: readonly [Tenant, ...Tenant[]];
  /** Absent in an audit: nobody asks. */
  readonly requester?: Requester;
  /** When the object was created; absent where nobody knows. */
  readonly created?: number | undefined;
}

export interface Standing {
  /** Modes in force, and how the checks are tuned. */
  readonly settings: CheckSettings;
  /** What is found by these is recorded, and nothing else. */
  readonly exemptions: ReadonlyMap<CheckId, Exemption>;
  /** What is found by these is recorded, and nothing else: the model may be wrong. */
  readonly mistrusts: ReadonlyMap<CheckId, Mistrust>;
  /** The object is older than the day from which on objects are judged in earnest: it gets advice only. */
  readonly isOlder: boolean;
}

export interface StandingQuestion {
  /** Those of everybody. */
  readonly settings: CheckSettings;
  readonly rules: DecisionRules;
  /** In milliseconds since 1970; absent: no exemption has expired. */
  readonly now: number | undefined;
  /** By default none. */
  readonly mistrusts?: readonly Mistrust[];
}

export function standingOf(author: Author, { settings, rules, now, mistrusts = [] }: StandingQuestion): Standing {
  const own = settingsOf(author, rules, settings);
  const exemptions = rules.exemptions.length === 0 ? NO_EXEMPTIONS : exemptionsOf(author, rules, now);
  const mistrusted = mistrusts.length === 0 ? NO_MISTRUSTS : mistrustsByCheck(mistrusts);
  const { createdAfter } = rules;
  return {
    settings: softened(own, rules.maxMode, [exemptions, mistrusted]),
    exemptions,
    mistrusts: mistrusted,
    isOlder: createdAfter !== undefined && author.created !== undefined && author.created < createdAfter,
  };
}

const NO_EXEMPTIONS: Standing['exemptions'] = new Map();
const NO_MISTRUSTS: Standing['mistrusts'] = new Map();

function settingsOf({ tenants }: Author, rules: DecisionRules, settings: CheckSettings): CheckSettings {
  if (rules.tenants.size === 0) return settings;
  return tenants.map((tenant) => rules.tenants.get(tenant) ?? settings).reduce(stricter);
}

/** Of each check the strictest mode that anybody has. */
export function strictestModes({ modes }: CheckSettings, { maxMode, tenants }: DecisionRules): CheckSettings['modes'] {
  const strictest = (id: CheckId): Mode =>
    [...tenants.values()].reduce((mode, own) => stricterMode(mode, own.modes[id]), modes[id]);
  return modesOf((id) => milderMode(strictest(id), maxMode));
}

/** The modes and words of both, whichever is stricter; else `first`, whose the object is afterwards. */
function stricter(first: CheckSettings, other: CheckSettings): CheckSettings {
  const allowed = allowedByBoth(first.identityLabels.allowed, other.identityLabels.allowed);
  const advicePercent = Math.min(first.policyMapOverflow.advicePercent, other.policyMapOverflow.advicePercent);
  return {
    ...first,
    modes: modesOf((id) => stricterMode(first.modes[id], other.modes[id])),
    adviceAsWarning: new Set([...first.adviceAsWarning, ...other.adviceAsWarning]),
    identityLabels: allowed === undefined ? {} : { allowed },
    policyMapOverflow: { ...first.policyMapOverflow, advicePercent },
  };
}

function allowedByBoth(
  one: readonly string[] | undefined,
  other: readonly string[] | undefined,
): readonly string[] | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.filter((key) => other.includes(key));
}

/** `recorded`: what is found by these is recorded only. */
function softened(
  settings: CheckSettings,
  maxMode: Mode,
  recorded: readonly ReadonlyMap<CheckId, unknown>[],
): CheckSettings {
  if (maxMode === 'enforce' && recorded.every(({ size }) => size === 0)) return settings;
  const isRecorded = (id: CheckId): boolean => recorded.some((checks) => checks.has(id));
  const cap = (id: CheckId): Mode => (isRecorded(id) ? milderMode(maxMode, 'audit') : maxMode);
  return {
    ...settings,
    modes: modesOf((id) => milderMode(settings.modes[id], cap(id))),
    adviceAsWarning: new Set([...settings.adviceAsWarning].filter((id) => isAtLeast(cap(id), 'warn'))),
  };
}

function modesOf(mode: (id: CheckId) => Mode): Readonly<Record<CheckId, Mode>> {
  return Object.fromEntries(CHECK_IDS.map((id) => [id, mode(id)])) as Record<CheckId, Mode>;
}

function isAtLeast(mode: Mode, other: Mode): boolean {
  return MODES.indexOf(mode) >= MODES.indexOf(other);
}

function stricterMode(a: Mode, b: Mode): Mode {
  return isAtLeast(a, b) ? a : b;
}

export function milderMode(a: Mode, b: Mode): Mode {
  return isAtLeast(a, b) ? b : a;
}

/** Of several that match a check, the most permissive: the one for most checks, then the one that lasts longest. */
function exemptionsOf(author: Author, { exemptions }: DecisionRules, now: number | undefined): Standing['exemptions'] {
  const matching = exemptions
    .filter((exemption) => !isExpired(exemption, now) && matches(exemption, author))
    .sort((a, b) => b.checks.size - a.checks.size || b.expires - a.expires);
  const applied = new Map<CheckId, Exemption>();
  for (const exemption of matching) {
    for (const id of exemption.checks) if (!applied.has(id)) applied.set(id, exemption);
  }
  return applied;
}

function matches({ requesters, tenants }: Exemption, author: Author): boolean {
  if (tenants !== undefined && !author.tenants.every((tenant) => tenants.has(tenant))) return false;
  if (requesters === undefined) return true;
  const { requester } = author;
  if (requester === undefined) return false;
  return requesters.users.has(requester.username) || requester.groups.some((group) => requesters.groups.has(group));
}
