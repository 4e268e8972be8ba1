/**
 * `explain flow`: the flow that a command line names, put to the model.
 */
import { ICMP, ICMPV6, SCTP, TCP, UDP, type Protocol } from '../cilium/policy/rule.ts';
import type { ClusterView } from '../cluster/view.ts';
import { explainFlow } from '../review/explain-flow.ts';
import type { FlowExplanation } from '../review/explanations.ts';
import { CommandError } from './command-error.ts';
import { FlowEnds } from './flow-ends.ts';

export interface FlowOptions {
  readonly from: string;
  readonly to: string;
  readonly port: string;
}

export const FLOW_HELP = `
An end is one of:
  NAMESPACE/POD    a pod of the cluster
  KEY=VALUE,...    a pod that there may be, by its labels. One of them says where it is:
                   io.kubernetes.pod.namespace=NAMESPACE; one may say which account it
                   has: io.cilium.k8s.policy.serviceaccount=NAME
  reserved:NAME    what Cilium calls so: host, remote-node, kube-apiserver, health, ...
  ADDRESS          an address outside the cluster, or of a node; pods go by their names

The exit code is 0 whatever becomes of the flow, and 2 where that cannot be asked.

Examples:
  cilium-bulkhead explain flow --demo --port 8200/TCP --to vault/vault-0 \\
    --from app=web,io.kubernetes.pod.namespace=shop-staging
  cilium-bulkhead explain flow --demo --from vault/vault-0 --to 169.254.169.254 --port 80/TCP
  cilium-bulkhead explain flow --demo --from 198.51.100.7 --to vault/vault-0 --port 8/ICMP`;

export function flowExplanation(view: ClusterView, { from, to, port }: FlowOptions): FlowExplanation {
  const packet = packetOf(port);
  const ends = new FlowEnds(view);
  const source = ends.place(from, '--from');
  const destination = ends.place(to, '--to');
  if (source.kind === 'address' && destination.kind === 'address')
    throw new CommandError(['one end of the flow has to be in the cluster: --from and --to are both addresses']);
  return explainFlow(ends.view, { source, destination, ...packet });
}

const PROTOCOLS: ReadonlyMap<string, Protocol> = new Map([
  ['TCP', TCP],
  ['UDP', UDP],
  ['SCTP', SCTP],
  ['ICMP', ICMP],
  ['ICMPV6', ICMPV6],
]);

const LAST_PORT = 65_535;
const LAST_TYPE = 255;

/** `443/TCP`; TCP where no protocol is named. */
function packetOf(text: string): { readonly protocol: Protocol; readonly port: number } {
  const [number = '', name = 'TCP', ...rest] = text.split('/');
  const protocol = PROTOCOLS.get(name.toUpperCase());
  const port = /^\d{1,5}$/.test(number) ? Number(number) : -1;
  const isType = protocol === ICMP || protocol === ICMPV6;
  const isPort = isType ? port >= 0 && port <= LAST_TYPE : port >= 1 && port <= LAST_PORT;
  if (protocol === undefined || !isPort || rest.length > 0) {
    throw new CommandError([
      `--port must be a number and a protocol, such as 443/TCP, 53/UDP or 8/ICMP (is ${JSON.stringify(text)})`,
    ]);
  }
  return { protocol, port };
}
