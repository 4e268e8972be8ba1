package policies

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	slim_metav1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/apis/meta/v1"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/policy/api"

	"bulkhead.test/oracle/cases"
)

// selectorsOf finds every selector of a rule by its type, since the fields that hold one differ from minor to minor
// (fromRequires). Paths are made of the JSON names.
func selectorsOf(path string, rule *api.Rule) ([]cases.Selector, error) {
	var found []cases.Selector
	err := walk(path, reflect.ValueOf(rule).Elem(), func(path string, selector api.EndpointSelector) error {
		match, err := matchOf(selector)
		found = append(found, cases.Selector{Path: path, Match: match})
		return err
	})
	return found, err
}

func walk(path string, value reflect.Value, visit func(string, api.EndpointSelector) error) error {
	switch held := value.Interface().(type) {
	case api.EndpointSelector:
		if held.LabelSelector == nil {
			return nil
		}
		return visit(path, held)
	case *slim_metav1.LabelSelector:
		// 1.18 keeps the selector of CIDR groups as it is written, and adds the prefix where it is used.
		if held == nil {
			return nil
		}
		return visit(path, api.NewESFromK8sLabelSelector(labels.LabelSourceCIDRGroupKeyPrefix, held))
	}
	switch value.Kind() {
	case reflect.Struct:
		return walkFields(path, value, visit)
	case reflect.Slice:
		for index := range value.Len() {
			if err := walk(fmt.Sprintf("%s[%d]", path, index), value.Index(index), visit); err != nil {
				return err
			}
		}
	}
	return nil
}

func walkFields(path string, value reflect.Value, visit func(string, api.EndpointSelector) error) error {
	for index := range value.NumField() {
		field := value.Type().Field(index)
		if !field.IsExported() {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if name == "-" {
			continue
		}
		inside := path
		if name != "" {
			inside += "." + name
		}
		if err := walk(inside, value.Field(index), visit); err != nil {
			return err
		}
	}
	return nil
}

// matchOf reads what EndpointSelector.String prints: keys as source:key in every minor.
func matchOf(selector api.EndpointSelector) (match cases.Match, err error) {
	err = json.Unmarshal([]byte(selector.String()), &match)
	slices.SortFunc(match.MatchExpressions, func(a, b cases.Expression) int {
		return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.Operator, b.Operator), slices.Compare(a.Values, b.Values))
	})
	return match, err
}
