/**
 * What a Lease says of who leads, read and written as client-go does (tools/leaderelection/resourcelock/leaselock.go).
 *
 * Times in it are for people: they are of the clock of whoever wrote them, and nobody goes by them.
 */
import type { WallClock } from '../../cluster/clock.ts';
import type { ApiObject } from '../api/api-object.ts';
import { isObject } from '../decode/node.ts';

export interface LeaseRecord {
  /** Absent: it names nobody. */
  readonly holder: string | undefined;
  /** Who led has given it up, and knows that. */
  readonly isReleased: boolean;
  readonly durationSeconds: number;
  readonly transitions: number;
  readonly acquireTime: string | undefined;
  readonly renewTime: string | undefined;
  /** Changes with each renewal, and with nothing else that is written to the Lease. */
  readonly text: string;
}

const INT32_MAX = 2 ** 31 - 1;
const RELEASED_SECONDS = 1;

/** What is not of the shape that an API server lets through reads as absent. */
export function readLease(lease: ApiObject): LeaseRecord {
  const spec = isObject(lease['spec']) ? lease['spec'] : {};
  const { holderIdentity: holder, acquireTime, renewTime } = spec;
  return {
    holder: typeof holder === 'string' && holder !== '' ? holder : undefined,
    isReleased: holder === '' && spec['leaseDurationSeconds'] === RELEASED_SECONDS,
    durationSeconds: countOf(spec['leaseDurationSeconds']),
    transitions: countOf(spec['leaseTransitions']),
    acquireTime: typeof acquireTime === 'string' ? acquireTime : undefined,
    renewTime: typeof renewTime === 'string' ? renewTime : undefined,
    text: JSON.stringify(spec),
  };
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= INT32_MAX ? value : 0;
}

export interface Claim {
  readonly holder: string;
  readonly durationMs: number;
  readonly now: WallClock;
}

/** The Lease in the hands of `holder`, in place of what it was; all else in it stays. */
export function claimed(lease: ApiObject, { holder, durationMs, now }: Claim): ApiObject {
  const before = readLease(lease);
  const isNew = before.holder !== holder;
  // A clock that stands still, or was put back: others see a renewal by that something has changed.
  const time = microTime(now()) === before.renewTime ? microTime(now() + 1) : microTime(now());
  const spec = {
    holderIdentity: holder,
    leaseDurationSeconds: durationMs / 1000,
    acquireTime: isNew ? time : (before.acquireTime ?? time),
    renewTime: time,
    leaseTransitions: isNew ? Math.min(before.transitions + 1, INT32_MAX) : before.transitions,
  };
  return { ...lease, spec };
}

/** As client-go gives it up: nobody has to wait for it. */
export function released(lease: ApiObject, now: WallClock): ApiObject {
  const { transitions } = readLease(lease);
  const time = microTime(now());
  const spec = {
    holderIdentity: '',
    leaseDurationSeconds: RELEASED_SECONDS,
    acquireTime: time,
    renewTime: time,
    leaseTransitions: transitions,
  };
  return { ...lease, spec };
}

export function newLease({ namespace, name }: { readonly namespace: string; readonly name: string }): ApiObject {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { namespace, name } };
}

/** As metav1.MicroTime is written. */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
