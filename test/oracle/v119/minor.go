package main

import "bulkhead.test/oracle/minor"

// cilium is this minor, as the shared code asks it.
type cilium struct{}

var _ minor.Minor = cilium{}

func (cilium) Version() string { return "1.19.7" }
