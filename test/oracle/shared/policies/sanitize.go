// Package policies answers which policies an agent takes: Parse of pkg/k8s/apis/cilium.io/v2, which runs Rule.Sanitize of
// pkg/policy/api and injects the namespace and the cluster.
package policies

import (
	"encoding/json"
	"fmt"
	"log/slog"

	cilium_v2 "github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2"
	"github.com/cilium/cilium/pkg/option"
	"github.com/cilium/cilium/pkg/policy/api"

	"bulkhead.test/oracle/cases"
	"bulkhead.test/oracle/minor"
	"bulkhead.test/oracle/silent"
)

// Answer decodes the object anew: Parse writes into what it parses, and Sanitize up to 1.19 is not idempotent.
func Answer(m minor.Options, question cases.SanitizeQuestion) any {
	setOptions(m, question.Options)
	rules, stage, err := take(question)
	schema := schemaVerdict(question)
	if err != nil {
		refused := cases.Refused(stage, err)
		refused.CRD = schema
		return refused
	}
	answer := cases.SanitizeAnswer{OK: true, Selectors: []cases.Selector{}, EnableDefaultDeny: []string{}, CRD: schema}
	for index, rule := range rules {
		selectors, err := selectorsOf(fmt.Sprintf("rules[%d]", index), rule)
		if err != nil {
			return cases.Refused("print", err)
		}
		answer.Selectors = append(answer.Selectors, selectors...)
		answer.EnableDefaultDeny = append(answer.EnableDefaultDeny, defaultDenyOf(rule))
	}
	return answer
}

// take decodes and parses; what Cilium panics with is an answer, too.
func take(question cases.SanitizeQuestion) (rules api.Rules, stage string, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			stage, err = "panic", fmt.Errorf("%v", cause)
		}
	}()
	object, err := decode(question)
	if err != nil {
		return nil, "decode", err
	}
	rules, err = object.Parse(silent.Log, question.PolicyClusterName)
	return rules, "parse", err
}

// parsed is what both Cilium kinds can do.
type parsed interface {
	Parse(log *slog.Logger, clusterName string) (api.Rules, error)
}

func decode(question cases.SanitizeQuestion) (parsed, error) {
	switch question.Kind {
	case "CiliumNetworkPolicy":
		object := &cilium_v2.CiliumNetworkPolicy{}
		return object, json.Unmarshal(question.Object, object)
	case "CiliumClusterwideNetworkPolicy":
		object := &cilium_v2.CiliumClusterwideNetworkPolicy{}
		return object, json.Unmarshal(question.Object, object)
	default:
		return nil, fmt.Errorf("there is no kind %q", question.Kind)
	}
}

// setOptions starts from the agent's defaults: with the zero value of option.Config most rules for L7 fail.
func setOptions(m minor.Options, options cases.SanitizeOptions) {
	option.Config.EnableL7Proxy = given(options.L7Proxy, true)
	option.Config.EnableICMPRules = given(options.ICMPRules, true)
	option.Config.EnableNonDefaultDenyPolicies = given(options.NonDefaultDeny, true)
	option.Config.EnableNodeSelectorLabels = given(options.NodeSelectorLabels, false)
	m.SetExtendedIPProtocols(given(options.ExtendedIPProtocols, false))
}

func given(value *bool, otherwise bool) bool {
	if value == nil {
		return otherwise
	}
	return *value
}

func defaultDenyOf(rule *api.Rule) string {
	deny := rule.EnableDefaultDeny
	return fmt.Sprintf("ingress=%t egress=%t", given(deny.Ingress, false), given(deny.Egress, false))
}
