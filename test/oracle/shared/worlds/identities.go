package worlds

import (
	"cmp"
	"slices"
	"sync"

	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/policy"
	testidentity "github.com/cilium/cilium/pkg/testutils/identity"

	"bulkhead.test/oracle/cases"
)

// identities passes on to the selector cache what the ipcache allocates: ipcachetypes.IdentityUpdater.
type identities struct {
	selectors *policy.SelectorCache
	allocator *testidentity.MockIdentityAllocator
	mutex     sync.Mutex
	// announced are the node-local identities that the selector cache knows.
	announced identity.IdentityMap
}

// UpdateIdentities waits for the selector cache; what comes back is closed.
func (i *identities) UpdateIdentities(added, deleted identity.IdentityMap) <-chan struct{} {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	for id, labels := range added {
		if id.HasLocalScope() || id.HasRemoteNodeScope() {
			i.announced[id] = labels
		}
	}
	for id := range deleted {
		delete(i.announced, id)
	}
	var waiting sync.WaitGroup
	i.selectors.UpdateIdentities(added, deleted, &waiting)
	waiting.Wait()
	done := make(chan struct{})
	close(done)
	return done
}

// prune withdraws identities that were released since they were announced, because their prefix got other labels. The
// agent's allocator says so by itself, Cilium's test allocator does not.
func (i *identities) prune() {
	released := identity.IdentityMap{}
	for id, labels := range i.announced {
		if _, allocated := i.allocator.IdentityMap[id]; !allocated {
			released[id] = labels
		}
	}
	<-i.UpdateIdentities(nil, released)
}

// local lists the identities of this node, by number.
func (i *identities) local() []cases.LocalIdentity {
	list := make([]cases.LocalIdentity, 0, len(i.announced))
	for id, labels := range i.announced {
		texts := make([]string, 0, len(labels))
		for _, label := range labels {
			texts = append(texts, label.String())
		}
		slices.Sort(texts)
		list = append(list, cases.LocalIdentity{ID: id.Uint32(), Labels: texts})
	}
	slices.SortFunc(list, func(a, b cases.LocalIdentity) int { return cmp.Compare(a.ID, b.ID) })
	return list
}
