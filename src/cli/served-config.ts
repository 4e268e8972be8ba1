/**
 * The configuration that `serve` judges by: its file, read again when it changes, with what the command line puts over it.
 */
import { DEFAULT_CONFIG, type Config } from '../config/settings.ts';
import type { Logger } from '../log.ts';
import { openConfigSource } from '../server/config-source.ts';
import type { Metrics } from '../server/metrics.ts';
import { CommandError } from './command-error.ts';
import { expiredExemptions } from './expired-exemptions.ts';
import { withCommandLine, type ModeOption, type SourceOptions } from './options.ts';

export interface ServedConfig {
  readonly current: () => Config;
  readonly close: () => void;
}

interface Observers {
  readonly log: Logger;
  readonly metrics: Metrics;
}

/** A file that cannot be used at the start ends the command. */
export async function openConfig(
  options: SourceOptions & ModeOption,
  { log, metrics }: Observers,
): Promise<ServedConfig> {
  if (options.config === undefined) return fixed(withCommandLine(DEFAULT_CONFIG, options));
  const opened = await openConfigSource({ file: options.config, log, metrics });
  if (!opened.ok) throw new CommandError(opened.error);
  const source = opened.value;
  let config = withCommandLine(source.current(), options);
  warnOfExpired(config, log);
  source.onChange((next) => {
    config = withCommandLine(next, options);
    warnOfExpired(config, log);
  });
  return { current: () => config, close: () => source.close() };
}

function fixed(config: Config): ServedConfig {
  return { current: () => config, close: () => undefined };
}

function warnOfExpired({ rules }: Config, log: Logger): void {
  for (const note of expiredExemptions(rules, Date.now())) log.warn(note);
}
