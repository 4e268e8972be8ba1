/**
 * The configuration, kept up with its file.
 *
 * Invariant: current() is always a configuration that is good as a whole. A file that is not changes nothing: it is logged, with
 * its positions, and counted once; a gauge says so as long as it stays. So is a file that changes what holds for the model, which
 * is built once: that needs a restart.
 */
import { readFile } from 'node:fs/promises';
import { fail, ok, type Result } from '../cilium/result.ts';
import { formatProblem, loadConfig } from '../config.ts';
import type { Config } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import { systemErrorText } from '../system-error.ts';
import { KeptUp, type Reading } from './kept-up.ts';
import type { Metrics } from './metrics.ts';

export interface ConfigSourceOptions {
  readonly file: string;
  readonly pollMs?: number;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'configReloaded' | 'configReloadFailed'>;
}

/** A change is in force within 5 seconds. */
const DEFAULT_POLL_MS = 2_000;

/** All that is wrong with the file, a line each. */
type Problems = readonly string[];

interface Loaded {
  readonly text: string;
  readonly config: Config;
}

export type ConfigSource = Pick<KeptUp<Loaded, Problems>, 'refresh' | 'close'> & {
  readonly current: () => Config;
  readonly onChange: (listener: (config: Config) => void) => () => void;
};

export async function openConfigSource(options: ConfigSourceOptions): Promise<Result<ConfigSource, Problems>> {
  const { file, log, metrics, pollMs = DEFAULT_POLL_MS } = options;
  const first = await load(file);
  if (!first.ok) return first;
  const source = new KeptUp<Loaded, Problems>({
    first: first.value,
    pollMs,
    read: (current) => read(file, current),
    keyOf: (problems) => problems.join('\n'),
    onFault: (problems) => {
      metrics.configReloadFailed();
      log.error('the former configuration stays: its file cannot be used', { file, problems });
    },
    onRecovered: () => {
      metrics.configReloaded();
      log.info('the configuration file can be used again', { file });
    },
  });
  source.onChange(() => log.info('a new configuration is in force', { file }));
  return ok({
    current: () => source.current().config,
    onChange: (listener) => source.onChange(({ config }) => listener(config)),
    refresh: () => source.refresh(),
    close: () => source.close(),
  });
}

async function read(file: string, current: Loaded): Promise<Reading<Loaded, Problems>> {
  const loaded = await load(file, current);
  if (!loaded.ok) return { faults: [loaded.error] };
  return loaded.value === current ? { faults: [] } : { value: loaded.value, faults: [] };
}

/** `current` where the file holds what is in force. */
async function load(file: string, current?: Loaded): Promise<Result<Loaded, Problems>> {
  const text = await textOf(file);
  if (!text.ok) return text;
  if (current !== undefined && text.value === current.text) return ok(current);
  const config = loadConfig(text.value, file, current?.config);
  return config.ok ? ok({ text: text.value, config: config.value }) : fail(config.error.map(formatProblem));
}

async function textOf(file: string): Promise<Result<string, Problems>> {
  try {
    return ok(await readFile(file, 'utf8'));
  } catch (error) {
    return fail([`${file}: ${systemErrorText(error)}`]);
  }
}
