// Command v118 answers cases with the packages of Cilium 1.18.8.
package main

import (
	"github.com/cilium/cilium/pkg/fqdn/re"

	oracle "bulkhead.test/oracle"
	"bulkhead.test/oracle/silent"
)

// regexCacheSize is for the cache without which every toFQDNs rule and DNS rule fails to parse in 1.18.
const regexCacheSize = 1024

func main() {
	if err := re.InitRegexCompileLRU(silent.Log, regexCacheSize); err != nil {
		panic(err)
	}
	oracle.Run(cilium{})
}
