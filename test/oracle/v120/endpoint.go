package main

import (
	"slices"

	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/policy"
	"github.com/cilium/cilium/pkg/u8proto"

	"bulkhead.test/oracle/minor"
)

// Resolve tells the repository of the subject by hand: no rule matches a subject it has not been told of, and nothing warns.
func (cilium) Resolve(repository *policy.Repository, endpoint minor.Endpoint) (policy.SelectorPolicy, error) {
	subject := identity.IdentityMap{endpoint.Identity.ID: endpoint.Identity.LabelArray}
	repository.UpdateIdentities(subject, nil)
	repository.SetNamedPortsGetter(endpoint.IPCache)
	selectorPolicy, _, err := repository.ComputeSelectorPolicy(endpoint.Identity)
	return selectorPolicy, err
}

func (cilium) PortsNamed(endpoint minor.Endpoint, selectorPolicy policy.SelectorPolicy, filter *policy.L4Filter) []uint16 {
	if filter.Ingress {
		return []uint16{owner{minor.Owner{Endpoint: endpoint}}.GetIngressNamedPort(filter.PortName, filter.U8Proto)}
	}
	var ports []uint16
	for selector := range filter.PerSelectorPolicies {
		selected := slices.Values(selector.GetSelections())
		for _, port := range selectorPolicy.GetEgressNamedPorts(filter.PortName, filter.U8Proto, selected) {
			ports = append(ports, port)
		}
	}
	return ports
}

func (cilium) Owner(endpoint minor.Endpoint) policy.PolicyOwner {
	return owner{minor.Owner{Endpoint: endpoint}}
}

func (cilium) Enforced(distilled *policy.EndpointPolicy) (ingress, egress bool) {
	return distilled.SelectorPolicy.IngressPolicyEnabled, distilled.SelectorPolicy.EgressPolicyEnabled
}

// owner is the endpoint as policy.PolicyOwner.
type owner struct{ minor.Owner }

func (o owner) GetIngressNamedPort(name string, protocol u8proto.U8proto) uint16 {
	port, err := o.NamedPorts.GetNamedPort(name, protocol)
	if err != nil {
		return 0
	}
	return port
}

func (owner) PreviousMapStateSizes() policy.MapStateSizes { return policy.MapStateSizes{} }
