package main

import (
	"bulkhead.test/oracle/before120"
	"bulkhead.test/oracle/minor"
)

// cilium is this minor, as the shared code asks it.
type cilium struct {
	before120.Groups
	before120.Identities
	before120.Repositories
	before120.NoClusterNetworkPolicy
}

var _ minor.Minor = cilium{}

func (cilium) Version() string { return "1.18.8" }
