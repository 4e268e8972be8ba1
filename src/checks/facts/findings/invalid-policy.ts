/**
 * What the check invalid-policy finds, in facts, and in details for its message.
 *
 * JSON schema: schemas/finding.schema.json; the page of the check says what each word means.
 */

/** What agents enforce of such a policy. */
export type InForce =
  /** It is new. */
  | 'nothing'
  /** The version that was stored before, until they restart. */
  | 'version-before'
  /** The version before was refused as well: the last one that they took, if there was one since they started. */
  | 'last-taken';

export interface InvalidPolicyFacts {
  readonly 'invalid-policy': {
    /** Of the fault that the agent meets first. */
    readonly reason: string;
    readonly inForce: InForce;
    /** How many faults there are; 100 stands for more. */
    readonly faults: number;
  };
}

export interface InvalidPolicyDetails {
  readonly 'invalid-policy': {
    /** The agent takes the policy, and then breaks down on it. */
    readonly panics: boolean;
    readonly version: string;
  };
}
