/**
 * What is true of every identity that there can ever be, by version and configuration.
 *
 * Containment is proved against these facts alone, never against the identities that exist now. They leave room where
 * Cilium leaves room (any label that the filter keeps, any value); what they exclude can't happen.
 */
import { labelArray, reservedLabel, type Label, type LabelArray } from '../../identity/label.ts';
import { reservedIdentities, userReservedIdentities, type NamedIdentity } from '../../identity/numeric-identity.ts';
import { AGGREGATES } from '../aggregate-labels.ts';
import { worldLabel } from '../prefixes/cidr.ts';
import type { PolicyContext } from '../context.ts';
import type { Family } from './address-set.ts';

export interface WorldFact {
  readonly family: Family;
  /** What every address of this family outside the cluster carries. */
  readonly label: Label;
}

/** The aggregate identity that a policy map asks besides an identity itself (1.20), by its labels. */
export interface AggregateFacts {
  readonly cluster: LabelArray;
  readonly clusterMesh: LabelArray;
  readonly world: LabelArray;
  readonly remoteNode: LabelArray;
}

export interface UniverseFacts {
  readonly clusterName: string;
  /** No other cluster is connected: every pod carries this cluster's name. */
  readonly localOnly: boolean;
  /** Whether a label of source k8s with this key can be part of an identity. */
  readonly isIdentityRelevant: (key: string) => boolean;
  /** Pods with a label of key `host` have no policy of their own (until 1.20.1, without the host firewall). */
  readonly hostLabelDisablesPolicy: boolean;
  /** Pods carry generated labels for their named ports (1.20). */
  readonly namedPortsLabel: boolean;
  /** Reserved identities that packets carry, but for those of the world; an id may have several label sets. */
  readonly reserved: readonly Pick<NamedIdentity, 'id' | 'labels'>[];
  /** One for each family that is on. */
  readonly worlds: readonly WorldFact[];
  /** Absent before 1.20. */
  readonly aggregates?: AggregateFacts;
  /** Remote nodes have identities of their own, with their labels. */
  readonly nodeLabels: boolean;
  /** `policy-cidr-match-mode`: while it is not empty, prefixes are not only about addresses outside the cluster. */
  readonly cidrMatchMode: readonly string[];
}

const WORLD_IDS: ReadonlySet<number> = new Set([2, 9, 10]);
const AGGREGATE_IDS: ReadonlySet<number> = new Set([11, 12, 13, 14]);

/** The facts of a cluster that is connected to others only if it has an id. */
export function universeFacts(context: PolicyContext, keeps: (label: Label) => boolean): UniverseFacts {
  const { profile, config } = context;
  const families: readonly Family[] = [...(config.ipv4 ? [4 as const] : []), ...(config.ipv6 ? [6 as const] : [])];
  return {
    clusterName: config.clusterName,
    localOnly: config.clusterID === 0,
    isIdentityRelevant: (key) => keeps({ source: 'k8s', key, value: '' }),
    hostLabelDisablesPolicy: profile.hostLabelDisablesPolicy && !config.hostFirewall,
    namedPortsLabel: profile.namedPortsLabel,
    reserved: [...carriedIdentities(context), ...userReservedIdentities(config)],
    worlds: families.map((family) => ({ family, label: worldLabel(family, context) })),
    ...(profile.aggregateIdentities && { aggregates: AGGREGATES }),
    nodeLabels: config.nodeSelectorLabels,
    cidrMatchMode: config.cidrMatchMode,
  };
}

/** Where the API server runs on this node, the host carries its label too. */
function carriedIdentities({ profile }: PolicyContext): readonly Pick<NamedIdentity, 'id' | 'labels'>[] {
  const carried = reservedIdentities(profile).filter(
    ({ id, labels }) => labels.length > 0 && !WORLD_IDS.has(id) && !AGGREGATE_IDS.has(id),
  );
  return [...carried, { id: 1, labels: labelArray([reservedLabel('host'), reservedLabel('kube-apiserver')]) }];
}
