package main

import (
	"bulkhead.test/oracle/minor"
	"bulkhead.test/oracle/since119"
)

// cilium is this minor, as the shared code asks it.
type cilium struct {
	since119.Nodes
	since119.Parsers
	since119.Services
}

var _ minor.Minor = cilium{}

func (cilium) Version() string { return "1.20.2" }
