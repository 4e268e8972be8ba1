package worlds

import (
	"context"
	"errors"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/cilium/cilium/pkg/crypto/certificatemanager"
	"github.com/cilium/cilium/pkg/policy/api"

	"bulkhead.test/oracle/cases"
	"bulkhead.test/oracle/minor"
)

// certificates are those of an agent that leaves secrets to the proxy (policy-secrets-only-from-secrets-namespace), so that
// none has to exist; without it there are no secrets at all, and a rule with TLS fails.
func certificates(m minor.Options, options cases.WorldOptions) certificatemanager.CertificateManager {
	if options.SecretSync {
		return secretsOfTheProxy{m.ChecksSecretNames()}
	}
	return nil
}

// secretsOfTheProxy does what GetTLSContext (pkg/crypto/certificatemanager) does, whose configuration is private.
type secretsOfTheProxy struct{ checksNames bool }

func (s secretsOfTheProxy) GetTLSContext(_ context.Context, tls *api.TLSContext, _ string) (ca, public, private string, inline bool, err error) {
	switch {
	case tls.Secret == nil:
		return "", "", "", false, errors.New("Secret must not be nil")
	case tls.Secret.Name == "":
		return "", "", "", false, errors.New("Missing Secret name")
	case s.checksNames && len(validation.IsDNS1123Subdomain(tls.Secret.Name)) > 0:
		return "", "", "", false, errors.New("invalid Secret name")
	case s.checksNames && tls.Secret.Namespace != "" && len(validation.IsDNS1123Label(tls.Secret.Namespace)) > 0:
		return "", "", "", false, errors.New("invalid Secret namespace")
	default:
		return "", "", "", false, nil
	}
}
