package main

import (
	"github.com/cilium/cilium/pkg/endpoint/regeneration"
	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/spanstat"
	"github.com/cilium/cilium/pkg/u8proto"

	"bulkhead.test/oracle/minor"
)

func (cilium) Resolve(repository *policy.Repository, endpoint minor.Endpoint) (policy.SelectorPolicy, error) {
	selectorPolicy, _, err := repository.GetSelectorPolicy(endpoint.Identity, 0, statistics{}, owner{endpoint}.GetID())
	return selectorPolicy, err
}

func (cilium) Owner(endpoint minor.Endpoint) policy.PolicyOwner { return owner{endpoint} }

func (cilium) Enforced(distilled *policy.EndpointPolicy) (ingress, egress bool) {
	return distilled.SelectorPolicy.IngressPolicyEnabled, distilled.SelectorPolicy.EgressPolicyEnabled
}

// statistics is policy.GetPolicyStatistics.
type statistics struct{}

func (statistics) WaitingForPolicyRepository() *spanstat.SpanStat { return &spanstat.SpanStat{} }

func (statistics) SelectorPolicyCalculation() *spanstat.SpanStat { return &spanstat.SpanStat{} }

// owner is the endpoint as policy.PolicyOwner.
type owner struct{ minor.Endpoint }

func (o owner) GetID() uint64 { return 1 }

func (o owner) IsHost() bool { return o.Identity.ID == identity.ReservedIdentityHost }

// GetNamedPort asks the pod itself for ingress, and for egress all pods of the cluster, which have to agree.
func (o owner) GetNamedPort(ingress bool, name string, protocol u8proto.U8proto) uint16 {
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

func (o owner) PreviousMapState() *policy.MapState { return nil }

func (o owner) PolicyDebug(string, ...any) {}

func (o owner) RegenerateIfAlive(*regeneration.ExternalRegenerationMetadata) <-chan bool {
	done := make(chan bool)
	close(done)
	return done
}
