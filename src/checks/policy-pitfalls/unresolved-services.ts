/**
 * toServices with ports, where none of the Services is there, or none of them has pods or addresses.
 *
 * The agent puts what Services stand for into the rule before it reads the rule (pkg/policy/k8s/service.go): a rule without peers
 * and with ports is then one for everybody. Without ports it allows nothing.
 */
import type { ServiceSpec } from '../../cilium/policy-spec.ts';
import { peerField } from '../../cilium/policy/parse/peer-field.ts';
import { listed } from '../facts/wording.ts';
import type { Element } from './element.ts';
import { portIn } from '../facts/example-flow.ts';
import { aboutNobody, type Ground, type Misreading } from './misreading.ts';

const SHOWN = 3;

export function* unresolvedServices({ rule, written }: Element, { ends }: Ground): Iterable<Misreading> {
  const services = written?.traffic.services ?? [];
  const packet = portIn(rule.ports);
  if (written?.place.verdict !== 'allow' || services.length === 0 || rule.peers.kind !== 'any' || packet === undefined)
    return;
  const field = peerField(written.traffic, written.place, 'services');
  const names = listed(services.map(nameOf), { most: SHOWN });
  yield {
    id: 'unresolved-services',
    reason: 'no-service',
    field,
    meant: aboutNobody(rule),
    flows: [{ peer: ends.outside(), ...packet }],
    content: names,
    fixes: [{ kind: 'words', text: `create ${names} before this policy, or name the pods in toEndpoints` }],
  };
}

function nameOf({ k8sService, k8sServiceSelector }: ServiceSpec): string {
  if (k8sServiceSelector !== undefined) return 'a Service that the k8sServiceSelector selects';
  const { namespace, serviceName } = k8sService ?? { namespace: '', serviceName: '' };
  return `Service ${namespace === '' ? '' : `${namespace}/`}${serviceName}`;
}
