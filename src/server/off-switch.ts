/**
 * The off switch of a live cluster: the key `maxMode` of a watched ConfigMap, which caps every mode.
 *
 * Errs on the side of letting through: until the ConfigMap was read once, and where the key says nothing that is a mode, nothing is
 * denied. A ConfigMap or key that is not there caps nothing. While the watch fails, what was told last holds.
 * Cost: one watch of one object; asked for each review O(1).
 */
import { MODES, type Mode } from '../checks/settings.ts';
import type { ApiConnection } from '../kubernetes/api/api-connection.ts';
import { WatchedObject, type ObjectName } from '../kubernetes/watch/watched-object.ts';
import type { WatchTiming } from '../kubernetes/watch/watch-timing.ts';
import type { Logger } from '../log.ts';
import type { DecisionRules } from '../review/decision-rules.ts';
import { milderMode } from '../review/standing.ts';

export interface OffSwitchOptions {
  readonly connection: ApiConnection;
  readonly configMap: ObjectName;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly timing?: Partial<WatchTiming>;
}

export interface OffSwitch {
  readonly maxMode: () => Mode;
  readonly notReady: () => string | undefined;
  readonly stop: () => Promise<void>;
}

const KEY = 'maxMode';
const MOST_SHOWN = 40;

export function openOffSwitch({ connection, configMap, log, timing }: OffSwitchOptions): OffSwitch {
  const place = { configMap: `${configMap.namespace}/${configMap.name}` };
  let maxMode: Mode = 'audit';
  let said: string | undefined;
  const watched = new WatchedObject({
    connection,
    path: `/api/v1/namespaces/${configMap.namespace}/configmaps`,
    ...configMap,
    onChange: () => {
      const { mode, text } = readSwitch(watched.current());
      maxMode = mode ?? 'audit';
      if (text === said) return;
      said = text;
      if (mode === undefined) {
        const message = 'the off switch says nothing that is a mode: nothing is denied until it does';
        log.error(message, { ...place, maxMode: text.slice(0, MOST_SHOWN), modes: MODES });
      } else log[mode === 'enforce' ? 'info' : 'warn']('the off switch is read', { ...place, maxMode });
    },
    onFailure: (reason) => log.warn('the watch of the off switch fails, and is tried again', { ...place, reason }),
    ...(timing === undefined ? {} : { timing }),
  });
  return {
    maxMode: () => maxMode,
    notReady: () => (watched.wasListed ? undefined : `${place.configMap} was not read yet${because(watched.failure)}`),
    stop: () => watched.stop(),
  };
}

/** The rules in force: those of the configuration, capped. */
export function rulesBelow(offSwitch: OffSwitch | undefined, rules: DecisionRules): DecisionRules {
  return offSwitch === undefined ? rules : { ...rules, maxMode: milderMode(rules.maxMode, offSwitch.maxMode()) };
}

/** `mode` absent: the key says something else. */
function readSwitch(object: unknown): { readonly mode: Mode | undefined; readonly text: string } {
  const data = ownField(object, 'data');
  const value = ownField(data, KEY);
  if (value === undefined || value === null) return { mode: 'enforce', text: 'enforce' };
  const text = typeof value === 'string' ? value.trim() : JSON.stringify(value);
  return { mode: MODES.find((mode) => mode === text), text };
}

function ownField(object: unknown, key: string): unknown {
  if (typeof object !== 'object' || object === null || !Object.hasOwn(object, key)) return undefined;
  return (object as Readonly<Record<string, unknown>>)[key];
}

function because(failure: string | undefined): string {
  return failure === undefined ? '' : `: ${failure}`;
}
