package main

import "github.com/cilium/cilium/pkg/option"

func (cilium) PolicyDefaultLocalCluster() bool { return false }

func (cilium) SetAllowLocalhost(value string) { option.Config.AllowLocalhost = value }

func (cilium) SetExtendedIPProtocols(bool) {}

func (cilium) ChecksSecretNames() bool { return false }
