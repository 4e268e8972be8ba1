/**
 * What the check reserved-labels finds, in facts.
 *
 * JSON schema: schemas/finding.schema.json; the page of the check says what each word means.
 */

/** What Cilium takes a pod label key for, besides a label. */
export type Meaning =
  /** Stripped or overwritten: it means nothing to Cilium. */
  | 'cilium-owned'
  /** `reserved.` is read as the source of the label, and which of two labels stays is left to chance. */
  | 'source-prefix'
  /** The pod gets a number of its own on each node, and no CiliumIdentity. */
  | 'no-identity'
  /** No policy is enforced on the pod. */
  | 'policy-off'
  /** Default deny in both directions. */
  | 'default-deny'
  /** The name of a reserved identity, easily taken for it. */
  | 'reserved-name';

export interface ReservedLabelsFacts {
  readonly 'reserved-labels': { readonly reason: Meaning; readonly label: string };
}
