package main

func (cilium) LabelsLocalNode() bool { return false }
