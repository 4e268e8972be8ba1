package before120

import (
	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/spanstat"
	"github.com/cilium/cilium/pkg/u8proto"

	"bulkhead.test/oracle/minor"
)

// Repositories is the part of minor.Repositories that 1.18 and 1.19 have in common.
type Repositories struct{}

func (Repositories) Resolve(repository *policy.Repository, endpoint minor.Endpoint) (policy.SelectorPolicy, error) {
	selectorPolicy, _, err := repository.GetSelectorPolicy(endpoint.Identity, 0, statistics{}, OwnerOf(endpoint).GetID())
	return selectorPolicy, err
}

func (Repositories) PortsNamed(endpoint minor.Endpoint, _ policy.SelectorPolicy, filter *policy.L4Filter) []uint16 {
	return []uint16{OwnerOf(endpoint).GetNamedPort(filter.Ingress, filter.PortName, filter.U8Proto)}
}

// statistics is policy.GetPolicyStatistics.
type statistics struct{}

func (statistics) WaitingForPolicyRepository() *spanstat.SpanStat { return &spanstat.SpanStat{} }

func (statistics) SelectorPolicyCalculation() *spanstat.SpanStat { return &spanstat.SpanStat{} }

// Owner lacks the method of policy.PolicyOwner for the size of the map before.
type Owner struct{ minor.Owner }

func OwnerOf(endpoint minor.Endpoint) Owner { return Owner{minor.Owner{Endpoint: endpoint}} }

// GetNamedPort asks the pod itself for ingress, and for egress all pods of the cluster, which have to agree.
func (o Owner) GetNamedPort(ingress bool, name string, protocol u8proto.U8proto) uint16 {
	var port uint16
	var err error
	if ingress {
		port, err = o.NamedPorts.GetNamedPort(name, protocol)
	} else {
		port, err = o.IPCache.GetNamedPorts().GetNamedPort(name, protocol)
	}
	if err != nil {
		return 0
	}
	return port
}
