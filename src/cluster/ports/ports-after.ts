/**
 * The ports of endpoints after a change of pods, and whether names of ports that policies ask for mean something else then.
 */
import type { CanonicalKey } from '../../cilium/identity/label.ts';
import { namedPorts } from '../../cilium/named-ports.ts';
import type { Pod, Workload } from '../../cilium/objects.ts';
import type { KeyMove } from '../identities/identity-overlay.ts';
import { identityOfPod } from '../identities/shape-identity.ts';
import type { Layers } from '../layers.ts';
import { podShapeOf } from '../workload-shape.ts';
import { PortChange } from './port-change.ts';
import { endpointName } from './port-name.ts';
import { PortTable } from './port-table.ts';
import { portsOfPod } from './told-ports.ts';

export interface PortsAfter {
  readonly ports: PortTable;
  readonly change: PortChange;
}

export function portsAfterPod(layers: Layers, pod: Pod): PortsAfter {
  const ports = new PortTable(layers.ports);
  return { ports, change: ports.set(endpointName(pod), 'Pod', portsOfPod(pod, identityOfPod(pod, layers))) };
}

const PODS_PER_PAUSE = 64;

/** Of pods that take other keys, and keep their ports. Yields where the caller may pause. */
export function* portsAfterMoves(layers: Layers, moves: readonly KeyMove[]): Generator<undefined, PortsAfter> {
  const ports = new PortTable(layers.ports);
  const change = new PortChange();
  let seen = 0;
  for (const { key, gained } of moves) {
    for (const pod of gained) {
      if (++seen % PODS_PER_PAUSE === 0) yield;
      change.add(ports.set(endpointName(pod), 'Pod', { holder: key, ports: namedPorts(pod.ports) }));
    }
  }
  return { ports, change };
}

/** The pods that are to come have the ports of the template. */
export function portsAfterRollout(layers: Layers, workload: Workload, moves: readonly KeyMove[]): PortsAfter {
  const ports = new PortTable(layers.ports);
  const change = new PortChange();
  const shape = namedPorts(podShapeOf(workload).ports);
  for (const { key, gainedCount } of moves) change.add(ports.expect({ holder: key, ports: shape }, gainedCount));
  return { ports, change };
}

export function portsWithout(pods: Iterable<Pod>, { ports }: Layers): PortTable {
  const left = new PortTable(ports);
  for (const pod of pods) left.set(endpointName(pod), 'Pod', 'no-endpoint');
  return left;
}

/** Whether more changes than that new keys come with ports of their own. `layers`: after the change. */
export function changesNames(
  { holders, values }: PortChange,
  { policies, settings }: Pick<Layers, 'policies' | 'settings'>,
  minted: ReadonlySet<CanonicalKey>,
): boolean {
  const asked = policies.portNames();
  if (asked.size === 0) return false;
  const isByIdentity = settings.profile.egressNamedPorts === 'identity';
  if (!isByIdentity && [...values].some((name) => asked.has(name))) return true;
  return [...holders.keys()].some((holder) => typeof holder === 'number' || !minted.has(holder));
}
