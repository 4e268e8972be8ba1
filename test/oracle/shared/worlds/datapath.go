package worlds

import (
	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/maps/policymap"
	"github.com/cilium/cilium/pkg/policy"
	policytypes "github.com/cilium/cilium/pkg/policy/types"

	"bulkhead.test/oracle/minor"
)

const (
	// l4Bits are the bits of protocol and port in a key, the only ones that are matched by prefix.
	l4Bits  = 8 + 16
	nothing = "nomatch"
)

// datapath is the BPF map as syncPolicyMap (pkg/endpoint) fills it: one key for each entry of the map state.
type datapath struct {
	minor   minor.Datapath
	entries map[policymap.PolicyKey]policymap.PolicyEntry
}

func newDatapath(m minor.Datapath, distilled *policy.EndpointPolicy) datapath {
	entries := make(map[policymap.PolicyKey]policymap.PolicyEntry, distilled.Len())
	for key, entry := range distilled.Entries() {
		entries[policymap.NewKeyFromPolicyKey(key)] = encodedEntry(key, entry)
	}
	return datapath{m, entries}
}

func encodedEntry(key policytypes.Key, entry policytypes.MapStateEntry) policymap.PolicyEntry {
	return policymap.NewEntryFromPolicyEntry(policymap.NewKeyFromPolicyKey(key), entry)
}

// verdict mirrors __policy_can_access of bpf/lib/policy.h: the entry of the peer itself and the one of its aggregate, of
// which the higher precedence wins, then the longer prefix, then the peer's own. An aggregate other than 0 falls back to 0
// where neither is found.
func (d datapath) verdict(flow policytypes.Key) string {
	aggregate := d.minor.AggregateOf(flow.Identity)
	own, ownLength := d.longest(flow)
	wide, wideLength := d.longest(flow.WithIdentity(aggregate))
	if own == nil && wide == nil && aggregate != identity.IdentityUnknown {
		wide, wideLength = d.longest(flow.WithIdentity(identity.IdentityUnknown))
	}
	chosen := own
	if wide != nil && (own == nil || d.isAbove(*wide, wideLength, *own, ownLength)) {
		chosen = wide
	}
	switch {
	case chosen == nil:
		return nothing
	case chosen.IsDeny():
		return "deny"
	default:
		return "allow"
	}
}

func (d datapath) isAbove(a policymap.PolicyEntry, aLength uint32, b policymap.PolicyEntry, bLength uint32) bool {
	above, below := d.minor.Precedence(a), d.minor.Precedence(b)
	return above > below || (above == below && aLength > bLength)
}

// longest is the look-up in an LPM trie: the bits in front of protocol and port match in full, those by prefix.
func (d datapath) longest(flow policytypes.Key) (found *policymap.PolicyEntry, length uint32) {
	wanted := uint32(flow.Nexthdr)<<16 | uint32(flow.DestPort)
	for key, entry := range d.entries {
		if key.Identity != flow.Identity.Uint32() || key.TrafficDirection != uint8(flow.TrafficDirection()) {
			continue
		}
		bits := key.Prefixlen - policymap.StaticPrefixBits
		stored := uint32(key.Nexthdr)<<16 | uint32(key.GetDestPort())
		if (stored^wanted)>>(l4Bits-bits) == 0 && (found == nil || bits > length) {
			found, length = &entry, bits
		}
	}
	return found, length
}
