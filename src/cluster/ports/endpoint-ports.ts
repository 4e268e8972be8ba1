/**
 * What an endpoint has named ports for: its own on ingress, those of all pods of the cluster on egress.
 *
 * Mirrors GetNamedPort and GetIngressNamedPort (pkg/endpoint/policy.go) and GetEgressNamedPorts (pkg/policy/resolve.go).
 */
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import { NO_PORTS, portNamed, type NamedPortMap } from '../../cilium/named-ports.ts';
import type { NamedPorts } from '../../cilium/policy/map/contributions.ts';
import type { IdentityLayer } from '../identities/identity-layer.ts';
import type { NodeLayer } from '../identities/node-layer.ts';
import { formatPorts, portName, type PortHolder, type PortName } from './port-name.ts';
import type { PortSet, PortTable } from './port-table.ts';

/** What the answers depend on besides the endpoint. */
export interface PortGround {
  readonly ports: PortTable;
  readonly identities: IdentityLayer;
  readonly nodes: NodeLayer;
}

/** `own`: the named ports of the endpoint. */
export function namedPortsFor(own: NamedPortMap, ground: PortGround): NamedPorts {
  const { ports, identities } = ground;
  return {
    ingress: (name, protocol) => portNamed(own, name, protocol),
    egress: (name, protocol) => ports.onlyPort(portName(name, protocol)),
    portOf: (id, name, protocol) => ports.portOf(holdersOf(id, identities), portName(name, protocol)),
    identitiesWith: (name, protocol) => identitiesWith(portName(name, protocol), ground),
  };
}

/** Of all identities only this one; `ports`: of its pods, where the model has none of them. */
export function withNewcomer(named: NamedPorts, newcomer: NumericIdentity, ports?: NamedPortMap): NamedPorts {
  return {
    ...named,
    portOf: (id, name, protocol) =>
      ports === undefined ? named.portOf(id, name, protocol) : portNamed(ports, name, protocol),
    identitiesWith: () => [newcomer],
  };
}

/** The sets of named ports that endpoints of an identity have, each once; an empty one where it has no endpoint. */
export function portSetsOf(
  identity: NumericIdentity,
  { ports, identities }: Pick<PortGround, 'ports' | 'identities'>,
): readonly PortSet[] {
  const sets = new Map<string, PortSet>();
  for (const holder of holdersOf(identity, identities)) {
    for (const set of ports.setsOf(holder)) {
      const key = formatPorts(set.ports);
      sets.set(key, { ...set, endpoints: set.endpoints + (sets.get(key)?.endpoints ?? 0) });
    }
  }
  return sets.size === 0 ? [{ ports: NO_PORTS, endpoints: 0 }] : [...sets.values()];
}

function holdersOf(identity: NumericIdentity, identities: IdentityLayer): readonly PortHolder[] {
  const record = identities.record(identity);
  return record === undefined ? [identity] : [record.key, identity];
}

/** An identity that was collected while its endpoint is still there is selected by nobody. */
function identitiesWith(name: PortName, { ports, identities, nodes }: PortGround): Iterable<NumericIdentity> {
  const isKnown = (id: NumericIdentity): boolean => (identities.record(id) ?? nodes.labelsOf(id)) !== undefined;
  const ids = [...ports.holdersOf(name)].flatMap((holder) =>
    typeof holder === 'number' ? [holder].filter(isKnown) : identities.withKey(holder),
  );
  return new Set(ids);
}
