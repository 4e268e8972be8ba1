package cases

// ReservedQuestion asks for the identities below 256.
type ReservedQuestion struct {
	ClusterConfig
}

// ReservedAnswer is sorted by number.
type ReservedAnswer struct {
	OK    bool               `json:"ok"`
	Table []ReservedIdentity `json:"table"`
}

// ReservedIdentity is one number. Kind is "reserved", "well-known", or "name-only" for a number without labels.
type ReservedIdentity struct {
	ID     uint32   `json:"id"`
	Kind   string   `json:"kind"`
	Name   string   `json:"name"`
	Labels []string `json:"labels"`
}
