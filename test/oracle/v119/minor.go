package main

import (
	"bulkhead.test/oracle/before120"
	"bulkhead.test/oracle/minor"
	"bulkhead.test/oracle/since119"
)

// cilium is this minor, as the shared code asks it.
type cilium struct {
	before120.Groups
	before120.Identities
	before120.Repositories
	before120.NoClusterNetworkPolicy
	since119.Nodes
	since119.Parsers
	since119.Services
}

var _ minor.Minor = cilium{}

func (cilium) Version() string { return "1.19.7" }
