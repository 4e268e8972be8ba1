package main

import (
	"iter"
	"log/slog"
	"maps"
	_ "unsafe" // for go:linkname

	cmtypes "github.com/cilium/cilium/pkg/clustermesh/types"
	"github.com/cilium/cilium/pkg/k8s"
	cilium_v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	slim_corev1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/core/v1"
	"github.com/cilium/cilium/pkg/k8s/utils"
	"github.com/cilium/cilium/pkg/loadbalancer"
	_ "github.com/cilium/cilium/pkg/loadbalancer/reflectors" // linked by name
	"github.com/cilium/cilium/pkg/node"
	"github.com/cilium/cilium/pkg/policy/api"
	_ "github.com/cilium/cilium/pkg/policy/k8s" // linked by name
	"github.com/cilium/cilium/pkg/source"
	"github.com/cilium/statedb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"bulkhead.test/oracle/minor"
	"bulkhead.test/oracle/silent"
)

//go:linkname convertService github.com/cilium/cilium/pkg/loadbalancer/reflectors.convertService
func convertService(loadbalancer.Config, loadbalancer.ExternalConfig, *slog.Logger, *node.LocalNodeStore, *slim_corev1.Service, source.Source) (*loadbalancer.Service, []loadbalancer.FrontendParams)

//go:linkname convertEndpoints github.com/cilium/cilium/pkg/loadbalancer/reflectors.convertEndpoints
func convertEndpoints(*slog.Logger, loadbalancer.ExternalConfig, loadbalancer.ServiceName, iter.Seq2[cmtypes.AddrCluster, *k8s.Backend]) iter.Seq[loadbalancer.BackendParams]

// serviceEndpoints has the fields of the type of that name in pkg/policy/k8s.
type serviceEndpoints struct {
	service                *loadbalancer.Service
	backendPrefixes        func() []api.CIDR
	enableHighScaleIPcache bool
}

//go:linkname newServiceEndpoints github.com/cilium/cilium/pkg/policy/k8s.newServiceEndpoints
func newServiceEndpoints(*loadbalancer.Service, statedb.ReadTxn, statedb.Table[*loadbalancer.Backend]) serviceEndpoints

//go:linkname processRule github.com/cilium/cilium/pkg/policy/k8s.(*serviceEndpoints).processRule
func processRule(*serviceEndpoints, *api.Rule) int

func (cilium) SliceListOptions() (func(*metav1.ListOptions), error) {
	return utils.GetEndpointSliceListOptionsModifier(false)
}

func (cilium) ConvertService(config loadbalancer.ExternalConfig, written *slim_corev1.Service) *loadbalancer.Service {
	converted, _ := convertService(loadbalancer.DefaultConfig, config, silent.Log, nil, written, source.Kubernetes)
	return converted
}

// InsertBackends makes one row for each address and port, whichever services have it.
func (cilium) InsertBackends(txn statedb.WriteTxn, tables minor.ServiceTables, config loadbalancer.ExternalConfig, slice *k8s.Endpoints) error {
	for params := range convertEndpoints(silent.Log, config, slice.ServiceName, maps.All(slice.Backends)) {
		backend := &loadbalancer.Backend{Address: params.Address}
		if known, _, found := tables.Backends.Get(txn, loadbalancer.BackendByAddress(params.Address)); found {
			backend.Instances = known.Instances
		}
		backend.Instances = backend.Instances.Set(loadbalancer.BackendInstanceKey{ServiceName: slice.ServiceName}, params)
		if _, _, err := tables.Backends.Insert(txn, backend); err != nil {
			return err
		}
	}
	return nil
}

// ResolveToServices is the loop of policyWatcher.resolveToServices.
func (cilium) ResolveToServices(tables minor.ServiceTables, policy *cilium_v2.CiliumNetworkPolicy) {
	txn := tables.DB.ReadTxn()
	for service := range tables.Services.All(txn) {
		endpoints := newServiceEndpoints(service, txn, tables.Backends)
		processRule(&endpoints, policy.Spec)
		for _, rule := range policy.Specs {
			processRule(&endpoints, rule)
		}
	}
}
