/**
 * Which classes each identity is in: one, or several where its endpoints differ in own ports that rules name.
 *
 * Invariant: a class is open as long as it has a member, and no longer.
 * Cost: O(classes of the identity), with what it takes to open and to close one.
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { ClassRules } from './class-computer.ts';
import type { LiveClass } from './live-class.ts';
import type { LiveClasses } from './live-classes.ts';

export class ClassMemberships {
  readonly #classes: LiveClasses;
  readonly #isUsed: (identity: NumericIdentity) => boolean;
  readonly #byMember = new Map<NumericIdentity, readonly LiveClass[]>();

  /** `isUsed`: whether a pod or an endpoint has the identity. */
  constructor(classes: LiveClasses, isUsed: (identity: NumericIdentity) => boolean) {
    this.#classes = classes;
    this.#isUsed = isUsed;
  }

  of(identity: NumericIdentity): readonly LiveClass[] {
    return this.#byMember.get(identity) ?? [];
  }

  /** In the classes of these rules, and no longer in those that it was in; one that it stays in keeps its count. */
  put(identity: NumericIdentity, all: readonly ClassRules[]): void {
    const before = this.of(identity);
    if (isIn(before, all)) return;
    const classes = new Set<LiveClass>();
    for (const rules of all) {
      const live = this.#classes.getOrOpen(rules);
      live.members.put(identity, this.#isUsed(identity));
      classes.add(live);
    }
    this.#byMember.set(identity, [...classes]);
    for (const live of before) if (!classes.has(live)) this.#withdraw(identity, live);
  }

  leave(identity: NumericIdentity): void {
    const classes = this.of(identity);
    this.#byMember.delete(identity);
    for (const live of classes) this.#withdraw(identity, live);
  }

  /** They came into use, or are in use no more. */
  useChanged(identities: Iterable<NumericIdentity>): void {
    for (const identity of identities) {
      for (const { members } of this.of(identity)) members.put(identity, this.#isUsed(identity));
    }
  }

  #withdraw(identity: NumericIdentity, live: LiveClass): void {
    live.members.delete(identity);
    if (live.members.size === 0) this.#classes.close(live);
  }
}

function isIn(classes: readonly LiveClass[], rules: readonly ClassRules[]): boolean {
  if (classes.length !== rules.length) return false;
  const keys = new Set(classes.map(({ policyClass }) => policyClass.key));
  return rules.every(({ key }) => keys.has(key));
}
