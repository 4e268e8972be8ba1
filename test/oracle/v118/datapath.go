package main

import (
	"math"

	"github.com/cilium/cilium/pkg/maps/policymap"
)

// Precedence puts a deny above all: the datapath of 1.18 looks at the flag first, then at the priority of the proxy port.
func (cilium) Precedence(entry policymap.PolicyEntry) uint32 {
	if entry.IsDeny() {
		return math.MaxUint32
	}
	return uint32(entry.ProxyPortPriority)
}
