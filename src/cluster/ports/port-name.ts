/**
 * Who has named ports, and the ports as texts that maps can be keyed by.
 */
import { compareBytes, type CanonicalKey } from '../../cilium/identity/label.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { NamedPortMap, PortProto } from '../../cilium/named-ports.ts';

/** What has an identity: a key, or, where only its endpoint is known, a number. */
export type PortHolder = CanonicalKey | NumericIdentity;

/** What tells of endpoints has the names of their pods. */
export interface EndpointName {
  readonly namespace: string;
  readonly name: string;
}

export function endpointName({ namespace, name }: EndpointName): string {
  return `${namespace}/${name}`;
}

/** What `endpointName` made: no name of a namespace has a slash. */
export function partsOfName(endpoint: string): readonly [namespace: string, name: string] {
  const slash = endpoint.indexOf('/');
  return [endpoint.slice(0, slash), endpoint.slice(slash + 1)];
}

/** `http/6`: a name, and the protocol of whose ports it is one. */
export type PortName = string;

export function portName(name: string, protocol: number): PortName {
  return `${name}/${protocol}`;
}

export function namesIn(ports: NamedPortMap): readonly (readonly [name: PortName, port: number])[] {
  return [...ports].map(([name, { protocol, port }]) => [portName(name, protocol), port]);
}

/** Equal for equal ports. */
export function formatPorts(ports: NamedPortMap): string {
  if (ports.size === 0) return '[]';
  return JSON.stringify([...ports].sort(([a], [b]) => compareBytes(a, b)));
}

/** What `formatPorts` made. */
export function readPorts(text: string): NamedPortMap {
  return new Map(JSON.parse(text) as readonly (readonly [string, PortProto])[]);
}
