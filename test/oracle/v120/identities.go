package main

import (
	"log/slog"

	cmtypes "github.com/cilium/cilium/pkg/clustermesh/types"
	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/k8s"
	slim_corev1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/core/v1"
	"github.com/cilium/cilium/pkg/labels"
)

// PodLabels generates the label for named ports as FetchK8sMetadataForEndpoint (pkg/endpoint/metadata) does for a new pod.
func (cilium) PodLabels(log *slog.Logger, namespace *slim_corev1.Namespace, pod *slim_corev1.Pod) (map[string]string, labels.LabelArray) {
	namedPorts, raw := k8s.GetPodMetadata(log, namespace, pod)
	return raw, k8s.NamedPortsIdentityLabels(namedPorts)
}

func (cilium) InitWellKnownIdentities(ciliumNamespace string, cluster cmtypes.ClusterInfo) {
	identity.InitWellKnownIdentities(ciliumNamespace, cluster)
}
