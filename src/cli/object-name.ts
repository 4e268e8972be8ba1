/**
 * NAMESPACE/NAME on the command line: an object of the cluster whose model is served.
 */
import type { ObjectName } from '../kubernetes/watch/watched-object.ts';
import { CommandError } from './command-error.ts';

export interface NamedBy {
  /** `--lease` */
  readonly flag: string;
  readonly kind: string;
}

/** Names as Kubernetes takes them, so that they can stand in a path. */
export function objectName(text: string, { flag, kind }: NamedBy): ObjectName {
  const [, namespace, name] = /^([a-z0-9][a-z0-9.-]*)\/([a-z0-9][a-z0-9.-]*)$/.exec(text) ?? [];
  if (namespace !== undefined && name !== undefined) return { namespace, name };
  throw new CommandError([`${flag} must be NAMESPACE/NAME of a ${kind} (is ${JSON.stringify(text)})`]);
}
