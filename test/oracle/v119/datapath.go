package main

import (
	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/maps/policymap"
)

func (cilium) Precedence(entry policymap.PolicyEntry) uint32 { return uint32(entry.Precedence) }

// AggregateOf is the wildcard for every identity before 1.20.
func (cilium) AggregateOf(identity.NumericIdentity) identity.NumericIdentity {
	return identity.IdentityUnknown
}
