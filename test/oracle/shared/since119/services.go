package since119

import (
	"iter"
	"log/slog"
	"maps"
	_ "unsafe" // for go:linkname

	cmtypes "github.com/cilium/cilium/pkg/clustermesh/types"
	"github.com/cilium/cilium/pkg/k8s"
	slim_corev1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/core/v1"
	"github.com/cilium/cilium/pkg/k8s/utils"
	"github.com/cilium/cilium/pkg/loadbalancer"
	_ "github.com/cilium/cilium/pkg/loadbalancer/reflectors" // linked by name
	"github.com/cilium/cilium/pkg/node"
	"github.com/cilium/cilium/pkg/source"
	"github.com/cilium/statedb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"bulkhead.test/oracle/minor"
	"bulkhead.test/oracle/silent"
)

//go:linkname convertService github.com/cilium/cilium/pkg/loadbalancer/reflectors.convertService
func convertService(loadbalancer.Config, loadbalancer.ExternalConfig, *slog.Logger, *node.LocalNode, *slim_corev1.Service, source.Source) (*loadbalancer.Service, []loadbalancer.FrontendParams)

//go:linkname convertEndpoints github.com/cilium/cilium/pkg/loadbalancer/reflectors.convertEndpoints
func convertEndpoints(*slog.Logger, loadbalancer.ExternalConfig, loadbalancer.ServiceName, iter.Seq2[cmtypes.AddrCluster, *k8s.Backend]) iter.Seq[loadbalancer.Backend]

// Services is the part of minor.Services that 1.19 and 1.20 have in common.
type Services struct{}

func (Services) SliceListOptions() (func(*metav1.ListOptions), error) {
	return utils.GetEndpointSliceListOptionsModifier("", false)
}

func (Services) ConvertService(config loadbalancer.ExternalConfig, written *slim_corev1.Service) *loadbalancer.Service {
	converted, _ := convertService(loadbalancer.DefaultConfig, config, silent.Log, nil, written, source.Kubernetes)
	return converted
}

func (Services) InsertBackends(txn statedb.WriteTxn, tables minor.ServiceTables, config loadbalancer.ExternalConfig, slice *k8s.Endpoints) error {
	for backend := range convertEndpoints(silent.Log, config, slice.ServiceName, maps.All(slice.Backends)) {
		backend.ServiceName, backend.Source = slice.ServiceName, source.Kubernetes
		if _, _, err := tables.Backends.Insert(txn, &backend); err != nil {
			return err
		}
	}
	return nil
}
