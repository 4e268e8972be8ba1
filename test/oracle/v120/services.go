package main

import (
	cilium_v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	policyk8s "github.com/cilium/cilium/pkg/policy/k8s"

	"bulkhead.test/oracle/minor"
)

func (cilium) ResolveToServices(tables minor.ServiceTables, policy *cilium_v2.CiliumNetworkPolicy) {
	policyk8s.ResolveToServices(tables.DB.ReadTxn(), tables.Services, tables.Backends, policy)
}
