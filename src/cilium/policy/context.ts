/**
 * What the meaning of a policy depends on besides the object itself.
 */
import type { AgentConfig } from '../agent-config.ts';
import type { Profile } from '../profile.ts';
import type { ServiceCatalog } from './service-catalog.ts';

export interface PolicyContext {
  readonly profile: Profile;
  readonly config: AgentConfig;
}

/**
 * What only a larger model than the policies can supply. A rule that needs something that is not supplied is marked
 * `unsupported`, so that its numbers are `unknown` and never silently wrong.
 *
 * `cidr-groups`: members of CIDR groups are among the node-local identities. `named-ports`: container ports are given where
 * policy maps are made.
 */
export type Supply = 'cidr-groups' | 'named-ports';

export interface ParseContext extends PolicyContext {
  /** Absent: nothing. */
  readonly supplies?: ReadonlySet<Supply>;
  /** Absent: what references to Services come to is not known. */
  readonly services?: ServiceCatalog;
}
