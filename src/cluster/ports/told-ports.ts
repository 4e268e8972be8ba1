/**
 * What objects tell of the ports of an endpoint.
 *
 * A pod on the host's network has no endpoint of its own (updatePodHostData, pkg/k8s/watchers/pod.go), and one that is finished
 * has none any more.
 */
import { namedPorts } from '../../cilium/named-ports.ts';
import { usesIdentity, type CiliumEndpoint, type Pod } from '../../cilium/objects.ts';
import type { ShapeIdentity } from '../view.ts';
import type { PortHolder } from './port-name.ts';
import type { NamedEndpoint, Told } from './port-table.ts';

/** `identity`: of the pod. */
export function portsOfPod(
  pod: Pick<Pod, 'hostNetwork' | 'phase' | 'ports'>,
  identity: ShapeIdentity | undefined,
): Told {
  if (!usesIdentity(pod)) return 'no-endpoint';
  const holder = holderOf(identity);
  const ports = namedPorts(pod.ports);
  return holder === undefined ? { ports } : { holder, ports };
}

function holderOf(identity: ShapeIdentity | undefined): PortHolder | undefined {
  switch (identity?.kind) {
    case 'global':
      return identity.key;
    case 'reserved':
      return identity.id;
    default:
      return undefined;
  }
}

type WrittenEndpoint = Pick<CiliumEndpoint, 'identity' | 'ports'>;

export function portsOfEndpoint({ identity, ports }: WrittenEndpoint): NamedEndpoint {
  return { ...(identity === undefined ? {} : { holder: identity }), ports: namedPorts(ports) };
}
