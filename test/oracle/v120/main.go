// Command v120 answers cases with the packages of Cilium 1.20.2.
package main

import oracle "bulkhead.test/oracle"

func main() {
	oracle.Run(cilium{})
}
