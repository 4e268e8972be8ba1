package since119

import (
	k8sConst "github.com/cilium/cilium/pkg/k8s/apis/cilium.io"
	"github.com/cilium/cilium/pkg/labels"
	"github.com/cilium/cilium/pkg/labelsfilter"
)

// Nodes is the part of minor.Nodes that 1.19 and 1.20 have in common.
type Nodes struct{}

// PerNodeLabels adds the cluster whatever the filter says.
func (Nodes) PerNodeLabels(nodeLabels map[string]string, cluster string) labels.Labels {
	kept, _ := labelsfilter.FilterNodeLabels(labels.Map2Labels(nodeLabels, labels.LabelSourceNode))
	kept.MergeLabels(labels.Map2Labels(map[string]string{k8sConst.PolicyLabelCluster: cluster}, labels.LabelSourceK8s))
	return kept
}
