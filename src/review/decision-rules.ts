/**
 * What the configuration says about who is judged how: the off switch, tenants with settings of their own, exemptions, the ramp.
 *
 * Precedence: exemption, then tenant, then check; `maxMode` is above all of them. All of it comes from the operator: nothing
 * that a tenant can write changes how it is judged.
 */
import type { CheckId } from '../checks/facts/finding-facts.ts';
import type { CheckSettings, Mode } from '../checks/settings.ts';
import type { Tenant } from '../cluster/tenant.ts';

export interface DecisionRules {
  /** Caps every mode. */
  readonly maxMode: Mode;
  /** Tenants with settings of their own, which are whole: what is not said of the tenant is as for everybody. */
  readonly tenants: ReadonlyMap<Tenant, CheckSettings>;
  readonly exemptions: readonly Exemption[];
  /** Objects that were created before get advice only; milliseconds since 1970. */
  readonly createdAfter?: number;
  /** What becomes of a policy that cannot be judged. */
  readonly unknownPolicies: 'allow' | 'deny';
}

/** Who is exempt from what. Who asks and whose object it is count together, where both are said. */
export interface Exemption {
  readonly name: string;
  readonly reason: string;
  /** From then on it has no effect; milliseconds since 1970. */
  readonly expires: number;
  readonly checks: ReadonlySet<CheckId>;
  /** Absent: whoever asks. */
  readonly requesters?: { readonly users: ReadonlySet<string>; readonly groups: ReadonlySet<string> };
  /** Absent: of whatever tenant. */
  readonly tenants?: ReadonlySet<Tenant>;
}

export const DEFAULT_RULES: DecisionRules = {
  maxMode: 'enforce',
  tenants: new Map(),
  exemptions: [],
  unknownPolicies: 'allow',
};

/** Where no time is known, none of them is. */
export function isExpired({ expires }: Exemption, now: number | undefined): boolean {
  return now !== undefined && expires <= now;
}
