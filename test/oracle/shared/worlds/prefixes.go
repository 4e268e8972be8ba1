package worlds

import (
	"context"
	"maps"
	"net/netip"
	"time"

	cmtypes "github.com/cilium/cilium/pkg/clustermesh/types"
	"github.com/cilium/cilium/pkg/ipcache"
	ipcachetypes "github.com/cilium/cilium/pkg/ipcache/types"
	cilium_v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/policy/api"
	"github.com/cilium/cilium/pkg/source"

	"bulkhead.test/oracle/minor"
)

// patience is how long the ipcache may take for the prefixes of one world.
const patience = 30 * time.Second

// addPrefixes gives the ipcache what it makes node-local identities from. Which labels a prefix inherits, and which
// prefixes share an identity, is decided there and never here.
func (c *cluster) addPrefixes(ctx context.Context, updates []ipcache.MU) error {
	if len(updates) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	return c.ipcache.WaitForRevision(ctx, c.ipcache.UpsertMetadataBatch(updates...))
}

// policyPrefixes are those of updatePrefixes (pkg/policy/cell).
func policyPrefixes(policies []policyObject) []ipcache.MU {
	var updates []ipcache.MU
	for _, one := range policies {
		for _, prefix := range one.rules.CIDRPrefixes() {
			updates = append(updates, ipcache.MU{
				Prefix:   cmtypes.NewLocalPrefixCluster(prefix),
				Source:   source.CustomResource,
				Resource: one.resource,
				Metadata: []ipcache.IPMetadata{labels.GetCIDRLabels(prefix)},
				IsCIDR:   true,
			})
		}
	}
	return updates
}

// groupPrefixes are those of applyCIDRGroup (pkg/policy/k8s): a prefix that does not parse is left out.
func groupPrefixes(m minor.Parsers, groups []*cilium_v2.CiliumCIDRGroup) []ipcache.MU {
	var updates []ipcache.MU
	for _, group := range groups {
		all := m.CIDRGroupLabels(group.Labels)
		name := api.LabelForCIDRGroupRef(group.Name)
		all[name.Key] = name
		for _, written := range group.Spec.ExternalCIDRs {
			prefix, err := netip.ParsePrefix(string(written))
			if err != nil {
				continue
			}
			own := maps.Clone(all)
			own.AddWorldLabel(prefix.Addr())
			updates = append(updates, ipcache.MU{
				Prefix:   cmtypes.NewLocalPrefixCluster(prefix),
				Source:   source.Generated,
				Resource: ipcachetypes.NewResourceID(ipcachetypes.ResourceKindCIDRGroup, "", group.Name),
				Metadata: []ipcache.IPMetadata{own},
			})
		}
	}
	return updates
}

// apiServerPrefixes labels the addresses of the API server.
func apiServerPrefixes(addresses []string) ([]ipcache.MU, error) {
	var updates []ipcache.MU
	parsed, err := parseAddresses(addresses)
	if err != nil {
		return nil, err
	}
	for _, address := range parsed {
		updates = append(updates, ipcache.MU{
			Prefix:   cmtypes.NewLocalPrefixCluster(hostPrefix(address)),
			Source:   source.KubeAPIServer,
			Resource: ipcachetypes.NewResourceID(ipcachetypes.ResourceKindEndpoint, "default", "kubernetes"),
			Metadata: []ipcache.IPMetadata{labels.LabelKubeAPIServer},
		})
	}
	return updates, nil
}
