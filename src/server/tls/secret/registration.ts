/**
 * The caBundle of a ValidatingWebhookConfiguration: what API servers trust of the webhooks that it registers.
 *
 * Only caBundles are written, each by the name of its webhook, and only over the version that was read. A registration that is not
 * there asks nobody, so that everything is trusted by all who ask. Cost: one request, two where something differs.
 */
import { fail, ok, type Result } from '../../../cilium/result.ts';
import {
  faultText,
  getObject,
  patchObject,
  type ApiFault,
  type ApiObject,
} from '../../../kubernetes/api/api-object.ts';
import type { ApiConnection } from '../../../kubernetes/api/api-connection.ts';
import { isObject } from '../../../kubernetes/decode/node.ts';
import { versionOf } from '../../../kubernetes/watch/watch-event.ts';
import type { TlsFault } from '../tls-pair.ts';

export interface RegistrationOptions {
  readonly connection: ApiConnection;
  /** Of the ValidatingWebhookConfiguration. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Asked right before it is written. */
  readonly mayWrite: () => boolean;
}

/** What was found: it trusts this already, it was made to, or somebody else is at it. */
export type Trusting = 'already' | 'now' | 'not-yet';

/** `trust` in PEM. */
export async function makeTrusted(trust: string, options: RegistrationOptions): Promise<Result<Trusting, TlsFault>> {
  const { connection, name, signal, mayWrite } = options;
  const path = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${name}`;
  const found = await getObject({ connection, path, signal });
  if (!found.ok) return found.error.kind === 'absent' ? ok('already') : failed(name, found.error);
  const caBundle = Buffer.from(trust).toString('base64');
  const others = webhooksOf(found.value).filter((webhook) => webhook.caBundle !== caBundle);
  if (others.length === 0) return ok('already');
  if (!mayWrite()) return ok('not-yet');
  const patch = {
    metadata: { resourceVersion: versionOf(found.value) },
    webhooks: others.map((webhook) => ({ name: webhook.name, clientConfig: { caBundle } })),
  };
  const patched = await patchObject({ connection, path, signal, object: patch });
  if (patched.ok) return ok('now');
  return patched.error.kind === 'failed' ? failed(name, patched.error) : ok('not-yet');
}

function failed(name: string, fault: ApiFault): Result<Trusting, TlsFault> {
  return fail({
    file: `ValidatingWebhookConfiguration ${name}`,
    reason: `its caBundle is not kept: ${faultText(fault)}`,
  });
}

interface RegisteredWebhook {
  readonly name: string;
  readonly caBundle: unknown;
}

function webhooksOf(registration: ApiObject): readonly RegisteredWebhook[] {
  const webhooks: unknown = registration['webhooks'];
  if (!Array.isArray(webhooks)) return [];
  return webhooks.flatMap((webhook: unknown) => {
    if (!isObject(webhook) || typeof webhook['name'] !== 'string') return [];
    const { name, clientConfig } = webhook;
    return [{ name, caBundle: isObject(clientConfig) ? clientConfig['caBundle'] : undefined }];
  });
}
