package before120

import (
	"errors"
	"log/slog"

	"bulkhead.test/oracle/minor"
)

// NoClusterNetworkPolicy refuses the kind that only 1.20 parses.
type NoClusterNetworkPolicy struct{}

func (NoClusterNetworkPolicy) ParseClusterNetworkPolicy(*slog.Logger, string, []byte) (minor.Rules, error) {
	return nil, errors.New("ClusterNetworkPolicy needs 1.20")
}
