package before120

import cilium_v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"

// Groups are those of a cloud provider, which the operator puts addresses in the place of.
type Groups struct{}

// IsLeftToOperator asks what onUpsert (pkg/policy/k8s) asks.
func (Groups) IsLeftToOperator(policy *cilium_v2.CiliumNetworkPolicy) bool {
	return policy.RequiresDerivative()
}
