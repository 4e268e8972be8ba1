/**
 * What reading files hands out, each event with the place that it comes from.
 */
import type { ClusterObject } from '../cilium/objects.ts';
import type { DNSAnswers } from '../cilium/policy/prefixes/fqdn.ts';
import type { FieldPath } from '../cilium/field-path.ts';

/** A file as a whole has no line. */
export interface FileOrigin {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

export interface Origin extends FileOrigin {
  readonly line: number;
}

export type FileEvent =
  | {
      readonly type: 'object';
      readonly object: ClusterObject;
      /** As JSON, with what an API server would have filled in; without what no decoder looks at, where that was wanted. */
      readonly raw: unknown;
      readonly origin: Origin;
      /** The line of a field, or of what stands nearest above it; reads the text again. */
      readonly lineOf: (field: FieldPath) => number;
    }
  /** What an agent learned of DNS names. */
  | { readonly type: 'dns-cache'; readonly agent: string; readonly answers: DNSAnswers; readonly origin: FileOrigin }
  | {
      readonly type: 'skipped';
      readonly reason: string;
      readonly count: number;
      /** The first of them, or the folder that they are in. */
      readonly origin: FileOrigin;
      /** Of a folder: the files, the first of them where they are many. */
      readonly files?: readonly string[];
    }
  /** What is read, but perhaps not as it was meant. */
  | { readonly type: 'note'; readonly reason: string; readonly origin: Origin }
  | { readonly type: 'problem'; readonly reason: string; readonly origin: FileOrigin };

/** `team-a/web.yaml:3:7`, or `team-a/web.yaml:`: what a reason stands behind. */
export function formatOrigin({ file, line, column }: FileOrigin): string {
  if (line === undefined) return `${file}:`;
  return column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`;
}

export function originOf(file: string, place: { readonly line: number; readonly column?: number }): Origin {
  const { line, column } = place;
  return column === undefined ? { file, line } : { file, line, column };
}
