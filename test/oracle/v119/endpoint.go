package main

import (
	"github.com/cilium/cilium/pkg/policy"

	"bulkhead.test/oracle/before120"
	"bulkhead.test/oracle/minor"
)

func (cilium) Owner(endpoint minor.Endpoint) policy.PolicyOwner {
	return owner{before120.OwnerOf(endpoint)}
}

func (cilium) Enforced(distilled *policy.EndpointPolicy) (ingress, egress bool) {
	return distilled.SelectorPolicy.IngressPolicyEnabled, distilled.SelectorPolicy.EgressPolicyEnabled
}

// owner is the endpoint as policy.PolicyOwner.
type owner struct{ before120.Owner }

func (owner) PreviousMapState() *policy.MapState { return nil }
