package cases

// FilterQuestion asks which of some labels the filter keeps.
type FilterQuestion struct {
	FilterConfig
	Input []Label `json:"input"`
}

// Label is a label in parts.
type Label struct {
	Source string `json:"source"`
	Key    string `json:"key"`
	Value  string `json:"value"`
}

// FilterAnswer tells kept and dropped labels, sorted by key.
type FilterAnswer struct {
	OK             bool     `json:"ok"`
	IdentityLabels []string `json:"identityLabels"`
	InfoLabels     []string `json:"infoLabels"`
}
