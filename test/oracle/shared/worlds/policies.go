package worlds

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	ipcachetypes "github.com/cilium/cilium/pkg/ipcache/types"
	cilium_v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	slim_networkingv1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/networking/v1"

	"bulkhead.test/oracle/cases"
	"bulkhead.test/oracle/minor"
	"bulkhead.test/oracle/silent"
)

// objects are the policies of a world, as the agent's watches take them in.
type objects struct {
	policies []policyObject
	groups   []*cilium_v2.CiliumCIDRGroup
	services minor.ServiceTables
	errors   []cases.ParseError
}

type policyObject struct {
	resource ipcachetypes.ResourceID
	rules    minor.Rules
}

// resourceKindKCNP has a constant in 1.20 only.
const resourceKindKCNP = ipcachetypes.ResourceKind("kcnp")

// head is what every object has. An object that is not even an object has an empty one.
type head struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
}

func readObjects(m minor.Minor, clusterName string, raw []json.RawMessage) (objects, error) {
	tables, err := newServiceTables()
	read := objects{services: tables}
	// Policies refer to services, wherever those stand.
	read.addAll(m, clusterName, raw, isService)
	read.addAll(m, clusterName, raw, func(kind string) bool { return !isService(kind) })
	slices.SortFunc(read.errors, func(a, b cases.ParseError) int { return cmp.Compare(a.Index, b.Index) })
	return read, err
}

func (o *objects) addAll(m minor.Minor, clusterName string, raw []json.RawMessage, wanted func(kind string) bool) {
	for index, object := range raw {
		var meta head
		err := json.Unmarshal(object, &meta)
		if !wanted(meta.Kind) {
			continue
		}
		if err == nil {
			err = o.add(m, clusterName, meta, object)
		}
		if err != nil {
			o.errors = append(o.errors, cases.ParseError{Index: index, Name: meta.Metadata.Name, Error: err.Error()})
		}
	}
}

// add turns what Cilium panics with into an error: an agent that panics takes nothing in either.
func (o *objects) add(m minor.Minor, clusterName string, meta head, object []byte) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	if meta.Kind == cilium_v2.CCGKindDefinition {
		group := &cilium_v2.CiliumCIDRGroup{}
		if err := json.Unmarshal(object, group); err != nil {
			return err
		}
		o.groups = append(o.groups, group)
		return nil
	}
	if isService(meta.Kind) {
		return insertService(m, o.services, meta.Kind, object)
	}
	kind, rules, err := o.parse(m, clusterName, meta, object)
	if err != nil || rules == nil {
		return err
	}
	resource := ipcachetypes.NewResourceID(kind, meta.Metadata.Namespace, meta.Metadata.Name)
	o.policies = append(o.policies, policyObject{resource, rules})
	return nil
}

// parse takes both Cilium kinds through the type of the namespaced one, as the agent's watcher does. Of a policy that the watcher
// passes over there are no rules, not even an empty list of them: the operator parses it in the same way.
func (o *objects) parse(m minor.Minor, clusterName string, meta head, object []byte) (ipcachetypes.ResourceKind, minor.Rules, error) {
	switch meta.Kind {
	case "CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy":
		kind := ipcachetypes.ResourceKindCNP
		if meta.Metadata.Namespace == "" {
			kind = ipcachetypes.ResourceKindCCNP
		}
		written := &cilium_v2.CiliumNetworkPolicy{}
		if err := json.Unmarshal(object, written); err != nil {
			return kind, nil, err
		}
		isLeft := m.IsLeftToOperator(written)
		m.ResolveToServices(o.services, written)
		rules, err := m.ParseCiliumPolicy(silent.Log, clusterName, written)
		if isLeft {
			rules = nil
		}
		return kind, rules, err
	case "NetworkPolicy":
		written := &slim_networkingv1.NetworkPolicy{}
		if err := json.Unmarshal(object, written); err != nil {
			return ipcachetypes.ResourceKindNetpol, nil, err
		}
		rules, err := m.ParseNetworkPolicy(silent.Log, clusterName, written)
		return ipcachetypes.ResourceKindNetpol, rules, err
	case "ClusterNetworkPolicy":
		rules, err := m.ParseClusterNetworkPolicy(silent.Log, clusterName, object)
		return resourceKindKCNP, rules, err
	default:
		return "", nil, fmt.Errorf("there is no policy of kind %q", meta.Kind)
	}
}
