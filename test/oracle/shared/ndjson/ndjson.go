// Package ndjson answers one line of JSON with one line of JSON.
package ndjson

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Error is the answer to a line that cannot be answered.
type Error struct {
	Error string `json:"error"`
}

// Answer answers every line of in on out, in order. A line that cannot be read or answered is answered with an Error,
// and so is one that makes Cilium panic where no answer counts a panic: the line after it is answered all the same.
func Answer(in io.Reader, out io.Writer, answer func(line []byte) (any, error)) error {
	reader := bufio.NewReaderSize(in, 1<<20)
	writer := bufio.NewWriter(out)
	for {
		line, err := reader.ReadBytes('\n')
		if len(line) > 0 && !isBlank(line) {
			if err := write(writer, guarded(line, answer)); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return writer.Flush()
		}
		if err != nil {
			return err
		}
		// Who asks line by line waits for the answer before the next question.
		if reader.Buffered() == 0 {
			if err := writer.Flush(); err != nil {
				return err
			}
		}
	}
}

func guarded(line []byte, answer func([]byte) (any, error)) (answered any) {
	defer func() {
		if cause := recover(); cause != nil {
			answered = Error{fmt.Sprint("panic: ", cause)}
		}
	}()
	answered, err := answer(line)
	if err != nil {
		return Error{err.Error()}
	}
	return answered
}

func write(writer *bufio.Writer, answer any) error {
	encoder := json.NewEncoder(writer)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(answer)
}

func isBlank(line []byte) bool {
	for _, char := range line {
		if char != ' ' && char != '\t' && char != '\r' && char != '\n' {
			return false
		}
	}
	return true
}
