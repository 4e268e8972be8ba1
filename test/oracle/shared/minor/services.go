package minor

import (
	"github.com/cilium/cilium/pkg/k8s"
	cilium_v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	slim_corev1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/core/v1"
	"github.com/cilium/cilium/pkg/loadbalancer"
	"github.com/cilium/statedb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ServiceTables are the tables of the agent's load balancer, in which its watch on policies looks services up.
type ServiceTables struct {
	DB       *statedb.DB
	Services statedb.RWTable[*loadbalancer.Service]
	Backends statedb.RWTable[*loadbalancer.Backend]
}

// Services is where minors differ between Services, EndpointSlices and what toServices comes to. What Cilium does not export
// of it is linked by its name.
type Services interface {
	// SliceListOptions calls GetEndpointSliceListOptionsModifier: which slices the agent watches.
	SliceListOptions() (func(*metav1.ListOptions), error)
	// ConvertService calls convertService (pkg/loadbalancer/reflectors).
	ConvertService(config loadbalancer.ExternalConfig, written *slim_corev1.Service) *loadbalancer.Service
	// InsertBackends puts in what convertEndpoints (pkg/loadbalancer/reflectors) makes of a slice.
	InsertBackends(txn statedb.WriteTxn, tables ServiceTables, config loadbalancer.ExternalConfig, slice *k8s.Endpoints) error
	// ResolveToServices does what the function of that name (pkg/policy/k8s) does to a policy.
	ResolveToServices(tables ServiceTables, policy *cilium_v2.CiliumNetworkPolicy)
}
