// Command v118 answers cases with the packages of Cilium 1.18.8.
package main

import oracle "bulkhead.test/oracle"

func main() {
	oracle.Run(cilium{})
}
