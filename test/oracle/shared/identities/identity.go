package identities

import (
	"reflect"

	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/identity/key"
	"github.com/cilium/cilium/pkg/k8s/identitybackend"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/labelsfilter"
	"github.com/cilium/cilium/pkg/option"

	"bulkhead.test/oracle/cases"
	"bulkhead.test/oracle/minor"
	"bulkhead.test/oracle/silent"
)

// repetitions is how often a question is asked that the order of a Go map may decide.
const repetitions = 32

// ChangesGlobals says whether the answer needs tables that Cilium fills once and for all: the process that answers it
// answers nothing else.
func ChangesGlobals(question cases.IdentityQuestion) bool {
	return question.WellKnownIdentities || len(question.FixedIdentityMapping) > 0
}

// AnswerIdentity goes the way of the agent: pod and namespace to labels, the filter, the generated labels, the key.
func AnswerIdentity(m minor.Identities, question cases.IdentityQuestion) any {
	if err := setFilter(question.FilterConfig); err != nil {
		return refusedConfig(err)
	}
	option.Config.ClusterName = question.ClusterName
	if question.WellKnownIdentities {
		m.InitWellKnownIdentities(question.CiliumNamespace, clusterInfo(question.ClusterConfig))
	}
	if err := identity.AddUserDefinedNumericIdentitySet(question.FixedIdentityMapping); err != nil {
		return cases.Refused("config", err)
	}
	first, keysCollide := identityOnce(m, question)
	for again := 1; keysCollide && again < repetitions; again++ {
		if next, _ := identityOnce(m, question); !reflect.DeepEqual(first, next) {
			return cases.Nondeterministic{Nondeterministic: true}
		}
	}
	return first
}

// identityOnce also says whether labels.NewLabel rewrote two keys into one: which of the two stays is up to the order
// of a Go map.
func identityOnce(m minor.Identities, question cases.IdentityQuestion) (answer cases.IdentityAnswer, keysCollide bool) {
	raw, generated := m.PodLabels(silent.Log, slimNamespace(question.Namespace), slimPod(question.Namespace.Name, question.Pod))
	all := labels.Map2Labels(raw, labels.LabelSourceK8s)
	kept, dropped := labelsfilter.Filter(all)
	for _, label := range generated {
		kept[label.Key] = label
	}
	agentKey := &key.GlobalIdentity{LabelArray: kept.LabelArray()}
	answer = cases.IdentityAnswer{
		OK:             true,
		IdentityLabels: printed(kept),
		InfoLabels:     printed(dropped),
		Key:            agentKey.GetKey(),
		CiliumIdentity: ciliumIdentity(agentKey),
		Scope:          scopeName(identity.ScopeForLabels(kept)),
	}
	// The operator's way to a key, where it manages identities.
	operator := key.GetCIDKeyFromLabels(raw, labels.LabelSourceK8s)
	if operatorKey := operator.GetKey(); operatorKey != answer.Key {
		operatorIdentity := ciliumIdentity(operator)
		answer.OperatorKey, answer.OperatorCiliumIdentity = &operatorKey, &operatorIdentity
	}
	if special := identity.LookupReservedIdentityByLabels(kept); special != nil {
		answer.ReservedID = special.ID.Uint32()
	}
	return answer, len(all) < len(raw)
}

// ciliumIdentity is what the agent's CRD backend (AllocateID) writes.
func ciliumIdentity(key *key.GlobalIdentity) cases.CiliumIdentity {
	securityLabels := key.GetAsMap()
	return cases.CiliumIdentity{
		MetadataLabels: identitybackend.SelectK8sLabels(securityLabels),
		SecurityLabels: securityLabels,
	}
}

func scopeName(scope identity.NumericIdentity) string {
	switch scope {
	case identity.IdentityScopeLocal:
		return "local"
	case identity.IdentityScopeRemoteNode:
		return "remote-node"
	default:
		return "global"
	}
}
