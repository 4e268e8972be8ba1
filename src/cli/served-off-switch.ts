/**
 * The off switch that `--off-switch` names: a ConfigMap of the cluster whose model is served.
 */
import type { Logger } from '../log.ts';
import { openOffSwitch, type OffSwitch } from '../server/off-switch.ts';
import type { ClusterSource } from './cluster-source.ts';
import { CommandError } from './command-error.ts';
import { objectName } from './object-name.ts';
import type { ServeOptions } from './serve-options.ts';
import type { ServedModel } from './served-model.ts';

type Named = Pick<ServeOptions, 'offSwitch'>;

const NAMED_BY = { flag: '--off-switch', kind: 'ConfigMap' };

/** Ends the command before anything is opened. */
export function checkOffSwitch({ offSwitch }: Named, { kind }: ClusterSource): void {
  if (offSwitch === undefined) return;
  if (kind !== 'live') throw new CommandError(['--off-switch is watched in a live cluster, and files have none']);
  objectName(offSwitch, NAMED_BY);
}

export function servedOffSwitch({ offSwitch }: Named, { connection }: ServedModel, log: Logger): OffSwitch | undefined {
  if (offSwitch === undefined || connection === undefined) return undefined;
  return openOffSwitch({ connection, configMap: objectName(offSwitch, NAMED_BY), log });
}
