package identities

import (
	"cmp"
	"slices"
	"strconv"

	cmtypes "github.com/cilium/cilium/pkg/clustermesh/types"
	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/labels"

	"bulkhead.test/oracle/cases"
	"bulkhead.test/oracle/minor"
)

// AnswerReserved fills the table of well-known identities for good: a process that called it answers nothing else.
func AnswerReserved(m minor.Identities, question cases.ReservedQuestion) any {
	m.InitWellKnownIdentities(question.CiliumNamespace, clusterInfo(question.ClusterConfig))
	var table []cases.ReservedIdentity
	for id := range identity.NumericIdentity(256) {
		if known := identity.LookupReservedIdentity(id); known != nil {
			table = append(table, row(id, "reserved", sorted(known.LabelArray)))
		} else if id.String() != strconv.Itoa(int(id)) {
			table = append(table, row(id, "name-only", nil))
		}
	}
	identity.WellKnown.ForEach(func(known *identity.Identity) {
		table = append(table, row(known.ID, "well-known", sorted(known.LabelArray)))
	})
	slices.SortStableFunc(table, func(a, b cases.ReservedIdentity) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Kind, b.Kind))
	})
	return cases.ReservedAnswer{OK: true, Table: table}
}

func row(id identity.NumericIdentity, kind string, labels []string) cases.ReservedIdentity {
	return cases.ReservedIdentity{ID: id.Uint32(), Kind: kind, Name: id.String(), Labels: labels}
}

func sorted(all labels.LabelArray) []string {
	return printed(all.Labels())
}

func clusterInfo(config cases.ClusterConfig) cmtypes.ClusterInfo {
	return cmtypes.ClusterInfo{ID: config.ClusterID, Name: config.ClusterName}
}
