package minor

import (
	"github.com/cilium/cilium/pkg/endpoint/regeneration"
	"github.com/cilium/cilium/pkg/identity"
)

// Owner is what every minor's policy.PolicyOwner has. A minor adds the methods that are its own.
type Owner struct{ Endpoint }

func (o Owner) GetID() uint64 { return 1 }

func (o Owner) IsHost() bool { return o.Identity.ID == identity.ReservedIdentityHost }

func (o Owner) PolicyDebug(string, ...any) {}

func (o Owner) RegenerateIfAlive(*regeneration.ExternalRegenerationMetadata) <-chan bool {
	done := make(chan bool)
	close(done)
	return done
}
