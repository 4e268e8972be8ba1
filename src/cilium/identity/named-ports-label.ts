/**
 * The generated label that puts a pod's named ports into its identity (1.20).
 *
 * Mirrors NamedPortsIdentityLabels (pkg/k8s/labels.go). It stands outside the label filter: no entry of the filter can remove it.
 * Cost: O(n log n) in the named ports of a pod.
 */
import type { ContainerPort } from '../objects.ts';
import { namedPorts, protocolName } from '../named-ports.ts';
import { compareBytes, type Label } from './label.ts';

export const NAMED_PORTS_KEY = 'io.cilium.k8s.named-ports';
export const GENERATED_SOURCE = 'gen';

const MAX_LABEL_VALUE = 63;

/** `gen:io.cilium.k8s.named-ports=dns.UDP.53_http.TCP.80`, `...-1=...`: as many labels as the ports need, none without. */
export function namedPortsLabels(ports: readonly ContainerPort[]): readonly Label[] {
  const labels: Label[] = [];
  let value = '';
  for (const port of portTexts(ports)) {
    if (value !== '' && value.length + 1 + port.length > MAX_LABEL_VALUE) {
      labels.push(namedPortsLabel(labels.length, value));
      value = '';
    }
    value = value === '' ? port : `${value}_${port}`;
  }
  if (value !== '') labels.push(namedPortsLabel(labels.length, value));
  return labels;
}

function namedPortsLabel(index: number, value: string): Label {
  const key = index === 0 ? NAMED_PORTS_KEY : `${NAMED_PORTS_KEY}-${index}`;
  return { source: GENERATED_SOURCE, key, value };
}

/** `http.TCP.80`, sorted by name. */
function portTexts(ports: readonly ContainerPort[]): readonly string[] {
  return [...namedPorts(ports)]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([name, { protocol, port }]) => `${name}.${protocolName(protocol)}.${port}`);
}
