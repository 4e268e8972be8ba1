/**
 * The ends of a flow as a command line names them -> places in the model.
 *
 * A pod that is told by its labels is put into a what-if: so it has the identity, the map entries and the rules that it would
 * have.
 * Cost: a what-if for each end that is told by labels; else a look.
 */
import { reservedNumber } from '../cilium/identity/numeric-identity.ts';
import { CILIUM_LABEL_PREFIX, POD_NAMESPACE_KEY, SERVICE_ACCOUNT_KEY } from '../cilium/identity/pod-labels.ts';
import { namedPorts, NO_PORTS } from '../cilium/named-ports.ts';
import { usesIdentity, type Labels, type Pod } from '../cilium/objects.ts';
import { parseAddress } from '../cilium/policy/prefixes/cidr.ts';
import type { ClusterView } from '../cluster/view.ts';
import type { FlowPlace } from '../review/flow-place.ts';
import { CommandError } from './command-error.ts';
import { identityOfPod, podOf } from './named-pod.ts';

const RESERVED = 'reserved:';

/** Health and init endpoints have policies like pods; what the host has is each node's own. */
const POLICED: ReadonlySet<string> = new Set(['health', 'init']);

export class FlowEnds {
  #view: ClusterView;

  constructor(view: ClusterView) {
    this.#view = view;
  }

  /** With the pods that were told by labels. */
  get view(): ClusterView {
    return this.#view;
  }

  place(text: string, option: string): FlowPlace {
    if (parseAddress(text) !== undefined) return { kind: 'address', address: text };
    if (text.startsWith(RESERVED)) return this.#reserved(text.slice(RESERVED.length), option);
    if (text.includes('=')) return this.#imagined(text, option);
    const pod = podOf(this.#view, text);
    if (!usesIdentity(pod)) throw new CommandError([`${option}: ${whyNot(pod, text)}`]);
    return this.#endpoint(pod, text);
  }

  #reserved(name: string, option: string): FlowPlace {
    const identity = reservedNumber(name, this.#view.settings.profile);
    const labels = identity === undefined ? undefined : this.#view.labelsOf(identity);
    if (identity === undefined || labels === undefined)
      throw new CommandError([`${option}: this version of Cilium has no identity ${RESERVED}${name}`]);
    return { kind: 'endpoint', identity, labels, ports: NO_PORTS, policed: POLICED.has(name) };
  }

  #imagined(text: string, option: string): FlowPlace {
    const pod = imaginedPod(text, option);
    if (this.#view.namespace(pod.namespace) === undefined)
      throw new CommandError([`${option}: the source holds no namespace ${pod.namespace}`]);
    this.#view = this.#view.after({ op: 'create', after: pod });
    return this.#endpoint(pod, `with the labels of ${option}`);
  }

  #endpoint(pod: Pod, text: string): FlowPlace {
    const identity = identityOfPod(this.#view, pod, text);
    const labels = this.#view.labelsOf(identity) ?? [];
    const { name, nodeName: node, ports } = pod;
    return {
      kind: 'endpoint',
      identity,
      labels,
      ports: namedPorts(ports),
      policed: true,
      ...(name.startsWith(IMAGINED) ? {} : { pod: text }),
      ...(node === '' ? {} : { node }),
    };
  }
}

/** No API server takes such a name. */
const IMAGINED = '--';

function imaginedPod(text: string, option: string): Pod {
  const labels = labelsIn(text, option);
  const namespace = labels.get(POD_NAMESPACE_KEY);
  if (namespace === undefined)
    throw new CommandError([`${option}: say in which namespace, as in ${POD_NAMESPACE_KEY}=NAMESPACE`]);
  const own = [...labels].filter(([key]) => key !== POD_NAMESPACE_KEY && !key.startsWith(CILIUM_LABEL_PREFIX));
  return {
    kind: 'Pod',
    namespace,
    name: IMAGINED + option,
    uid: IMAGINED + option,
    terminating: false,
    labels: new Map(own),
    serviceAccountName: labels.get(SERVICE_ACCOUNT_KEY) ?? 'default',
    hostNetwork: false,
    ports: [],
    phase: 'Pending',
    nodeName: '',
    mirror: false,
  };
}

/** `k8s:app=web,tier=front`: the source is that of pods, written or not. */
function labelsIn(text: string, option: string): Labels {
  const labels = new Map<string, string>();
  for (const part of text.split(',')) {
    const [, key, value] = /^(?:k8s:)?([^=:]+)=(.*)$/.exec(part.trim()) ?? [];
    if (key === undefined || value === undefined)
      throw new CommandError([`${option}: ${JSON.stringify(part)} is no label of a pod, which is KEY=VALUE`]);
    labels.set(key, value);
  }
  return labels;
}

function whyNot(pod: Pod, text: string): string {
  if (!pod.hostNetwork) return `pod ${text} has ${pod.phase.toLowerCase()}`;
  return `pod ${text} is on the network of its node: ask about ${RESERVED}host, or ${RESERVED}remote-node`;
}
