package main

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
	"github.com/cilium/cilium/pkg/policy/api"

	"bulkhead.test/oracle/minor"
)

type rules api.Rules

func (r rules) CIDRPrefixes() []netip.Prefix {
	return policy.GetCIDRPrefixes(api.Rules(r))
}

func (r rules) AddTo(repository *policy.Repository, resource ipcachetypes.ResourceID) {
	repository.ReplaceByResource(api.Rules(r), resource)
}

func (cilium) ParseCiliumPolicy(log *slog.Logger, clusterName string, object *cilium_v2.CiliumNetworkPolicy) (minor.Rules, error) {
	parsed, err := object.Parse(log, clusterName)
	return rules(parsed), err
}

func (cilium) ParseNetworkPolicy(log *slog.Logger, clusterName string, object *slim_networkingv1.NetworkPolicy) (minor.Rules, error) {
	parsed, err := k8s.ParseNetworkPolicy(log, clusterName, object)
	return rules(parsed), err
}

func (cilium) CIDRGroupLabels(groupLabels map[string]string) labels.Labels {
	return labels.Map2Labels(utils.RemoveCiliumLabels(groupLabels), labels.LabelSourceCIDRGroup)
}
