package main

import (
	"log/slog"

	cmtypes "github.com/cilium/cilium/pkg/clustermesh/types"
	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/k8s"
	slim_corev1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/core/v1"
	"github.com/cilium/cilium/pkg/labels"
)

// PodLabels has nothing to generate: port names are no part of an identity before 1.20.
func (cilium) PodLabels(log *slog.Logger, namespace *slim_corev1.Namespace, pod *slim_corev1.Pod) (map[string]string, labels.LabelArray) {
	_, raw := k8s.GetPodMetadata(log, namespace, pod)
	return raw, nil
}

func (cilium) InitWellKnownIdentities(ciliumNamespace string, cluster cmtypes.ClusterInfo) {
	identity.InitWellKnownIdentities(namespaceName(ciliumNamespace), cluster)
}

// namespaceName is identity.Configuration.
type namespaceName string

func (name namespaceName) CiliumNamespaceName() string { return string(name) }
