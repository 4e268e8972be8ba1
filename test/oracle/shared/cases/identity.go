package cases

// FilterConfig is what the agent's label filter is made from.
type FilterConfig struct {
	// LabelsConfig is the value of `labels` in cilium-config.
	LabelsConfig string `json:"labelsConfig"`
	// LabelPrefixFile is the content of the file; empty stands for no file.
	LabelPrefixFile string `json:"labelPrefixFile"`
}

// ClusterConfig is what well-known identities are made from.
type ClusterConfig struct {
	ClusterName     string `json:"clusterName"`
	ClusterID       uint32 `json:"clusterID"`
	CiliumNamespace string `json:"ciliumNamespace"`
}

// IdentityQuestion asks which identity a pod gets.
type IdentityQuestion struct {
	FilterConfig
	ClusterConfig
	Namespace            Namespace         `json:"namespace"`
	Pod                  Pod               `json:"pod"`
	WellKnownIdentities  bool              `json:"wellKnownIdentities"`
	FixedIdentityMapping map[string]string `json:"fixedIdentityMapping"`
}

// Namespace is the part of a Namespace that identities depend on.
type Namespace struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels"`
}

// Pod is the part of a Pod that identities depend on; Containers has one list of ports for each container.
type Pod struct {
	Name               string            `json:"name"`
	Labels             map[string]string `json:"labels"`
	ServiceAccountName string            `json:"serviceAccountName"`
	Containers         [][]Port          `json:"containers"`
}

// Port is a container port.
type Port struct {
	Name          string `json:"name"`
	ContainerPort int32  `json:"containerPort"`
	Protocol      string `json:"protocol"`
}

// IdentityAnswer tells labels sorted by key, and the operator's view where it is another one.
type IdentityAnswer struct {
	OK                     bool            `json:"ok"`
	IdentityLabels         []string        `json:"identityLabels"`
	InfoLabels             []string        `json:"infoLabels"`
	Key                    string          `json:"key"`
	CiliumIdentity         CiliumIdentity  `json:"ciliumIdentity"`
	OperatorKey            *string         `json:"operatorKey,omitempty"`
	OperatorCiliumIdentity *CiliumIdentity `json:"operatorCiliumIdentity,omitempty"`
	Scope                  string          `json:"scope"`
	ReservedID             uint32          `json:"reservedID,omitempty"`
}

// CiliumIdentity is what the agent writes into the object of that kind.
type CiliumIdentity struct {
	MetadataLabels map[string]string `json:"metadataLabels"`
	SecurityLabels map[string]string `json:"securityLabels"`
}
