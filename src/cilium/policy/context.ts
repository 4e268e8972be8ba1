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

export interface ParseContext extends PolicyContext {
  /** What references to Services come to. */
  readonly services: ServiceCatalog;
}
