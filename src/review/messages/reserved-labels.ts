/**
 * Findings of reserved-labels -> sentences.
 */
import type { FindingOf } from '../../checks/check.ts';
import type { Meaning } from '../../checks/facts/findings/reserved-labels.ts';

export function reservedLabelsMessage({ facts }: FindingOf<'reserved-labels'>): string {
  return `the pod label "${facts.label}" ${RESERVED_EFFECTS[facts.reason]}`;
}

const RESERVED_EFFECTS: { readonly [Reason in Meaning]: string } = {
  'cilium-owned': 'belongs to Cilium, which drops or overwrites it',
  'source-prefix': 'loses its "reserved." in this version of Cilium, and may replace another label of the pod',
  'no-identity': 'makes Cilium take the pod for a node: it gets no identity of its own',
  'policy-off': 'makes Cilium take the pod for the host: no policy is enforced on it',
  'default-deny': 'makes Cilium deny everything to and from the pod that no policy allows',
  'reserved-name': 'has the name of a reserved identity of Cilium and is easily taken for it',
};
