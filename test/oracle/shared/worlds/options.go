package worlds

import (
	"cmp"
	"strings"

	cmtypes "github.com/cilium/cilium/pkg/clustermesh/types"
	"github.com/cilium/cilium/pkg/option"
	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/policy/api"

	"bulkhead.test/oracle/cases"
	"bulkhead.test/oracle/minor"
)

// setOptions sets Cilium's global configuration to the agent's defaults under Kubernetes, and to what the world says
// otherwise. Zero values of option.Config are not those defaults.
func setOptions(m minor.Options, options cases.WorldOptions) error {
	option.Config.EnableIPv4 = true
	option.Config.EnableIPv6 = options.IPv6
	option.Config.EnableICMPRules = true
	option.Config.EnableL7Proxy = !options.NoL7Proxy
	option.Config.EnableNonDefaultDenyPolicies = !options.NonDefaultDenyOff
	option.Config.EnableNodeSelectorLabels = options.EnableNodeSelectorLabels
	option.Config.EnableHostFirewall = options.HostFirewall
	option.Config.PolicyCIDRMatchMode = strings.FieldsFunc(options.CIDRMatchMode, isSeparator)
	option.Config.ClusterName = clusterName(options)
	option.Config.ClusterID = options.ClusterID
	m.SetExtendedIPProtocols(false)
	// The default is "auto", which the daemon turns into this under Kubernetes.
	m.SetAllowLocalhost(cmp.Or(options.AllowLocalhost, option.AllowLocalhostAlways))
	policy.SetPolicyEnabled(cmp.Or(options.Enforcement, option.DefaultEnforcement))
	api.InitEntities(clusterName(options))
	return setLabelFilters(options)
}

func isSeparator(char rune) bool {
	return char == ',' || char == ' '
}

func clusterName(options cases.WorldOptions) string {
	return cmp.Or(options.ClusterName, "default")
}

// policyClusterName is what the parsers get: "" where selectors reach every cluster of a mesh.
func policyClusterName(m minor.Options, options cases.WorldOptions) string {
	local := m.PolicyDefaultLocalCluster()
	if options.PolicyDefaultLocalCluster != nil {
		local = *options.PolicyDefaultLocalCluster
	}
	return cmtypes.LocalClusterNameForPolicies(cmtypes.PolicyConfig{PolicyDefaultLocalCluster: local}, clusterName(options))
}

func clusterInfo(options cases.WorldOptions) cmtypes.ClusterInfo {
	return cmtypes.ClusterInfo{ID: options.ClusterID, Name: clusterName(options)}
}
