// Package minor names what the minors of Cilium do by different calls. Everything else is asked by the same code.
package minor

import (
	"log/slog"

	cmtypes "github.com/cilium/cilium/pkg/clustermesh/types"
	slim_corev1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/core/v1"
	"github.com/cilium/cilium/pkg/labels"
)

// Minor is implemented once for each minor, in the main program of that minor.
type Minor interface {
	Identities
	Worlds
	// Version is the full version, such as 1.20.2.
	Version() string
}

// Identities is where minors differ between a pod and its identity.
type Identities interface {
	// PodLabels calls k8s.GetPodMetadata. generated are labels that the agent adds after the filter: 1.20 has one for
	// named ports.
	PodLabels(log *slog.Logger, namespace *slim_corev1.Namespace, pod *slim_corev1.Pod) (raw map[string]string, generated labels.LabelArray)
	// InitWellKnownIdentities calls identity.InitWellKnownIdentities, which fills a global table.
	InitWellKnownIdentities(ciliumNamespace string, cluster cmtypes.ClusterInfo)
}
