/**
 * The off switch that `--off-switch` names: a ConfigMap of the cluster whose model is served.
 */
import type { ObjectName } from '../kubernetes/watch/watched-object.ts';
import type { Logger } from '../log.ts';
import { openOffSwitch, type OffSwitch } from '../server/off-switch.ts';
import type { ClusterSource } from './cluster-source.ts';
import { CommandError } from './command-error.ts';
import type { ServeOptions } from './serve-options.ts';
import type { ServedModel } from './served-model.ts';

type Named = Pick<ServeOptions, 'offSwitch'>;

/** Ends the command before anything is opened. */
export function checkOffSwitch({ offSwitch }: Named, { kind }: ClusterSource): void {
  if (offSwitch === undefined) return;
  if (kind !== 'live') throw new CommandError(['--off-switch is watched in a live cluster, and files have none']);
  configMapOf(offSwitch);
}

export function servedOffSwitch({ offSwitch }: Named, { connection }: ServedModel, log: Logger): OffSwitch | undefined {
  if (offSwitch === undefined || connection === undefined) return undefined;
  return openOffSwitch({ connection, configMap: configMapOf(offSwitch), log });
}

/** Names as Kubernetes takes them, so that they can stand in a path. */
function configMapOf(text: string): ObjectName {
  const [, namespace, name] = /^([a-z0-9][a-z0-9.-]*)\/([a-z0-9][a-z0-9.-]*)$/.exec(text) ?? [];
  if (namespace !== undefined && name !== undefined) return { namespace, name };
  throw new CommandError([`--off-switch must be NAMESPACE/NAME of a ConfigMap (is ${JSON.stringify(text)})`]);
}
