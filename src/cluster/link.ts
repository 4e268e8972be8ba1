/**
 * Which objects mean what to the derived state: what is told when one comes, and when one goes. A pod that goes is told before it
 * does, by the store: its row goes with it.
 */
import { isPolicy, refOf, type CiliumEndpointSlice, type ClusterObject } from '../cilium/objects.ts';
import type { Derived } from './derived.ts';
import { endpointName } from './ports/port-name.ts';
import type { PortSource } from './ports/port-table.ts';
import { portsOfEndpoint } from './ports/told-ports.ts';

/** What follows from an object that came. A pod, an identity or a policy takes the place of its former version. */
export function link(derived: Derived, object: ClusterObject): void {
  if (isPolicy(object)) {
    derived.setPolicy(object);
    return;
  }
  switch (object.kind) {
    case 'Pod':
      derived.setPod(object);
      break;
    case 'CiliumIdentity':
      derived.identitySource.set(object);
      break;
    case 'CiliumEndpoint':
      if (object.identity !== undefined) derived.identities.addEndpoint(object.identity);
      derived.setEndpoint(endpointName(object), object.kind, portsOfEndpoint(object));
      break;
    case 'CiliumEndpointSlice':
      for (const endpoint of object.endpoints) {
        derived.identities.addEndpoint(endpoint.identity);
        derived.setEndpoint(
          endpointName({ ...endpoint, namespace: object.namespace }),
          sliceOf(object),
          portsOfEndpoint(endpoint),
        );
      }
      break;
    case 'CiliumCIDRGroup':
      derived.renewNodes();
      break;
    case 'Node':
    case 'CiliumNode':
      derived.setNode(object.name);
      break;
    default:
      break;
  }
}

/** Takes back what `link` did. A replaced pod, identity or policy is replaced by linking the new one. */
export function unlink(derived: Derived, object: ClusterObject, why: 'replaced' | 'gone'): void {
  if (object.kind === 'CiliumEndpoint' && object.identity !== undefined)
    derived.identities.removeEndpoint(object.identity);
  if (object.kind === 'CiliumEndpointSlice') {
    for (const endpoint of object.endpoints) {
      derived.identities.removeEndpoint(endpoint.identity);
      derived.setEndpoint(endpointName({ ...endpoint, namespace: object.namespace }), sliceOf(object), undefined);
    }
  }
  if (why === 'replaced') return;
  if (object.kind === 'CiliumCIDRGroup') derived.renewNodes();
  if (object.kind === 'Node' || object.kind === 'CiliumNode') derived.setNode(object.name);
  if (object.kind === 'CiliumEndpoint') derived.setEndpoint(endpointName(object), object.kind, undefined);
  if (object.kind === 'CiliumIdentity') derived.identitySource.delete(object);
  if (isPolicy(object)) derived.deletePolicy(refOf(object));
}

function sliceOf({ name }: CiliumEndpointSlice): PortSource {
  return `CiliumEndpointSlice/${name}`;
}
