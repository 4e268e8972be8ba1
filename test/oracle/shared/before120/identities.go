// Package before120 is what 1.18 and 1.19 do by the same calls and 1.20 by others: it does not compile against 1.20.
package before120

import (
	"log/slog"

	cmtypes "github.com/cilium/cilium/pkg/clustermesh/types"
	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/k8s"
	slim_corev1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/core/v1"
	"github.com/cilium/cilium/pkg/labels"
)

// Identities is minor.Identities, and the identities of minor.Datapath.
type Identities struct{}

// PodLabels has nothing to generate: port names are no part of an identity before 1.20.
func (Identities) PodLabels(log *slog.Logger, namespace *slim_corev1.Namespace, pod *slim_corev1.Pod) (map[string]string, labels.LabelArray) {
	_, raw := k8s.GetPodMetadata(log, namespace, pod)
	return raw, nil
}

func (Identities) InitWellKnownIdentities(ciliumNamespace string, cluster cmtypes.ClusterInfo) {
	identity.InitWellKnownIdentities(namespaceName(ciliumNamespace), cluster)
}

// AggregateOf is the wildcard for every identity before 1.20.
func (Identities) AggregateOf(identity.NumericIdentity) identity.NumericIdentity {
	return identity.IdentityUnknown
}

// namespaceName is identity.Configuration.
type namespaceName string

func (name namespaceName) CiliumNamespaceName() string { return string(name) }
