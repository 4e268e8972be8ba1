package main

import (
	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/maps/policymap"
	"github.com/cilium/cilium/pkg/option"
)

func (cilium) Precedence(entry policymap.PolicyEntry) uint32 { return uint32(entry.Precedence) }

// AggregateOf mirrors aggregate_for_identity of bpf/lib/identity.h; its like in pkg/policy is not exported.
func (cilium) AggregateOf(id identity.NumericIdentity) identity.NumericIdentity {
	switch id {
	case identity.ReservedIdentityAggregateCluster, identity.ReservedIdentityAggregateClusterMesh,
		identity.ReservedIdentityAggregateRemoteNode, identity.ReservedIdentityAggregateWorld:
		return id
	}
	switch {
	case id < firstAggregated:
		return identity.IdentityUnknown
	case id.Scope() == identity.IdentityScopeRemoteNode:
		return identity.ReservedIdentityAggregateRemoteNode
	case id.Scope() == identity.IdentityScopeLocal:
		return identity.ReservedIdentityAggregateWorld
	case id.ClusterID() == option.Config.ClusterID:
		return identity.ReservedIdentityAggregateCluster
	default:
		return identity.ReservedIdentityAggregateClusterMesh
	}
}

// firstAggregated is the first identity that has an aggregate other than the wildcard.
const firstAggregated = identity.NumericIdentity(100)
