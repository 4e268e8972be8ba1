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
  /** Of the serving certificate. */
  readonly names: readonly string[];
  readonly signal: AbortSignal;
  /** Asked right before it is written. */
  readonly mayWrite: () => boolean;
}

export interface Registered {
  /** What was found: it trusts this already, it was made to, or somebody else is at it. */
  readonly trusts: 'already' | 'now' | 'not-yet';
  /** Of the first webhook that is called by a name which the certificate does not have. */
  readonly misnamed?: TlsFault;
}

/** `trust` in PEM. */
export async function makeTrusted(trust: string, options: RegistrationOptions): Promise<Result<Registered, TlsFault>> {
  const { connection, name, names, signal, mayWrite } = options;
  const path = `/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/${name}`;
  const found = await getObject({ connection, path, signal });
  if (!found.ok) return found.error.kind === 'absent' ? ok({ trusts: 'already' }) : failed(name, found.error);
  const webhooks = webhooksOf(found.value);
  const misnamed = misnamedOf(webhooks, names);
  const registered = (trusts: Registered['trusts']): Result<Registered, TlsFault> =>
    ok(misnamed === undefined ? { trusts } : { trusts, misnamed: { file: placeOf(name), reason: misnamed } });
  const caBundle = Buffer.from(trust).toString('base64');
  const others = webhooks.filter((webhook) => webhook.caBundle !== caBundle);
  if (others.length === 0) return registered('already');
  if (!mayWrite()) return registered('not-yet');
  const patch = {
    metadata: { resourceVersion: versionOf(found.value) },
    webhooks: others.map((webhook) => ({ name: webhook.name, clientConfig: { caBundle } })),
  };
  const patched = await patchObject({ connection, path, signal, object: patch });
  if (patched.ok) return registered('now');
  return patched.error.kind === 'failed' ? failed(name, patched.error) : registered('not-yet');
}

function failed(name: string, fault: ApiFault): Result<Registered, TlsFault> {
  return fail({ file: placeOf(name), reason: `its caBundle is not kept: ${faultText(fault)}` });
}

function placeOf(name: string): string {
  return `ValidatingWebhookConfiguration ${name}`;
}

interface RegisteredWebhook {
  readonly name: string;
  readonly caBundle: unknown;
  /** By which an API server calls it, where it is a Service. */
  readonly host: string | undefined;
}

function webhooksOf(registration: ApiObject): readonly RegisteredWebhook[] {
  const webhooks: unknown = registration['webhooks'];
  if (!Array.isArray(webhooks)) return [];
  return webhooks.flatMap((webhook: unknown) => {
    if (!isObject(webhook) || typeof webhook['name'] !== 'string') return [];
    const { name, clientConfig } = webhook;
    const { caBundle, service } = isObject(clientConfig) ? clientConfig : {};
    return [{ name, caBundle, host: hostOf(service) }];
  });
}

function hostOf(service: unknown): string | undefined {
  if (!isObject(service)) return undefined;
  const { name, namespace } = service;
  return typeof name === 'string' && typeof namespace === 'string' ? `${name}.${namespace}.svc` : undefined;
}

function misnamedOf(webhooks: readonly RegisteredWebhook[], names: readonly string[]): string | undefined {
  for (const { name, host } of webhooks) {
    if (host === undefined || names.includes(host) || names.includes(host.replace(/^[^.]*/, '*'))) continue;
    return `"${name}" is called as "${host}", which is no name of the certificate: see --certificate-names`;
  }
  return undefined;
}
