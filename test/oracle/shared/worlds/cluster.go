package worlds

import (
	"context"

	"github.com/cilium/cilium/pkg/crypto/certificatemanager"
	envoypolicy "github.com/cilium/cilium/pkg/envoy/policy"
	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/identity/identitymanager"
	"github.com/cilium/cilium/pkg/ipcache"
	"github.com/cilium/cilium/pkg/k8s/synced"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/policy"
	testidentity "github.com/cilium/cilium/pkg/testutils/identity"
	testpolicy "github.com/cilium/cilium/pkg/testutils/policy"

	"bulkhead.test/oracle/cases"
	"bulkhead.test/oracle/minor"
	"bulkhead.test/oracle/silent"
)

// cluster is one agent's view: its policy repository, ipcache and identities. Cilium's goroutines keep it in memory, some
// 0.15 MB each: an oracle that has answered thousands of worlds is better started again.
type cluster struct {
	repository *policy.Repository
	ipcache    *ipcache.IPCache
	identities *identities
	manager    identitymanager.IDManager
	names      *registeredNames
}

func newCluster(ctx context.Context, m minor.Options, options cases.WorldOptions) *cluster {
	forgetHost()
	manager := identitymanager.NewIDManager(silent.Log)
	translator := envoypolicy.NewEnvoyL7RulesTranslator(silent.Log, certificatemanager.NewMockSecretManagerInline())
	repository := policy.NewPolicyRepository(
		silent.Log, identity.ListReservedIdentities(), certificates(m, options), translator, manager, testpolicy.NewPolicyMetricsNoop(),
	)
	known := &identities{
		selectors: repository.GetSelectorCache(),
		allocator: testidentity.NewMockIdentityAllocator(nil),
		announced: identity.IdentityMap{},
	}
	names := &registeredNames{}
	repository.GetSelectorCache().SetLocalIdentityNotifier(names)
	synchronized := make(synced.CacheStatus)
	close(synchronized)
	cache := ipcache.NewIPCache(&ipcache.Configuration{
		Context:           ctx,
		Logger:            silent.Log,
		IdentityAllocator: known.allocator,
		IdentityUpdater:   known,
		CacheStatus:       synchronized,
	})
	return &cluster{repository, cache, known, manager, names}
}

// addIdentities announces the identities of the cluster's pods, as the watch on CiliumIdentity does.
func (c *cluster) addIdentities(written []cases.WorldIdentity) {
	added := make(identity.IdentityMap, len(written))
	for _, one := range written {
		added[identity.NumericIdentity(one.ID)] = labelsOf(one).LabelArray()
	}
	<-c.identities.UpdateIdentities(added, nil)
}

func labelsOf(written cases.WorldIdentity) labels.Labels {
	parsed := make(labels.Labels, len(written.Labels))
	for key, value := range written.Labels {
		label := labels.NewLabel(key, value, "")
		parsed[label.Key] = label
	}
	return parsed
}
