// Package since119 is what 1.19 and 1.20 do by the same calls and 1.18 by others: it does not compile against 1.18.
package since119

import (
	"log/slog"
	"net/netip"

	ipcachetypes "github.com/cilium/cilium/pkg/ipcache/types"
	"github.com/cilium/cilium/pkg/k8s"
	cilium_v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	slim_networkingv1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/networking/v1"
	"github.com/cilium/cilium/pkg/k8s/utils"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/policy/types"
	policyutils "github.com/cilium/cilium/pkg/policy/utils"

	"bulkhead.test/oracle/minor"
)

// Rules is minor.Rules.
type Rules types.PolicyEntries

func (r Rules) CIDRPrefixes() []netip.Prefix {
	return policy.GetCIDRPrefixes(types.PolicyEntries(r))
}

func (r Rules) AddTo(repository *policy.Repository, resource ipcachetypes.ResourceID) {
	repository.ReplaceByResource(types.PolicyEntries(r), resource)
}

// Parsers is minor.Parsers without ClusterNetworkPolicy.
type Parsers struct{}

func (Parsers) ParseCiliumPolicy(log *slog.Logger, clusterName string, object *cilium_v2.CiliumNetworkPolicy) (minor.Rules, error) {
	parsed, err := object.Parse(log, clusterName)
	return Rules(policyutils.RulesToPolicyEntries(parsed)), err
}

func (Parsers) ParseNetworkPolicy(log *slog.Logger, clusterName string, object *slim_networkingv1.NetworkPolicy) (minor.Rules, error) {
	parsed, err := k8s.ParseNetworkPolicy(log, clusterName, object)
	return Rules(parsed), err
}

// CIDRGroupLabels carries each label twice: as it is, and encoded with its value in the key.
func (Parsers) CIDRGroupLabels(groupLabels map[string]string) labels.Labels {
	all := labels.Labels{}
	for key, value := range utils.RemoveCiliumLabels(groupLabels) {
		label := labels.NewLabel(key, value, labels.LabelSourceCIDRGroup)
		all[label.Key] = label
		encoded := labels.EncodedCIDRGroupLabel(label.Key, label.Value, label.Source)
		all[encoded.Key] = encoded
	}
	return all
}
