// Package oracle answers cases with Cilium's own packages. Each minor has a main program of its own (v118, v119, v120),
// which compiles this module against its Cilium.
package oracle

import (
	"encoding/json"
	"fmt"

	"bulkhead.test/oracle/cases"
	"bulkhead.test/oracle/identities"
	"bulkhead.test/oracle/minor"
	"bulkhead.test/oracle/policies"
	"bulkhead.test/oracle/worlds"
)

// answerLine answers one case. apart answers a line in a process of its own; it is nil in that process.
func answerLine(m minor.Minor, line []byte, apart func([]byte) (any, error)) (any, error) {
	var asked cases.Case
	if err := json.Unmarshal(line, &asked); err != nil {
		return nil, err
	}
	if asked.Cilium != m.Version() {
		return nil, fmt.Errorf("this is Cilium %s, not %q", m.Version(), asked.Cilium)
	}
	switch asked.Op {
	case "identity":
		return answer(asked.Question, func(question cases.IdentityQuestion) (any, error) {
			if apart != nil && identities.ChangesGlobals(question) {
				return apart(line)
			}
			return identities.AnswerIdentity(m, question), nil
		})
	case "filter":
		return answer(asked.Question, func(question cases.FilterQuestion) (any, error) {
			return identities.AnswerFilter(question), nil
		})
	case "reserved":
		return answer(asked.Question, func(question cases.ReservedQuestion) (any, error) {
			if apart != nil {
				return apart(line)
			}
			return identities.AnswerReserved(m, question), nil
		})
	case "sanitize":
		return answer(asked.Question, func(question cases.SanitizeQuestion) (any, error) {
			return policies.Answer(m, question), nil
		})
	case "map":
		return answer(asked.World, func(world cases.World) (any, error) {
			if apart != nil && worlds.ChangesGlobals(world) {
				return apart(line)
			}
			return worlds.Answer(m, world)
		})
	default:
		return nil, fmt.Errorf("there is no op %q", asked.Op)
	}
}

func answer[Question any](raw json.RawMessage, with func(Question) (any, error)) (any, error) {
	var question Question
	if err := json.Unmarshal(raw, &question); err != nil {
		return nil, err
	}
	return with(question)
}
