/**
 * Names that no API server would have taken, in manifests that none has seen yet.
 *
 * Mirrors NameIsDNSSubdomain and NameIsDNSLabel (apimachinery pkg/api/validation). Only for files: what reaches the webhook
 * has been looked at by the API server. Cost: two expressions that match in linear time.
 */
import type { FieldError } from '../cilium/field-path.ts';
import type { ClusterObject } from '../cilium/objects.ts';
import { visible } from '../plain-text.ts';

const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/;
const LONGEST_NAME = 253;
const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const LONGEST_LABEL = 63;
const SHOWN = 80;

export function nameFault(object: ClusterObject): FieldError | undefined {
  const { kind, name } = object;
  if (kind === 'Namespace') {
    if (!isDnsLabel(name)) return fault('metadata.name', name, NOT_LABEL);
  } else if (!isDnsSubdomain(name)) {
    return fault('metadata.name', name, NOT_SUBDOMAIN);
  }
  if ('namespace' in object && !isDnsLabel(object.namespace)) {
    return fault('metadata.namespace', object.namespace, NOT_LABEL);
  }
  return undefined;
}

const LETTERS = 'lower case letters, digits and inner "-"';
const NOT_LABEL = `must be at most ${LONGEST_LABEL} ${LETTERS}`;
const NOT_SUBDOMAIN = `must be at most ${LONGEST_NAME} ${LETTERS}, in parts between "."`;

function fault(path: string, value: string, rule: string): FieldError {
  return { path, reason: `${rule}, is "${visible(value, SHOWN)}"` };
}

function isDnsLabel(text: string): boolean {
  return text.length <= LONGEST_LABEL && LABEL.test(text);
}

function isDnsSubdomain(text: string): boolean {
  return text.length <= LONGEST_NAME && SUBDOMAIN.test(text);
}
