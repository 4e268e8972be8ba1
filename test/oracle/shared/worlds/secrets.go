package worlds

import (
	"context"
	"errors"

	"github.com/cilium/cilium/pkg/crypto/certificatemanager"
	"github.com/cilium/cilium/pkg/policy/api"

	"bulkhead.test/oracle/cases"
)

// certificates are those of an agent that leaves secrets to the proxy (policy-secrets-only-from-secrets-namespace), so that
// none has to exist; without it there are no secrets at all, and a rule with TLS fails.
func certificates(options cases.WorldOptions) certificatemanager.CertificateManager {
	if options.SecretSync {
		return secretsOfTheProxy{}
	}
	return nil
}

// secretsOfTheProxy does what GetTLSContext (pkg/crypto/certificatemanager) does, whose configuration is private.
type secretsOfTheProxy struct{}

func (secretsOfTheProxy) GetTLSContext(_ context.Context, tls *api.TLSContext, _ string) (ca, public, private string, inline bool, err error) {
	switch {
	case tls.Secret == nil:
		return "", "", "", false, errors.New("Secret must not be nil")
	case tls.Secret.Name == "":
		return "", "", "", false, errors.New("Missing Secret name")
	default:
		return "", "", "", false, nil
	}
}
