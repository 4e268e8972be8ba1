package worlds

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"

	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/option"
	"github.com/cilium/cilium/pkg/policy"
	policytypes "github.com/cilium/cilium/pkg/policy/types"
	"github.com/cilium/cilium/pkg/u8proto"

	"bulkhead.test/oracle/cases"
)

// verdict asks the map state (EndpointPolicy.Lookup) and the datapath's map for one flow. The flow has a protocol and a
// port, since a look-up without them is none.
func (c *cluster) verdict(distilled *policy.EndpointPolicy, bpf datapath, lookup cases.Lookup) (cases.Verdict, error) {
	peer, err := c.peer(lookup.Peer)
	if err != nil {
		return cases.Verdict{}, err
	}
	protocol, err := u8proto.ParseProtocol(lookup.Proto)
	if err != nil {
		return cases.Verdict{}, err
	}
	flow := policytypes.IngressKey()
	if lookup.Direction == "egress" {
		flow = policytypes.EgressKey()
	}
	flow = flow.WithIdentity(peer).WithPortProto(protocol, lookup.Port)
	return cases.Verdict{Peer: peer.Uint32(), Verdict: mapStateVerdict(distilled, flow), BPF: bpf.verdict(flow)}, nil
}

func mapStateVerdict(distilled *policy.EndpointPolicy, flow policytypes.Key) string {
	entry, _, found := distilled.Lookup(flow)
	switch {
	case !found:
		return nothing
	case entry.IsDeny():
		return "deny"
	default:
		return "allow"
	}
}

// peer finds the identity of an address as the datapath does: the longest prefix in the ipcache, or the world.
func (c *cluster) peer(written json.RawMessage) (identity.NumericIdentity, error) {
	var number uint32
	if json.Unmarshal(written, &number) == nil {
		return identity.NumericIdentity(number), nil
	}
	var text string
	if err := json.Unmarshal(written, &text); err != nil {
		return 0, err
	}
	plain, isAddress := strings.CutPrefix(text, "ip:")
	if !isAddress {
		return 0, fmt.Errorf("%q is no peer", text)
	}
	address, err := netip.ParseAddr(plain)
	if err != nil {
		return 0, err
	}
	if known, ok := c.ipcache.LookupSecIDByIP(address); ok {
		return known.ID, nil
	}
	return worldOf(address), nil
}

func worldOf(address netip.Addr) identity.NumericIdentity {
	switch {
	case !option.Config.EnableIPv6:
		return identity.ReservedIdentityWorld
	case address.Is4():
		return identity.ReservedIdentityWorldIPv4
	default:
		return identity.ReservedIdentityWorldIPv6
	}
}
