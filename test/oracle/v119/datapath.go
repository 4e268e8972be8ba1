package main

import "github.com/cilium/cilium/pkg/maps/policymap"

func (cilium) Precedence(entry policymap.PolicyEntry) uint32 { return uint32(entry.Precedence) }
