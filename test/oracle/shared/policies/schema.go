package policies

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/cilium/cilium/pkg/k8s/apis/cilium.io/v2/validator"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/errors"

	"bulkhead.test/oracle/cases"
	"bulkhead.test/oracle/silent"
)

// crds reads the schemas once.
var crds = sync.OnceValues(func() (*validator.NPValidator, error) {
	return validator.NewNPValidator(silent.Log)
})

// schemaVerdict asks the schema and the look-out for unknown fields (pkg/k8s/apis/cilium.io/v2/validator).
func schemaVerdict(question cases.SanitizeQuestion) (verdict *cases.SchemaVerdict) {
	defer func() {
		if cause := recover(); cause != nil {
			verdict = &cases.SchemaVerdict{Error: fmt.Sprint("panic: ", cause)}
		}
	}()
	checked, err := crds()
	if err != nil {
		return &cases.SchemaVerdict{Error: err.Error()}
	}
	object := &unstructured.Unstructured{}
	if err := json.Unmarshal(question.Object, &object.Object); err != nil {
		return &cases.SchemaVerdict{Error: err.Error()}
	}
	validate := checked.ValidateCNP
	if question.Kind == "CiliumClusterwideNetworkPolicy" {
		validate = checked.ValidateCCNP
	}
	if err := validate(object); err != nil && !isNoise(err) {
		return &cases.SchemaVerdict{Error: err.Error(), BeyondSchema: !isOfSchema(err)}
	}
	return &cases.SchemaVerdict{OK: true}
}

// isOfSchema tells what the schema refuses from what Cilium looks for after that, which may wrap such an error in another.
func isOfSchema(err error) bool {
	_, ok := err.(errors.Aggregate)
	return ok
}

// isNoise tells the look-out for unknown fields of 1.18 apart, which without Cilium's fork of apimachinery finds nothing
// and says so as an error.
func isNoise(err error) bool {
	return strings.Contains(err.Error(), "extra:[]")
}
