package worlds

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	cmtypes "github.com/cilium/cilium/pkg/clustermesh/types"
	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/ipcache"
	ipcachetypes "github.com/cilium/cilium/pkg/ipcache/types"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/labelsfilter"
	"github.com/cilium/cilium/pkg/option"
	"github.com/cilium/cilium/pkg/source"

	"bulkhead.test/oracle/cases"
	"bulkhead.test/oracle/minor"
	"bulkhead.test/oracle/silent"
)

// setLabelFilters makes the filters of pods and of nodes; the former is the agent's default.
func setLabelFilters(options cases.WorldOptions) error {
	return labelsfilter.ParseLabelPrefixCfg(silent.Log, nil, strings.Fields(options.NodeLabels), "")
}

// forgetHost takes back the labels that the node of the last world gave to the identity of the host, which is global.
func forgetHost() {
	identity.AddReservedIdentityWithLabels(identity.ReservedIdentityHost, labels.NewFrom(labels.LabelHost))
}

// hostIdentity is that of the host endpoint of the world's node, as InitWithNodeLabels (pkg/endpoint) labels it.
func hostIdentity(world cases.World) (*identity.Identity, error) {
	all := labels.NewFrom(labels.LabelHost)
	if index := slices.IndexFunc(world.Nodes, world.IsLocal); index >= 0 {
		kept, _ := labelsfilter.Filter(labels.Map2Labels(world.Nodes[index].Labels, labels.LabelSourceK8s))
		all.MergeLabels(kept)
	}
	found := identity.LookupReservedIdentityByLabels(all)
	if found == nil || found.ID != identity.ReservedIdentityHost {
		return nil, fmt.Errorf("the host endpoint with %s is not the host", all)
	}
	return found, nil
}

// nodePrefixes are those of NodeUpdated (pkg/node/manager), which wants the whole agent around it.
func nodePrefixes(m minor.Nodes, world cases.World) ([]ipcache.MU, error) {
	var updates []ipcache.MU
	for _, node := range world.Nodes {
		addresses, err := parseAddresses(node.IPs)
		if err != nil {
			return nil, err
		}
		isLocal := world.IsLocal(node)
		shared := nodeLabels(m, node, isLocal, clusterName(world.Options))
		if isLocal && option.Config.PolicyCIDRMatchesNodes() {
			for _, address := range addresses {
				shared.MergeLabels(labels.GetCIDRLabels(hostPrefix(address)))
			}
		}
		for _, address := range addresses {
			own := labels.NewFrom(shared)
			if option.Config.PolicyCIDRMatchesNodes() {
				own.MergeLabels(labels.GetCIDRLabels(hostPrefix(address)))
			}
			updates = append(updates, ipcache.MU{
				Prefix:   cmtypes.NewLocalPrefixCluster(hostPrefix(address)),
				Source:   source.CustomResource,
				Resource: ipcachetypes.NewResourceID(ipcachetypes.ResourceKindNode, "", node.Name),
				Metadata: []ipcache.IPMetadata{own},
			})
		}
	}
	return updates, nil
}

// nodeLabels mirrors nodeIdentityLabels (pkg/node/manager).
func nodeLabels(m minor.Nodes, node cases.Node, isLocal bool, cluster string) labels.Labels {
	all := labels.NewFrom(labels.LabelRemoteNode)
	if isLocal {
		all = labels.NewFrom(labels.LabelHost)
	}
	if option.Config.PerNodeLabelsEnabled() && (!isLocal || m.LabelsLocalNode()) {
		all.MergeLabels(m.PerNodeLabels(node.Labels, cluster))
	}
	return all
}

func parseAddresses(written []string) ([]netip.Addr, error) {
	addresses := make([]netip.Addr, 0, len(written))
	for _, text := range written {
		address, err := netip.ParseAddr(text)
		if err != nil {
			return nil, err
		}
		addresses = append(addresses, address)
	}
	return addresses, nil
}

func hostPrefix(address netip.Addr) netip.Prefix {
	return netip.PrefixFrom(address, address.BitLen())
}
