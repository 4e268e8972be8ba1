/**
 * A policy class as its rules make it. Its policy may be let go, and is made again when somebody asks for it.
 *
 * Of most classes of a cluster nobody does, once their bounds are known: five thousand policies that wait for it are tens of megabytes.
 * Classes that differ in own ports alone share one.
 * Invariant: the policy that comes is the one that was let go: it follows from the rules, the subject and the settings, which stay.
 * Cost: that of `resolve` for the first who asks.
 */
import type { PolicyContext } from '../../cilium/policy/context.ts';
import type { Conflict } from '../../cilium/policy/filter-entry.ts';
import { resolve, type SelectorPolicy, type Subject } from '../../cilium/policy/resolve.ts';
import type { Rule } from '../../cilium/policy/rule.ts';
import type { NamedPortMap } from '../../cilium/named-ports.ts';
import type { PolicyClass } from '../policy-class.ts';
import type { PortName } from '../ports/port-name.ts';

const NOTHING: SelectorPolicy = {
  ingress: { enforced: false, defaultDeny: false, filters: [] },
  egress: { enforced: false, defaultDeny: false, filters: [] },
  hostEntry: 'none',
  unsupported: [],
};

/** What rules make for a subject. */
export class MadePolicy {
  readonly #rules: readonly Rule[];
  readonly #subject: Subject;
  readonly #context: PolicyContext;
  #policy: SelectorPolicy | undefined;
  /** Why there is none. */
  readonly conflict: Conflict | undefined;

  constructor(rules: readonly Rule[], subject: Subject, context: PolicyContext) {
    [this.#rules, this.#subject, this.#context] = [rules, subject, context];
    const resolved = resolve(rules, subject, context);
    this.#policy = resolved.ok ? resolved.value : NOTHING;
    this.conflict = resolved.ok ? undefined : resolved.error;
  }

  get policy(): SelectorPolicy {
    this.#policy ??= this.#made();
    return this.#policy;
  }

  letGo(): void {
    if (this.conflict === undefined) this.#policy = undefined;
  }

  #made(): SelectorPolicy {
    const resolved = resolve(this.#rules, this.#subject, this.#context);
    if (resolved.ok) return resolved.value;
    throw new Error(`rules that made a policy do not make one any more: ${resolved.error.reason}`);
  }
}

/** Its fields are not to be copied into another: the policy is none of them. */
export class MadeClass implements PolicyClass {
  readonly key: string;
  readonly rulesKey: string;
  readonly rules: readonly Rule[];
  readonly ownNames: readonly PortName[];
  readonly ownPorts: NamedPortMap;
  readonly unsupported: PolicyClass['unsupported'];
  readonly conflict?: Conflict;
  readonly uncounted?: string;
  /** Absent where nobody counts it. */
  readonly #made: MadePolicy | undefined;

  constructor(fields: Omit<PolicyClass, 'policy'>, made?: MadePolicy) {
    this.key = fields.key;
    this.rulesKey = fields.rulesKey;
    this.rules = fields.rules;
    this.ownNames = fields.ownNames;
    this.ownPorts = fields.ownPorts;
    this.unsupported = fields.unsupported;
    if (fields.conflict !== undefined) this.conflict = fields.conflict;
    if (fields.uncounted !== undefined) this.uncounted = fields.uncounted;
    this.#made = made;
  }

  get policy(): SelectorPolicy {
    return this.#made?.policy ?? NOTHING;
  }

  /** The policy is made again for the next who asks. */
  letPolicyGo(): void {
    this.#made?.letGo();
  }

  /** The class of the same rules for endpoints with other ports of their own. */
  withPorts({ key, ownPorts }: Pick<PolicyClass, 'key' | 'ownPorts'>): MadeClass {
    const { rulesKey, rules, ownNames, unsupported, conflict, uncounted } = this;
    const reasons = {
      ...(conflict === undefined ? {} : { conflict }),
      ...(uncounted === undefined ? {} : { uncounted }),
    };
    return new MadeClass({ key, rulesKey, rules, ownNames, ownPorts, unsupported, ...reasons }, this.#made);
  }
}
