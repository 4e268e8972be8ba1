package oracle

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"

	"bulkhead.test/oracle/minor"
	"bulkhead.test/oracle/ndjson"
)

// onlyLine is the argument of a process that answers a single line and may change Cilium's global tables.
const onlyLine = "--only-line"

// Run is the main program: cases on stdin, answers on stdout, in order. A line that cannot be answered gets an
// `{"error": ...}`, and the next one is answered all the same. The exit code tells only whether reading and writing worked.
func Run(m minor.Minor) {
	apart := answerApart
	if len(os.Args) > 1 && os.Args[1] == onlyLine {
		apart = nil
	}
	err := ndjson.Answer(os.Stdin, os.Stdout, func(line []byte) (any, error) { return answerLine(m, line, apart) })
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// answerApart starts this program again for one line: well-known and fixed identities cannot be unregistered.
func answerApart(line []byte) (any, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	child := exec.Command(program, onlyLine)
	child.Stdin = bytes.NewReader(line)
	out, err := child.Output()
	if err != nil {
		return nil, fmt.Errorf("a process for one line: %w", err)
	}
	return json.RawMessage(bytes.TrimSpace(out)), nil
}
