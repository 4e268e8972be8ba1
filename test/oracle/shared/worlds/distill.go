package worlds

import (
	"cmp"
	"slices"

	"github.com/cilium/cilium/pkg/policy"
	policytypes "github.com/cilium/cilium/pkg/policy/types"

	"bulkhead.test/oracle/cases"
	"bulkhead.test/oracle/minor"
	"bulkhead.test/oracle/silent"
)

const (
	// endpointID is the number of the endpoint; it shows in names of redirects only.
	endpointID = 1
	// firstProxyPort is the lowest port that the agent gives to a proxy.
	firstProxyPort = 10000
)

// distill makes the map state. An entry whose redirect has no proxy port is left out by Cilium (up to 1.19 with all that
// it covers), so every redirect gets one, as on a node whose proxy runs.
func distill(m minor.Repositories, endpoint minor.Endpoint, selectorPolicy policy.SelectorPolicy, redirected bool) *policy.EndpointPolicy {
	redirects := map[string]uint16{}
	if redirected {
		redirects = proxyPorts(m, endpoint, selectorPolicy)
	}
	return selectorPolicy.DistillPolicy(silent.Log, m.Owner(endpoint), redirects)
}

func proxyPorts(m minor.Repositories, endpoint minor.Endpoint, selectorPolicy policy.SelectorPolicy) map[string]uint16 {
	redirects := map[string]uint16{}
	for filter, tuple := range selectorPolicy.RedirectFilters() {
		ports := []uint16{filter.Port}
		if filter.Port == 0 && filter.PortName != "" {
			ports = m.PortsNamed(endpoint, selectorPolicy, filter)
		}
		for _, port := range ports {
			id := policy.ProxyID(endpointID, filter.Ingress, string(filter.Protocol), port, tuple.Policy.GetListener())
			if _, given := redirects[id]; !given {
				redirects[id] = uint16(firstProxyPort + len(redirects))
			}
		}
	}
	return redirects
}

func entriesOf(m minor.Datapath, distilled *policy.EndpointPolicy) []cases.Entry {
	entries := make([]cases.Entry, 0, distilled.Len())
	for key, entry := range distilled.Entries() {
		entries = append(entries, cases.Entry{
			Direction:    directionName(key),
			ID:           key.Identity.Uint32(),
			Protocol:     uint8(key.Nexthdr),
			Port:         key.DestPort,
			PrefixLength: key.PortPrefixLen(),
			Deny:         entry.IsDeny(),
			Redirect:     entry.ProxyPort != 0,
			Precedence:   m.Precedence(encodedEntry(key, entry)),
		})
	}
	slices.SortFunc(entries, compareEntries)
	return entries
}

func directionName(key policytypes.Key) string {
	if key.TrafficDirection().String() == "Ingress" {
		return "ingress"
	}
	return "egress"
}

func compareEntries(a, b cases.Entry) int {
	return cmp.Or(
		-cmp.Compare(a.Direction, b.Direction),
		cmp.Compare(a.ID, b.ID),
		cmp.Compare(a.Protocol, b.Protocol),
		cmp.Compare(a.Port, b.Port),
		cmp.Compare(a.PrefixLength, b.PrefixLength),
	)
}
