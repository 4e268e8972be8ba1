// Package cases is the format of questions and answers, as the recorded cases of test/conformance hold them.
package cases

import "encoding/json"

// Case is one line of input. Op decides which of Question and World is read.
type Case struct {
	Cilium   string          `json:"cilium"`
	Op       string          `json:"op"`
	Question json.RawMessage `json:"question"`
	World    json.RawMessage `json:"world"`
}

// Refusal is the answer where Cilium says no.
type Refusal struct {
	OK    bool   `json:"ok"`
	Stage string `json:"stage"`
	Error string `json:"error"`
	// CRD is that of a SanitizeAnswer.
	CRD *SchemaVerdict `json:"crd,omitempty"`
}

// Refused says that Cilium refuses at a stage: config, decode, parse, or panic.
func Refused(stage string, cause error) Refusal {
	return Refusal{Stage: stage, Error: cause.Error()}
}

// Nondeterministic is the answer to a question that Cilium answers one way or another, from run to run.
type Nondeterministic struct {
	Nondeterministic bool `json:"nondeterministic"`
}
