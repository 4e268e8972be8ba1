package main

import cilium_v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"

// IsLeftToOperator is never so: groups are CiliumCIDRGroups, which the operator fills.
func (cilium) IsLeftToOperator(*cilium_v2.CiliumNetworkPolicy) bool { return false }
