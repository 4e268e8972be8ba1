package main

import (
	_ "unsafe" // for go:linkname

	cilium_v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	"github.com/cilium/cilium/pkg/loadbalancer"
	"github.com/cilium/cilium/pkg/policy/api"
	_ "github.com/cilium/cilium/pkg/policy/k8s" // linked by name
	"github.com/cilium/statedb"

	"bulkhead.test/oracle/minor"
)

// serviceEndpoints has the fields of the type of that name in pkg/policy/k8s.
type serviceEndpoints struct {
	service         *loadbalancer.Service
	backendPrefixes func() []api.CIDR
}

//go:linkname newServiceEndpoints github.com/cilium/cilium/pkg/policy/k8s.newServiceEndpoints
func newServiceEndpoints(*loadbalancer.Service, statedb.ReadTxn, statedb.Table[*loadbalancer.Backend]) serviceEndpoints

//go:linkname processRule github.com/cilium/cilium/pkg/policy/k8s.(*serviceEndpoints).processRule
func processRule(*serviceEndpoints, *api.Rule) int

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
