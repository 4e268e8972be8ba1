/**
 * The log: one JSON object a line, on stderr.
 *
 * Invariant: a line is bounded, whatever is logged: strings are cut, lists and nesting too; what is waiting to be written is
 * bounded as well, and what does not fit is dropped, for a slow reader of stderr must not slow a review down.
 * Of a request only names are ever logged, never its objects.
 */
import { pino } from 'pino';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export type LogFields = Readonly<Record<string, unknown>>;

export interface Logger {
  readonly debug: (message: string, fields?: LogFields) => void;
  readonly info: (message: string, fields?: LogFields) => void;
  readonly warn: (message: string, fields?: LogFields) => void;
  readonly error: (message: string, fields?: LogFields) => void;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** Where lines go; stderr if absent. */
  readonly destination?: { readonly write: (line: string) => void };
}

const MAX_STRING = 1024;
const MAX_STACK = 4096;
const MAX_ENTRIES = 32;
const MAX_DEPTH = 4;
const MAX_WAITING_BYTES = 1024 * 1024;
const STDERR = 2;

export function createLogger({ level, destination }: LogOptions): Logger {
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    destination ?? pino.destination({ dest: STDERR, sync: false, maxLength: MAX_WAITING_BYTES }),
  );
  const at =
    (name: Exclude<LogLevel, 'silent'>) =>
    (message: string, fields: LogFields = {}): void => {
      if (log.isLevelEnabled(name)) log[name](boundedFields(fields), cut(message, MAX_STRING));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** At most `limit` UTF-16 units of a text, and a mark where something was cut. */
function cut(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit).toWellFormed()}... (${text.length} characters)`;
}

function boundedFields(fields: LogFields): object {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, bounded(value, MAX_DEPTH)]));
}

function bounded(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return cut(value, MAX_STRING);
  if (typeof value === 'bigint' || typeof value === 'symbol') return cut(value.toString(), MAX_STRING);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '...';
  if (value instanceof Date) return value;
  if (value instanceof Error) return boundedError(value, depth - 1);
  if (Array.isArray(value)) return value.slice(0, MAX_ENTRIES).map((item: unknown) => bounded(item, depth - 1));
  const entries = Object.entries(value).slice(0, MAX_ENTRIES);
  return Object.fromEntries(entries.map(([key, item]) => [cut(key, MAX_STRING), bounded(item, depth - 1)]));
}

function boundedError(error: Error, depth: number): object {
  return {
    type: error.name,
    message: cut(error.message, MAX_STRING),
    ...('code' in error && { code: bounded(error.code, depth) }),
    ...(error.stack !== undefined && { stack: cut(error.stack, MAX_STACK) }),
    ...(error.cause !== undefined && { cause: bounded(error.cause, depth) }),
  };
}
