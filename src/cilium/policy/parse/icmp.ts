/**
 * ICMP types by name.
 *
 * Mirrors pkg/policy/api/icmp.go. A type is kept as a port of protocol ICMP or ICMPv6, so that type 0 (EchoReply of IPv4)
 * means every type.
 */
import type { ICMPFieldSpec } from '../../policy-spec.ts';
import { ICMP, ICMPV6, type Protocol } from '../rule.ts';

const IPV4_TYPES: ReadonlyMap<string, number> = new Map([
  ['EchoReply', 0],
  ['DestinationUnreachable', 3],
  ['Redirect', 5],
  ['Echo', 8],
  ['EchoRequest', 8],
  ['RouterAdvertisement', 9],
  ['RouterSelection', 10],
  ['TimeExceeded', 11],
  ['ParameterProblem', 12],
  ['Timestamp', 13],
  ['TimestampReply', 14],
  ['Photuris', 40],
  ['ExtendedEchoRequest', 42],
  ['ExtendedEchoReply', 43],
]);

const IPV6_TYPES: ReadonlyMap<string, number> = new Map([
  ['DestinationUnreachable', 1],
  ['PacketTooBig', 2],
  ['TimeExceeded', 3],
  ['ParameterProblem', 4],
  ['EchoRequest', 128],
  ['EchoReply', 129],
  ['MulticastListenerQuery', 130],
  ['MulticastListenerReport', 131],
  ['MulticastListenerDone', 132],
  ['RouterSolicitation', 133],
  ['RouterAdvertisement', 134],
  ['NeighborSolicitation', 135],
  ['NeighborAdvertisement', 136],
  ['RedirectMessage', 137],
  ['RouterRenumbering', 138],
  ['ICMPNodeInformationQuery', 139],
  ['ICMPNodeInformationResponse', 140],
  ['InverseNeighborDiscoverySolicitation', 141],
  ['InverseNeighborDiscoveryAdvertisement', 142],
  ['HomeAgentAddressDiscoveryRequest', 144],
  ['HomeAgentAddressDiscoveryReply', 145],
  ['MobilePrefixSolicitation', 146],
  ['MobilePrefixAdvertisement', 147],
  ['DuplicateAddressRequestCodeSuffix', 157],
  ['DuplicateAddressConfirmationCodeSuffix', 158],
  ['ExtendedEchoRequest', 160],
  ['ExtendedEchoReply', 161],
]);

/** Undefined for a name that the family does not have; such an object does not decode in the agent. */
export function icmpType(field: ICMPFieldSpec): number | undefined {
  if (typeof field.type === 'number') return field.type;
  if (/^\d{1,3}$/.test(field.type)) return Number(field.type);
  return icmpNames(field).get(field.type);
}

/**
 * What is no number, or one that is 0 but not written `0`, has to be a name of the family (ICMPField.UnmarshalJSON): else the
 * object does not decode.
 */
export function isICMPType(field: ICMPFieldSpec): boolean {
  if (typeof field.type === 'number' || field.type === '0') return true;
  return (/^[+-]?\d+$/.test(field.type) && Number(field.type) !== 0) || icmpNames(field).has(field.type);
}

function icmpNames({ family }: ICMPFieldSpec): ReadonlyMap<string, number> {
  return family === 'IPv6' ? IPV6_TYPES : IPV4_TYPES;
}

export function icmpProtocol(field: ICMPFieldSpec): Protocol {
  return field.family === 'IPv6' ? ICMPV6 : ICMP;
}
