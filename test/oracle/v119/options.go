package main

import "github.com/cilium/cilium/pkg/option"

func (cilium) PolicyDefaultLocalCluster() bool { return true }

func (cilium) SetAllowLocalhost(value string) {
	option.Config.AllowLocalhost = value
}

func (cilium) SetExtendedIPProtocols(on bool) { option.Config.EnableExtendedIPProtocols = on }

func (cilium) ChecksSecretNames() bool { return false }
