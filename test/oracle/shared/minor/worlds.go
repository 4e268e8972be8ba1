package minor

import (
	"log/slog"
	"net/netip"

	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/ipcache"
	ipcachetypes "github.com/cilium/cilium/pkg/ipcache/types"
	cilium_v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	slim_networkingv1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/networking/v1"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/maps/policymap"
	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/types"
)

// Worlds is where minors differ between policies and a policy map.
type Worlds interface {
	Options
	Parsers
	Nodes
	Services
	Repositories
	Datapath
}

// Options is where minors keep what they do not keep in the same field, and defaults that changed.
type Options interface {
	// PolicyDefaultLocalCluster is the default of policy-default-local-cluster.
	PolicyDefaultLocalCluster() bool
	SetAllowLocalhost(value string)
	// SetExtendedIPProtocols does nothing where there is no such option.
	SetExtendedIPProtocols(on bool)
	// ChecksSecretNames says whether getSecrets (pkg/crypto/certificatemanager) looks at how a secret is called.
	ChecksSecretNames() bool
}

// Rules is what a minor's parsers make of one policy.
type Rules interface {
	// CIDRPrefixes calls policy.GetCIDRPrefixes.
	CIDRPrefixes() []netip.Prefix
	// AddTo calls ReplaceByResource. The namespace in the resource decides whose rules they are.
	AddTo(repository *policy.Repository, resource ipcachetypes.ResourceID)
}

// Parsers make rules; clusterName is "" where selectors without a cluster select all clusters.
type Parsers interface {
	// IsLeftToOperator says whether the agent's watch passes a policy over, since the operator writes another for it.
	IsLeftToOperator(policy *cilium_v2.CiliumNetworkPolicy) bool
	ParseCiliumPolicy(log *slog.Logger, clusterName string, object *cilium_v2.CiliumNetworkPolicy) (Rules, error)
	ParseNetworkPolicy(log *slog.Logger, clusterName string, object *slim_networkingv1.NetworkPolicy) (Rules, error)
	// ParseClusterNetworkPolicy takes JSON, since only 1.20 has a type for it.
	ParseClusterNetworkPolicy(log *slog.Logger, clusterName string, object []byte) (Rules, error)
	// CIDRGroupLabels are those of a group's own labels, as applyCIDRGroup (pkg/policy/k8s) makes them.
	CIDRGroupLabels(groupLabels map[string]string) labels.Labels
}

// Nodes is where nodeIdentityLabels (pkg/node/manager) differs: what enable-node-selector-labels gives to nodes.
type Nodes interface {
	// LabelsLocalNode says whether the node that the agent runs on gets them, too.
	LabelsLocalNode() bool
	PerNodeLabels(nodeLabels map[string]string, cluster string) labels.Labels
}

// Endpoint is the pod whose map is asked for.
type Endpoint struct {
	Identity *identity.Identity
	// NamedPorts are the pod's own.
	NamedPorts types.NamedPortMap
	// IPCache knows the named ports of all pods.
	IPCache *ipcache.IPCache
}

// Repositories resolve rules for a subject.
type Repositories interface {
	// Resolve tells the repository of the subject and the cluster's named ports, where the minor wants to be told, and
	// computes the selector policy.
	Resolve(repository *policy.Repository, endpoint Endpoint) (policy.SelectorPolicy, error)
	// PortsNamed are the ports that the name in a filter stands for, as proxyID and proxyIDs (pkg/endpoint) resolve it.
	PortsNamed(endpoint Endpoint, selectorPolicy policy.SelectorPolicy, filter *policy.L4Filter) []uint16
	// Owner answers what DistillPolicy asks of an endpoint.
	Owner(endpoint Endpoint) policy.PolicyOwner
	// Enforced tells for which directions there is a default deny.
	Enforced(distilled *policy.EndpointPolicy) (ingress, egress bool)
}

// Datapath is where bpf/lib/policy.h differs.
type Datapath interface {
	// Precedence orders the two entries that the datapath finds for a flow.
	Precedence(entry policymap.PolicyEntry) uint32
	// AggregateOf is the identity of the datapath's second look-up.
	AggregateOf(id identity.NumericIdentity) identity.NumericIdentity
}
