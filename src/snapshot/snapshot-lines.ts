/**
 * What files hold -> the lines of a snapshot.
 *
 * Only what the model needs: of each object what its decoder reads, and of the ConfigMaps cilium-config alone, as others hold
 * what is nobody's business.
 */
import type { FileEvent } from '../sources/file-event.ts';
import { groupVersionKindOf } from '../kubernetes/decode/decode-object.ts';
import type { KindEntry } from '../kubernetes/decode/kinds.ts';
import { isObject } from '../kubernetes/decode/node.ts';
import { learnedNamesJson } from './snapshot-format.ts';
import { whatIsRead, type JsonObject } from './what-is-read.ts';

export type Redaction = (object: JsonObject) => JsonObject;

/** The line of one event without its line feed; undefined for what is not kept. */
export function snapshotLine(
  event: FileEvent,
  redact: Redaction,
  customKinds: readonly KindEntry[] = [],
): string | undefined {
  switch (event.type) {
    case 'object':
      return objectLine(event, redact, customKinds);
    case 'dns-cache':
      return JSON.stringify(learnedNamesJson(event));
    case 'note':
    case 'skipped':
    case 'problem':
      return undefined;
  }
}

function objectLine(
  { object, raw }: Extract<FileEvent, { type: 'object' }>,
  redact: Redaction,
  customKinds: readonly KindEntry[],
): string | undefined {
  if (object.kind === 'ConfigMap' && object.name !== 'cilium-config') return undefined;
  const gvk = groupVersionKindOf(raw);
  if (!gvk.ok || !isObject(raw)) return undefined;
  return JSON.stringify(redact(whatIsRead(gvk.value, raw, customKinds)));
}
