package identities

import (
	"maps"

	slim_corev1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/api/core/v1"
	slim_metav1 "github.com/cilium/cilium/pkg/k8s/slim/k8s/apis/meta/v1"

	"bulkhead.test/oracle/cases"
)

// slimNamespace copies what it is given: Cilium may write into label maps.
func slimNamespace(namespace cases.Namespace) *slim_corev1.Namespace {
	return &slim_corev1.Namespace{
		ObjectMeta: slim_metav1.ObjectMeta{Name: namespace.Name, Labels: maps.Clone(namespace.Labels)},
	}
}

func slimPod(namespace string, pod cases.Pod) *slim_corev1.Pod {
	containers := make([]slim_corev1.Container, 0, len(pod.Containers))
	for _, ports := range pod.Containers {
		containers = append(containers, slim_corev1.Container{Ports: slimPorts(ports)})
	}
	return &slim_corev1.Pod{
		ObjectMeta: slim_metav1.ObjectMeta{Name: pod.Name, Namespace: namespace, Labels: maps.Clone(pod.Labels)},
		Spec:       slim_corev1.PodSpec{ServiceAccountName: pod.ServiceAccountName, Containers: containers},
	}
}

func slimPorts(ports []cases.Port) []slim_corev1.ContainerPort {
	slim := make([]slim_corev1.ContainerPort, 0, len(ports))
	for _, port := range ports {
		slim = append(slim, slim_corev1.ContainerPort{
			Name:          port.Name,
			ContainerPort: port.ContainerPort,
			Protocol:      slim_corev1.Protocol(port.Protocol),
		})
	}
	return slim
}
