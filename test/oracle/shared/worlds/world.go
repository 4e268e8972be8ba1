// Package worlds answers which policy map an endpoint gets. It does what the agent does, in the agent's order: parse,
// make identities of prefixes, fill the repository, resolve, make identities of names, distill.
package worlds

import (
	"context"
	"fmt"
	"slices"

	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/policy"

	"bulkhead.test/oracle/cases"
	"bulkhead.test/oracle/minor"
	"bulkhead.test/oracle/silent"
)

// ChangesGlobals says whether the answer needs tables that Cilium fills once and for all.
func ChangesGlobals(world cases.World) bool {
	return world.Options.WellKnown
}

// Answer takes one world after another: Cilium's configuration is global.
func Answer(m minor.Minor, world cases.World) (any, error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if err := setOptions(m, world.Options); err != nil {
		return nil, err
	}
	if world.Options.WellKnown {
		m.InitWellKnownIdentities("kube-system", clusterInfo(world.Options))
	}
	read, err := readObjects(m, policyClusterName(m, world.Options), world.Policies)
	if err != nil {
		return nil, err
	}
	agent := newCluster(ctx, m, world.Options)
	if err := agent.fill(ctx, m, world, read); err != nil {
		return nil, err
	}
	endpoint, err := agent.endpoint(world)
	if err != nil {
		return nil, err
	}
	answer := cases.WorldAnswer{Name: world.Name, Version: m.Version(), ParseErrors: read.errors}
	if err := agent.resolve(ctx, m, world, endpoint, &answer); err != nil {
		return nil, err
	}
	return answer, nil
}

// fill is everything that is there before the endpoint is.
func (c *cluster) fill(ctx context.Context, m minor.Minor, world cases.World, read objects) error {
	c.addIdentities(world.Identities)
	if err := c.addNamedPorts(world.Identities); err != nil {
		return err
	}
	servers, err := apiServerPrefixes(world.APIServerIPs)
	if err != nil {
		return err
	}
	nodes, err := nodePrefixes(m, world)
	if err != nil {
		return err
	}
	updates := slices.Concat(policyPrefixes(read.policies), groupPrefixes(m, read.groups), servers, nodes)
	if err := c.addPrefixes(ctx, updates); err != nil {
		return err
	}
	for _, one := range read.policies {
		one.rules.AddTo(c.repository, one.resource)
	}
	return nil
}

func (c *cluster) endpoint(world cases.World) (minor.Endpoint, error) {
	id := identity.NumericIdentity(world.Subject)
	for _, one := range world.Identities {
		if one.ID != world.Subject {
			continue
		}
		ports, err := namedPorts(one.NamedPorts)
		return minor.Endpoint{Identity: identity.NewIdentity(id, labelsOf(one)), NamedPorts: ports, IPCache: c.ipcache}, err
	}
	if id == identity.ReservedIdentityHost {
		host, err := hostIdentity(world)
		return minor.Endpoint{Identity: host, IPCache: c.ipcache}, err
	}
	reserved := identity.LookupReservedIdentity(id)
	if reserved == nil {
		return minor.Endpoint{}, fmt.Errorf("the subject %d is no identity of the world", id)
	}
	return minor.Endpoint{Identity: reserved, IPCache: c.ipcache}, nil
}

// resolve computes the selector policy, which registers names, and then the map.
func (c *cluster) resolve(ctx context.Context, m minor.Minor, world cases.World, endpoint minor.Endpoint, answer *cases.WorldAnswer) error {
	c.manager.Add(endpoint.Identity)
	selectorPolicy, err := m.Resolve(c.repository, endpoint)
	if err != nil {
		answer.ResolveError = err.Error()
		answer.Entries, answer.LocalIdentities = []cases.Entry{}, c.identities.local()
		return nil
	}
	if err := c.addNames(ctx, world); err != nil {
		return err
	}
	c.identities.prune()
	distilled := distill(m, endpoint, selectorPolicy, !world.Options.NoRedirects)
	defer detach(distilled)
	bpf := newDatapath(m, distilled)
	answer.MapEntries, answer.BPFKeys = distilled.Len(), len(bpf.entries)
	answer.Entries, answer.LocalIdentities = entriesOf(m, distilled), c.identities.local()
	answer.IngressEnforced, answer.EgressEnforced = m.Enforced(distilled)
	for _, lookup := range world.Lookups {
		verdict, err := c.verdict(distilled, bpf, lookup)
		if err != nil {
			return err
		}
		answer.Verdicts = append(answer.Verdicts, verdict)
	}
	return nil
}

// detach ends the subscription of the map to changes of selectors.
func detach(distilled *policy.EndpointPolicy) {
	distilled.Ready()
	distilled.Detach(silent.Log)
}
