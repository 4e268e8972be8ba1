/**
 * The JSON of a world, read into what the adapter works with.
 */
import type { AgentConfig } from '../../src/cilium/agent-config.ts';
import { labelArray, type LabelArray } from '../../src/cilium/identity/label.ts';
import type { Direction } from '../../src/cilium/policy/rule.ts';

export interface WorldOptions {
  readonly enforcement?: AgentConfig['enforcement'];
  readonly allowLocalhost?: AgentConfig['allowLocalhost'];
  readonly ipv6?: boolean;
  readonly clusterName?: string;
  readonly clusterID?: number;
  readonly policyDefaultLocalCluster?: boolean;
  readonly enableNodeSelectorLabels?: boolean;
  readonly nodeLabels?: string;
  readonly hostFirewall?: boolean;
  readonly noL7Proxy?: boolean;
  readonly noRedirects?: boolean;
  readonly noFQDNPrealloc?: boolean;
  readonly nonDefaultDenyOff?: boolean;
  readonly cidrMatchMode?: string;
  readonly wellKnown?: boolean;
  /** Of TLS: agents hand on their names. */
  readonly secretSync?: boolean;
}

export interface WorldLookup {
  /** An identity, or `ip:1.2.3.4`. */
  readonly peer: number | string;
  readonly direction: Direction;
  readonly proto: string;
  readonly port: number;
}

export interface WorldIdentity {
  readonly id: number;
  readonly labels: LabelArray;
  readonly namedPorts: readonly WorldPort[];
}

/** As an agent tells of it. */
export interface WorldPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
}

export interface WorldNode {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ips: readonly string[];
}

export interface World {
  readonly name: string;
  readonly nodes: readonly WorldNode[];
  /** The node that the endpoint is on; absent: none of them. */
  readonly node?: string;
  readonly identities: readonly WorldIdentity[];
  readonly policies: readonly {
    readonly kind: string;
    readonly namespace: string | undefined;
    readonly name: string;
    readonly object: unknown;
  }[];
  readonly subject: number;
  readonly options: WorldOptions;
  readonly dns: ReadonlyMap<string, readonly string[]>;
  readonly apiserverIPs: readonly string[];
  readonly lookups: readonly WorldLookup[];
}

interface WrittenWorld {
  readonly name: string;
  readonly nodes?: readonly WorldNode[];
  readonly node?: string;
  readonly identities: readonly {
    readonly id: number;
    readonly labels: Readonly<Record<string, string>>;
    readonly namedPorts?: Readonly<Record<string, string>>;
  }[];
  readonly policies: readonly {
    readonly kind: string;
    readonly metadata: { readonly namespace?: string; readonly name: string };
  }[];
  readonly subject: number;
  readonly options?: WorldOptions;
  readonly dns?: Readonly<Record<string, readonly string[]>>;
  readonly apiserverIPs?: readonly string[];
  readonly lookups?: readonly WorldLookup[];
}

/** Recorded worlds are trusted to have this shape. */
export function readWorld(value: unknown): World {
  const written = value as WrittenWorld;
  return {
    name: written.name,
    nodes: written.nodes ?? [],
    ...(written.node === undefined ? {} : { node: written.node }),
    identities: written.identities.map(({ id, labels, namedPorts }) => ({
      id,
      labels: labelArray(Object.entries(labels).map(([text, label]) => readLabel(text, label))),
      namedPorts: Object.entries(namedPorts ?? {}).map(([name, port]) => readNamedPort(name, port)),
    })),
    policies: written.policies.map((object) => ({
      kind: object.kind,
      namespace: object.metadata.namespace,
      name: object.metadata.name,
      object,
    })),
    subject: written.subject,
    options: written.options ?? {},
    dns: new Map(Object.entries(written.dns ?? {})),
    apiserverIPs: written.apiserverIPs ?? [],
    lookups: written.lookups ?? [],
  };
}

function readLabel(text: string, value: string) {
  const colon = text.indexOf(':');
  return { source: text.slice(0, colon), key: text.slice(colon + 1), value };
}

/** `http`, `8080/TCP` */
function readNamedPort(name: string, text: string): WorldPort {
  const [port = '', protocol = 'TCP'] = text.split('/');
  return { name, port: Number(port), protocol };
}
