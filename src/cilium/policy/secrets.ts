/**
 * Secrets of TLS contexts: which references an agent refuses, and which policies hinge on what is in them.
 *
 * Mirrors getSecrets (pkg/crypto/certificatemanager) and getCerts (pkg/policy/l4.go): whatever is wrong with one, no policy of the
 * whole identity can be resolved. Where the proxy reads secrets an agent hands on their names and looks no further.
 */
import type { SecretSpec } from '../policy-spec.ts';
import type { Profile } from '../profile.ts';
import type { PolicyContext } from './context.ts';
import { isLabelOfName, isSubdomain } from './parse/label-syntax.ts';
import type { Redirect } from './rule.ts';

/** Why an agent takes no TLS context with this secret, whether it exists or not. */
export function secretRefusal({ namespace, name }: SecretSpec, profile: Profile): string | undefined {
  if (name === '') return 'a TLS context names no secret';
  if (!profile.checksSecretNames) return undefined;
  if (!isSubdomain(name)) return `a TLS context names a secret "${name}", which none can be called`;
  const isNamespace = namespace === '' || isLabelOfName(namespace);
  return isNamespace ? undefined : `a TLS context names a namespace "${namespace}", which none can be called`;
}

/** Whether a policy with these redirects can be resolved only where secrets are there, which agents read. */
export function hingesOnSecrets(redirects: readonly Redirect[], { config }: PolicyContext): boolean {
  const hasContext = ({ terminatingTLS, originatingTLS }: Redirect): boolean =>
    terminatingTLS !== undefined || originatingTLS !== undefined;
  return !config.proxyReadsSecrets && redirects.some(hasContext);
}
