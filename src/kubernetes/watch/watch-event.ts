/**
 * A line of a watch -> what it says.
 *
 * Mirrors metav1.WatchEvent. Whatever is no such event is garbage with a reason: nothing that comes from a server is trusted to be
 * what it should be. The object itself is left as it came, for the decoder of its kind.
 */
import { isObject } from '../decode/node.ts';

/** Of an object or a list; opaque. */
export type ResourceVersion = string & { readonly __brand: 'ResourceVersion' };

export type WatchEvent =
  | { readonly type: 'stored'; readonly object: unknown; readonly version: ResourceVersion }
  | { readonly type: 'deleted'; readonly object: unknown; readonly version: ResourceVersion }
  /** `endsList`: all that there was at the start of the watch has been told. */
  | { readonly type: 'bookmark'; readonly version: ResourceVersion; readonly endsList: boolean }
  | { readonly type: 'expired' }
  | { readonly type: 'error'; readonly reason: string; readonly retryAfterMs?: number }
  | { readonly type: 'garbage'; readonly reason: string };

const MAX_VERSION = 256;
const MAX_REASON = 512;
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

export function readWatchEvent(line: string): WatchEvent {
  const event = parsed(line);
  if (!isObject(event)) return garbage('a line of a watch is no JSON object');
  const { type, object } = event;
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
      return versioned(object, (version) => ({ type: 'stored', object, version }));
    case 'DELETED':
      return versioned(object, (version) => ({ type: 'deleted', object, version }));
    case 'BOOKMARK':
      return versioned(object, (version) => ({ type: 'bookmark', version, endsList: endsList(object) }));
    case 'ERROR':
      return errorOf(object);
    default:
      return garbage('a line of a watch has no type of an event');
  }
}

/** Undefined where it has none that can be asked for. */
export function versionOf(object: unknown): ResourceVersion | undefined {
  const version = metadataOf(object)?.['resourceVersion'];
  const isOne = typeof version === 'string' && version !== '' && version.length <= MAX_VERSION;
  return isOne ? (version as ResourceVersion) : undefined;
}

/** Of a Status, with what it says where it says something. */
export function statusOf(value: unknown): { readonly code: number; readonly reason: string; readonly message: string } {
  const status = isObject(value) ? value : {};
  const { code, reason, message } = status;
  return {
    code: typeof code === 'number' ? code : 0,
    reason: typeof reason === 'string' ? reason : '',
    message: typeof message === 'string' ? message : '',
  };
}

/** The list continues elsewhere, or the past that is asked for is gone. */
export function isExpired({ code, reason }: { readonly code: number; readonly reason?: string }): boolean {
  return code === 410 || reason === 'Expired' || reason === 'Gone';
}

export function metadataOf(object: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isObject(object) || !Object.hasOwn(object, 'metadata')) return undefined;
  return isObject(object['metadata']) ? object['metadata'] : undefined;
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function versioned(object: unknown, event: (version: ResourceVersion) => WatchEvent): WatchEvent {
  const version = versionOf(object);
  return version === undefined ? garbage('an event of a watch has no resourceVersion') : event(version);
}

function endsList(object: unknown): boolean {
  const annotations = metadataOf(object)?.['annotations'];
  return (
    isObject(annotations) &&
    Object.hasOwn(annotations, INITIAL_EVENTS_END) &&
    annotations[INITIAL_EVENTS_END] === 'true'
  );
}

function errorOf(object: unknown): WatchEvent {
  const status = statusOf(object);
  if (isExpired(status)) return { type: 'expired' };
  const details = isObject(object) && isObject(object['details']) ? object['details'] : {};
  const seconds = details['retryAfterSeconds'];
  const reason = `the watch ends: ${(status.message || status.reason || 'no reason is given').slice(0, MAX_REASON)}`;
  return typeof seconds === 'number' && seconds > 0
    ? { type: 'error', reason, retryAfterMs: seconds * 1000 }
    : { type: 'error', reason };
}

function garbage(reason: string): WatchEvent {
  return { type: 'garbage', reason };
}
