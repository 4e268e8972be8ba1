/**
 * What the benchmark and the processes that it starts say to each other.
 */
import type { Result } from '../results.ts';
import type { Recount } from './recount.ts';

/** From the benchmark. A server is asked for its usage before and after each burst. */
export type Question =
  { readonly type: 'usage' } | { readonly type: 'verify' } | { readonly type: 'measure'; readonly run: EngineRun };

/** What is measured of the engine in one process, one after the other. */
export const ENGINE_RUNS = ['load', 'pods', 'policies', 'clusterwide', 'classes'] as const;
export type EngineRun = (typeof ENGINE_RUNS)[number];

/** By name: times are ratios to JSON.parse of a review, memory is in MiB. */
export type EngineFigures = Readonly<Record<string, number>>;

/** Of one process that loaded or parsed the workload once. */
export interface StartUpFigures {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** With whatever garbage there is. */
  readonly rssMiB: number;
  /** What is still in use, beyond what there was before. */
  readonly heapMiB: number;
  readonly firstKnownMs?: number;
  readonly firstNewMs?: number;
}

export type Report =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'usage'; readonly cpuMs: number }
  | { readonly type: 'verified'; readonly recount: Recount }
  | { readonly type: 'tenants'; readonly results: readonly Result[] }
  | { readonly type: 'start-up'; readonly figures: StartUpFigures }
  | { readonly type: 'measured'; readonly figures: EngineFigures }
  | { readonly type: 'model'; readonly results: readonly Result[]; readonly recount: Recount };

export type ReportOf<Type extends Report['type']> = Extract<Report, { readonly type: Type }>;
