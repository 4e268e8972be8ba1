package cases

import "encoding/json"

// World asks for the policy map of one endpoint, and for verdicts of flows.
type World struct {
	Name       string            `json:"name"`
	Identities []WorldIdentity   `json:"identities"`
	Policies   []json.RawMessage `json:"policies"`
	// Subject is the identity of the endpoint.
	Subject uint32       `json:"subject"`
	Options WorldOptions `json:"options"`
	// DNS holds the addresses that were learned for names.
	DNS map[string][]string `json:"dns"`
	// Nodes are those of the cluster; Node is the name of the one that the endpoint is on. Its host endpoint is subject 1.
	Nodes        []Node   `json:"nodes"`
	Node         string   `json:"node"`
	APIServerIPs []string `json:"apiserverIPs"`
	Lookups      []Lookup `json:"lookups"`
}

// Node is a node with its Kubernetes labels and its own addresses.
type Node struct {
	Name   string            `json:"name"`
	Labels map[string]string `json:"labels"`
	IPs    []string          `json:"ips"`
}

// IsLocal says whether the endpoint is on this node.
func (w World) IsLocal(node Node) bool {
	return w.Node != "" && node.Name == w.Node
}

// WorldIdentity is an identity of the cluster with its complete labels, keys written as source:key. NamedPorts maps a
// name to `8080/TCP`.
type WorldIdentity struct {
	ID         uint32            `json:"id"`
	Labels     map[string]string `json:"labels"`
	NamedPorts map[string]string `json:"namedPorts"`
}

// WorldOptions are differences from the agent's defaults under Kubernetes with IPv4 only.
type WorldOptions struct {
	Enforcement               string `json:"enforcement"`
	AllowLocalhost            string `json:"allowLocalhost"`
	IPv6                      bool   `json:"ipv6"`
	ClusterName               string `json:"clusterName"`
	ClusterID                 uint32 `json:"clusterID"`
	PolicyDefaultLocalCluster *bool  `json:"policyDefaultLocalCluster"`
	EnableNodeSelectorLabels  bool   `json:"enableNodeSelectorLabels"`
	// NodeLabels is the value of node-labels.
	NodeLabels        string `json:"nodeLabels"`
	HostFirewall      bool   `json:"hostFirewall"`
	NoL7Proxy         bool   `json:"noL7Proxy"`
	NoRedirects       bool   `json:"noRedirects"`
	NoFQDNPrealloc    bool   `json:"noFQDNPrealloc"`
	NonDefaultDenyOff bool   `json:"nonDefaultDenyOff"`
	CIDRMatchMode     string `json:"cidrMatchMode"`
	WellKnown         bool   `json:"wellKnown"`
	// SecretSync leaves the secrets of TLS to the proxy.
	SecretSync bool `json:"secretSync"`
}

// Lookup is one flow. Peer is the number of an identity, or `ip:1.2.3.4`.
type Lookup struct {
	Peer      json.RawMessage `json:"peer"`
	Direction string          `json:"direction"`
	Proto     string          `json:"proto"`
	Port      uint16          `json:"port"`
}

// WorldAnswer is the policy map. Numbers of LocalIdentities depend on the order of Go maps: compare labels.
type WorldAnswer struct {
	Name            string          `json:"name"`
	Version         string          `json:"version"`
	MapEntries      int             `json:"mapEntries"`
	BPFKeys         int             `json:"bpfKeys"`
	Entries         []Entry         `json:"entries"`
	LocalIdentities []LocalIdentity `json:"localIdentities"`
	IngressEnforced bool            `json:"ingressEnforced"`
	EgressEnforced  bool            `json:"egressEnforced"`
	ParseErrors     []ParseError    `json:"parseErrors,omitempty"`
	ResolveError    string          `json:"resolveError,omitempty"`
	Verdicts        []Verdict       `json:"verdicts,omitempty"`
}

// Entry is one entry of the map. Precedence is for information: 1.18 has none for a deny, which beats everything.
type Entry struct {
	Direction    string `json:"dir"`
	ID           uint32 `json:"id"`
	Protocol     uint8  `json:"proto"`
	Port         uint16 `json:"port"`
	PrefixLength uint8  `json:"plen"`
	Deny         bool   `json:"deny,omitempty"`
	Redirect     bool   `json:"redirect,omitempty"`
	Precedence   uint32 `json:"prec"`
}

// LocalIdentity is an identity of this node only: of a prefix, a CIDR group, or a name.
type LocalIdentity struct {
	ID     uint32   `json:"id"`
	Labels []string `json:"labels"`
}

// ParseError is a policy that the agent refuses.
type ParseError struct {
	Index int    `json:"index"`
	Name  string `json:"name"`
	Error string `json:"error"`
}

// Verdict is allow, deny or nomatch: by the agent's own look-up in its map state, and by what the datapath does with the
// keys as they are encoded.
type Verdict struct {
	Peer    uint32 `json:"peer"`
	Verdict string `json:"verdict"`
	BPF     string `json:"bpf"`
}
