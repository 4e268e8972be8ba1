package main

import (
	k8sConst "github.com/cilium/cilium/pkg/k8s/apis/cilium.io"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/labelsfilter"
)

func (cilium) LabelsLocalNode() bool { return false }

// PerNodeLabels filters the cluster like a label of the node.
func (cilium) PerNodeLabels(nodeLabels map[string]string, cluster string) labels.Labels {
	all := labels.Map2Labels(nodeLabels, labels.LabelSourceNode)
	own := labels.NewLabel(k8sConst.PolicyLabelCluster, cluster, labels.LabelSourceK8s)
	all[own.Key] = own
	kept, _ := labelsfilter.FilterNodeLabels(all)
	return kept
}
