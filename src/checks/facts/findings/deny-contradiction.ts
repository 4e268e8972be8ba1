/**
 * What the check deny-contradiction finds, in facts, and in details for its message.
 *
 * JSON schema: schemas/finding.schema.json; the page of the check says what each word means.
 */
import type { RuleRef } from '../../../cilium/objects.ts';
import type { Direction } from '../../../cilium/policy/rule.ts';

type AllowFacts = {
  readonly direction: Direction;
  /** `ANY` where none is named. */
  readonly protocol: string;
  /** A number, an interval such as `8000-9000`, a name, 0 for every port. */
  readonly port: number | string;
};

type KilledFacts = {
  /** Units of policies that were alive. */
  readonly allows: number;
  /** That have some of them. */
  readonly policies: number;
  readonly namespaces: number;
  /** `team-a: 12`, the most first, no more than 100. */
  readonly perNamespace: readonly string[];
  /** The policy and the place of one of them. */
  readonly example: string;
};

export interface DenyContradictionFacts {
  readonly 'dead-allow': AllowFacts;
  readonly 'dead-today': AllowFacts;
  readonly 'partial-allow': AllowFacts;
  readonly 'dead-selector': { readonly reason: 'filtered-label' | 'impossible-namespace' | 'no-identity' };
  readonly 'kills-allows': KilledFacts;
}

/** A requirement on a label, as in a selector. */
export interface AskedLabel {
  /** Without the sources that go without saying. */
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** A peer of a rule, in the words of its author. An empty namespace is any. */
export type WrittenPeer =
  | { readonly kind: 'everybody' }
  | { readonly kind: 'prefix'; readonly cidr: string; readonly excepts: readonly string[] }
  | { readonly kind: 'entity' | 'name' | 'name-pattern' | 'cidr-group'; readonly name: string }
  | { readonly kind: 'endpoints' | 'nodes' | 'cidr-groups'; readonly labels: readonly AskedLabel[] }
  | { readonly kind: 'service'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'services'; readonly namespace: string; readonly labels: readonly AskedLabel[] };

type UnitDetails = {
  /** What tells a unit apart wherever it stands in its policy. */
  readonly content: string;
  readonly peer: WrittenPeer;
};

export interface DenyContradictionDetails {
  /** `unpoliced`: pods that stay open if the policy is refused. */
  readonly 'dead-allow': UnitDetails & { readonly unpoliced: number };
  /** `matching`: how many identities it matches now. */
  readonly 'dead-today': UnitDetails & { readonly matching: number };
  /** `part`: what of it is denied. */
  readonly 'partial-allow': UnitDetails & { readonly part: string };
  /** `names`: the labels or namespaces that are to blame; `days`: how long the policy is there. */
  readonly 'dead-selector': { readonly names: readonly string[]; readonly days: number };
  /** `example`: as among the facts. */
  readonly 'kills-allows': { readonly example: RuleRef };
}
