/**
 * What the model of the cluster is like, filled in when somebody reads it.
 *
 * The number of series is bounded: kinds are our own, and the self-check names ten label keys at most.
 */
import { Gauge, type Registry } from 'prom-client';
import type { Kind } from '../../cilium/objects.ts';
import type { SelfCheckFigures } from '../../cluster/self-check/self-check.ts';
import { PREFIX } from './prefix.ts';

export interface ModelFigures {
  readonly objects: ReadonlyMap<Kind, number>;
  readonly revision: number;
  /** Unused ones included. */
  readonly identitiesInUse: number;
  readonly identitiesUnused: number;
  readonly identitySpace: number;
  /** Absent where no clock tells when identities were made. */
  readonly mints?: {
    /** Within the last ten minutes. */
    readonly lately: number;
    readonly foreseen: number;
  };
  readonly selfCheck: SelfCheckFigures & { readonly isTrusted: boolean };
  /** Since the last sign of life of the watch of each kind; empty without watches. */
  readonly watchAgesSeconds: ReadonlyMap<Kind, number>;
}

export interface ModelMetrics {
  readonly model: (figures: ModelFigures) => void;
}

export function modelMetrics(registry: Registry): ModelMetrics {
  const registers = [registry];
  const objects = new Gauge({
    name: `${PREFIX}model_objects`,
    help: 'Objects in the model of the cluster, by kind.',
    labelNames: ['kind'],
    registers,
  });
  const revision = new Gauge({ name: `${PREFIX}model_revision`, help: 'Revision of the model.', registers });
  const inUse = new Gauge({
    name: `${PREFIX}identities_in_use`,
    help: "CiliumIdentity objects in the cluster's range, unused and duplicate ones included, and keys of pods without one.",
    registers,
  });
  const unused = new Gauge({
    name: `${PREFIX}identities_unused`,
    help: 'Of the identities in use, those that no pod and no endpoint has: they wait for collection.',
    registers,
  });
  const space = new Gauge({
    name: `${PREFIX}identity_space`,
    help: "Numbers of the cluster's range: as many identities can be in use.",
    registers,
  });
  const selfCheck = selfCheckMetrics(registry);
  const watches = watchMetrics(registry);
  const mints = mintMetrics(registry);
  const model = (figures: ModelFigures): void => {
    mints(figures.mints);
    selfCheck(figures.selfCheck);
    watches(figures.watchAgesSeconds);
    for (const [kind, count] of figures.objects) objects.set({ kind }, count);
    revision.set(figures.revision);
    inUse.set(figures.identitiesInUse);
    unused.set(figures.identitiesUnused);
    space.set(figures.identitySpace);
  };
  return { model };
}

/** Without a clock neither is there: a gauge that nobody has set would say 0. */
function mintMetrics(registry: Registry): (mints: ModelFigures['mints']) => void {
  let gauges: { readonly lately: Gauge; readonly foreseen: Gauge } | undefined;
  return (mints) => {
    if (mints === undefined) return;
    gauges ??= mintGauges([registry]);
    gauges.lately.set(mints.lately);
    gauges.foreseen.set(mints.foreseen);
  };
}

function mintGauges(registers: Registry[]): { readonly lately: Gauge; readonly foreseen: Gauge } {
  return {
    lately: new Gauge({
      name: `${PREFIX}identities_minted_10m`,
      help: 'CiliumIdentity objects that were made within the last ten minutes.',
      registers,
    }),
    foreseen: new Gauge({
      name: `${PREFIX}identities_foreseen`,
      help: 'Identities in use before unused ones are collected, if as many go on being made as within the last ten minutes.',
      registers,
    }),
  };
}

function selfCheckMetrics(registry: Registry): (figures: ModelFigures['selfCheck']) => void {
  const registers = [registry];
  const isTrusted = new Gauge({
    name: `${PREFIX}self_check_trusted`,
    help: '0 while agents give more than 1 % of the pods other identities than predicted: findings about identities and policy maps are recorded only; else 1.',
    registers,
  });
  const pods = new Gauge({
    name: `${PREFIX}self_check_pods`,
    help: 'Pods whose endpoints are known, by whether they have the identity that is predicted.',
    labelNames: ['result'],
    registers,
  });
  const keys = new Gauge({
    name: `${PREFIX}self_check_differing_pods`,
    help: 'Pods with another identity than predicted, by the key of a label in which they differ; the ten keys of most pods.',
    labelNames: ['key'],
    registers,
  });
  return (figures) => {
    isTrusted.set(figures.isTrusted ? 1 : 0);
    pods.set({ result: 'same' }, figures.compared - figures.different);
    pods.set({ result: 'different' }, figures.different);
    keys.reset();
    for (const { key, pods: count } of figures.labelKeys) keys.set({ key }, count);
  };
}

function watchMetrics(registry: Registry): (ages: ModelFigures['watchAgesSeconds']) => void {
  const ages = new Gauge({
    name: `${PREFIX}watch_age_seconds`,
    help: 'Since the last sign of life of the watch of a kind; beyond staleAfter what needs the kind is recorded only.',
    labelNames: ['kind'],
    registers: [registry],
  });
  return (seconds) => {
    ages.reset();
    for (const [kind, age] of seconds) ages.set({ kind }, age);
  };
}
