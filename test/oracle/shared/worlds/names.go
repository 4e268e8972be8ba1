package worlds

import (
	"context"
	"net/netip"

	cmtypes "github.com/cilium/cilium/pkg/clustermesh/types"
	"github.com/cilium/cilium/pkg/fqdn/dns"
	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/ipcache"
	ipcachetypes "github.com/cilium/cilium/pkg/ipcache/types"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/policy/api"
	"github.com/cilium/cilium/pkg/source"

	"bulkhead.test/oracle/cases"
)

// registeredNames takes down the FQDN selectors that the selector cache registers when a policy is resolved. It stands in
// for the name manager (pkg/fqdn/namemanager), which wants the whole agent around it.
type registeredNames struct {
	selectors []api.FQDNSelector
}

func (r *registeredNames) RegisterFQDNSelector(selector api.FQDNSelector) uint64 {
	r.selectors = append(r.selectors, selector)
	return 0
}

func (r *registeredNames) UnregisterFQDNSelector(api.FQDNSelector) uint64 { return 0 }

// addNames makes the identities of names: one for each selector and family before anything is learned, as
// processSelectorChanges does, and those of learned addresses, as updateMetadata does.
func (c *cluster) addNames(ctx context.Context, world cases.World) error {
	if !world.Options.NoFQDNPrealloc {
		if err := c.preallocate(world.Options.IPv6); err != nil {
			return err
		}
	}
	updates, err := c.learnedPrefixes(world.DNS)
	if err != nil {
		return err
	}
	return c.addPrefixes(ctx, updates)
}

func (c *cluster) preallocate(ipv6 bool) error {
	worlds := []labels.Labels{labels.LabelWorld}
	if ipv6 {
		worlds = []labels.Labels{labels.LabelWorldIPv4, labels.LabelWorldIPv6}
	}
	added := identity.IdentityMap{}
	for _, selector := range c.names.selectors {
		for _, world := range worlds {
			all := labels.NewFrom(world)
			name := selector.IdentityLabel()
			all[name.Key] = name
			allocated, _, err := c.identities.allocator.AllocateLocalIdentity(all, true, identity.IdentityUnknown)
			if err != nil {
				return err
			}
			added[allocated.ID] = allocated.LabelArray
		}
	}
	<-c.identities.UpdateIdentities(added, nil)
	return nil
}

func (c *cluster) learnedPrefixes(learned map[string][]string) ([]ipcache.MU, error) {
	var updates []ipcache.MU
	for name, addresses := range learned {
		selectedBy, err := c.selectorLabels(dns.FQDN(name))
		if err != nil {
			return nil, err
		}
		if len(selectedBy) == 0 {
			continue
		}
		for _, written := range addresses {
			address, err := netip.ParseAddr(written)
			if err != nil {
				return nil, err
			}
			updates = append(updates, ipcache.MU{
				Prefix:   cmtypes.NewLocalPrefixCluster(netip.PrefixFrom(address, address.BitLen())),
				Source:   source.Generated,
				Resource: ipcachetypes.NewResourceID(ipcachetypes.ResourceKindDaemon, "fqdn-name-manager", name),
				Metadata: []ipcache.IPMetadata{selectedBy},
			})
		}
	}
	return updates, nil
}

// selectorLabels are those of deriveLabelsForName.
func (c *cluster) selectorLabels(name string) (labels.Labels, error) {
	all := labels.Labels{}
	for _, selector := range c.names.selectors {
		expression, err := selector.ToRegex()
		if err != nil {
			return nil, err
		}
		if expression.MatchString(name) {
			label := selector.IdentityLabel()
			all[label.Key] = label
		}
	}
	return all, nil
}
