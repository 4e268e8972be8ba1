/**
 * Which hook of deploy/ asks about a resource. The API server puts the hook's name into what the user sees; the webhook
 * itself does not know it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const REGISTRATION = join(import.meta.dirname, '../../deploy/50-validating-webhook-configuration.yaml');

interface Registration {
  readonly webhooks: readonly {
    readonly name: string;
    readonly rules: readonly { readonly apiGroups: readonly string[]; readonly resources: readonly string[] }[];
  }[];
}

export function hookFor(resource: { readonly group: string; readonly resource: string }): string {
  const { webhooks } = parse(readFileSync(REGISTRATION, 'utf8')) as Registration;
  const hook = webhooks.find(({ rules }) =>
    rules.some((rule) => rule.apiGroups.includes(resource.group) && rule.resources.includes(resource.resource)),
  );
  if (hook === undefined) throw new Error(`no hook of deploy/ asks about "${resource.resource}"`);
  return hook.name;
}
