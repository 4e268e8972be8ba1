// What the packages of this module import of Cilium is of the version that the main program's go.mod requires.
module bulkhead.test/oracle

go 1.26.0
