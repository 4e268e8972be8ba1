package cases

import "encoding/json"

// SanitizeQuestion asks whether the agent takes a policy, and what it makes of its selectors.
type SanitizeQuestion struct {
	Kind   string          `json:"kind"`
	Object json.RawMessage `json:"object"`
	// PolicyClusterName is "" where selectors without a cluster select all clusters.
	PolicyClusterName string          `json:"policyClusterName"`
	Options           SanitizeOptions `json:"options"`
}

// SanitizeOptions are differences from the agent's defaults.
type SanitizeOptions struct {
	NodeSelectorLabels  *bool `json:"nodeSelectorLabels"`
	L7Proxy             *bool `json:"l7Proxy"`
	ICMPRules           *bool `json:"icmpRules"`
	NonDefaultDeny      *bool `json:"nonDefaultDeny"`
	ExtendedIPProtocols *bool `json:"extendedIPProtocols"`
}

// SanitizeAnswer lists selectors in the order of the rule's fields.
type SanitizeAnswer struct {
	OK        bool       `json:"ok"`
	Selectors []Selector `json:"selectors"`
	// EnableDefaultDeny has one line for each rule, such as `ingress=true egress=false`.
	EnableDefaultDeny []string `json:"enableDefaultDeny"`
	// CRD is for information.
	CRD *SchemaVerdict `json:"crd,omitempty"`
}

// SchemaVerdict is what the schema of the CRD says, which an API server asks before an agent sees the object.
type SchemaVerdict struct {
	OK    bool   `json:"ok"`
	Error string `json:"error,omitempty"`
	// BeyondSchema says that the schema takes the object, and Cilium's look-out for unknown fields does not.
	BeyondSchema bool `json:"beyondSchema,omitempty"`
}

// Selector is a selector with the namespace and the cluster injected; keys are written as source:key.
type Selector struct {
	Path  string `json:"path"`
	Match Match  `json:"match"`
}

// Match is a label selector whose expressions are sorted.
type Match struct {
	MatchLabels      map[string]string `json:"matchLabels,omitempty"`
	MatchExpressions []Expression      `json:"matchExpressions,omitempty"`
}

// Expression is one requirement of a selector.
type Expression struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"`
	Values   []string `json:"values,omitempty"`
}
