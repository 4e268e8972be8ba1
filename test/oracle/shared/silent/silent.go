// Package silent holds the logger that Cilium's packages get: stdout is for answers, and a filter prints each rule.
package silent

import "log/slog"

// Log drops everything.
var Log = slog.New(slog.DiscardHandler)
