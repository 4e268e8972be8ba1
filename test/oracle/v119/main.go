// Command v119 answers cases with the packages of Cilium 1.19.7.
package main

import oracle "bulkhead.test/oracle"

func main() {
	oracle.Run(cilium{})
}
