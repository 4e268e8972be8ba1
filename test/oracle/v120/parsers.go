package main

import (
	"encoding/json"
	"log/slog"

	"github.com/cilium/cilium/pkg/k8s"
	policyv1alpha2 "sigs.k8s.io/network-policy-api/apis/v1alpha2"

	"bulkhead.test/oracle/minor"
	"bulkhead.test/oracle/since119"
)

func (cilium) ParseClusterNetworkPolicy(log *slog.Logger, clusterName string, object []byte) (minor.Rules, error) {
	written := &policyv1alpha2.ClusterNetworkPolicy{}
	if err := json.Unmarshal(object, written); err != nil {
		return nil, err
	}
	parsed, err := k8s.ParseClusterNetworkPolicy(log, clusterName, written)
	return since119.Rules(parsed), err
}
