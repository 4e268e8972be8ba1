package worlds

import (
	"encoding/json"

	"github.com/cilium/cilium/pkg/k8s"
	slim_corev1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/core/v1"
	slim_discoveryv1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/discovery/v1"
	"github.com/cilium/cilium/pkg/k8s/utils"
	"github.com/cilium/cilium/pkg/loadbalancer"
	"github.com/cilium/cilium/pkg/option"
	"github.com/cilium/statedb"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	k8slabels "k8s.io/apimachinery/pkg/labels"

	"bulkhead.test/oracle/minor"
	"bulkhead.test/oracle/silent"
)

const (
	serviceKind       = "Service"
	endpointSliceKind = "EndpointSlice"
)

// isService says whether an object is one that policies may refer to.
func isService(kind string) bool {
	return kind == serviceKind || kind == endpointSliceKind
}

// serviceTables holds what the agent's watches on Services and EndpointSlices bring, with their default options.
func newServiceTables() (minor.ServiceTables, error) {
	db := statedb.New()
	services, err := loadbalancer.NewServicesTable(loadbalancer.DefaultConfig, db)
	if err != nil {
		return minor.ServiceTables{}, err
	}
	backends, err := loadbalancer.NewBackendsTable(db)
	return minor.ServiceTables{DB: db, Services: services, Backends: backends}, err
}

func insertService(m minor.Services, tables minor.ServiceTables, kind string, object []byte) error {
	config := loadbalancer.ExternalConfig{EnableIPv4: option.Config.EnableIPv4, EnableIPv6: option.Config.EnableIPv6}
	txn := tables.DB.WriteTxn(tables.Services, tables.Backends)
	defer txn.Commit()
	if kind == serviceKind {
		return insertConverted(m, txn, tables, config, object)
	}
	return insertSlice(m, txn, tables, config, object)
}

func insertConverted(m minor.Services, txn statedb.WriteTxn, tables minor.ServiceTables, config loadbalancer.ExternalConfig, object []byte) error {
	written := &slim_corev1.Service{}
	if err := json.Unmarshal(object, written); err != nil {
		return err
	}
	options, err := utils.GetServiceAndEndpointListOptionsModifier("", false)
	if err != nil {
		return err
	}
	watched, err := isWatched(options, written.Labels)
	if err != nil || !watched {
		return err
	}
	_, _, err = tables.Services.Insert(txn, m.ConvertService(config, written))
	return err
}

func insertSlice(m minor.Services, txn statedb.WriteTxn, tables minor.ServiceTables, config loadbalancer.ExternalConfig, object []byte) error {
	written := &slim_discoveryv1.EndpointSlice{}
	if err := json.Unmarshal(object, written); err != nil {
		return err
	}
	options, err := m.SliceListOptions()
	if err != nil {
		return err
	}
	watched, err := isWatched(options, written.Labels)
	if err != nil || !watched {
		return err
	}
	return m.InsertBackends(txn, tables, config, k8s.ParseEndpointSliceV1(silent.Log, written))
}

// isWatched asks what the API server is asked when the agent lists objects.
func isWatched(modify func(*metav1.ListOptions), written map[string]string) (bool, error) {
	var options metav1.ListOptions
	modify(&options)
	selector, err := k8slabels.Parse(options.LabelSelector)
	return err == nil && selector.Matches(k8slabels.Set(written)), err
}
