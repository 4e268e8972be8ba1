package worlds

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/cilium/cilium/pkg/identity"
	"github.com/cilium/cilium/pkg/ipcache"
	"github.com/cilium/cilium/pkg/source"
	"github.com/cilium/cilium/pkg/types"

	"bulkhead.test/oracle/cases"
)

// firstPodAddress is where made-up addresses of pods with named ports begin.
var firstPodAddress = netip.MustParseAddr("198.18.0.1")

// addNamedPorts gives the ipcache a pod for each identity with named ports, as it learns pods from CiliumEndpoints.
func (c *cluster) addNamedPorts(written []cases.WorldIdentity) error {
	address := firstPodAddress
	for _, one := range written {
		if len(one.NamedPorts) == 0 {
			continue
		}
		ports, err := namedPorts(one.NamedPorts)
		if err != nil {
			return err
		}
		pod := &ipcache.K8sMetadata{Namespace: "pods", PodName: strconv.Itoa(int(one.ID)), NamedPorts: ports}
		numbered := ipcache.Identity{ID: identity.NumericIdentity(one.ID), Source: source.CustomResource}
		if _, err := c.ipcache.Upsert(address.String(), nil, 0, pod, numbered); err != nil {
			return err
		}
		address = address.Next()
	}
	return nil
}

// namedPorts reads `8080/TCP`.
func namedPorts(written map[string]string) (types.NamedPortMap, error) {
	ports := make(types.NamedPortMap, len(written))
	for name, text := range written {
		number, protocol, _ := strings.Cut(text, "/")
		port, err := strconv.Atoi(number)
		if err != nil {
			return nil, fmt.Errorf("named port %s: %w", name, err)
		}
		if err := ports.AddPort(name, port, protocol); err != nil {
			return nil, err
		}
	}
	return ports, nil
}
