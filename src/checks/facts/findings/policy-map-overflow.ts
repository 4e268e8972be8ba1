/**
 * What the check policy-map-overflow finds, in facts, and in details for its message.
 *
 * JSON schema: schemas/finding.schema.json; the page of the check says what each word means.
 */
import type { ObjectRef } from '../../../cilium/objects.ts';
import type { IdentityOrNew } from '../identity-or-new.ts';

export interface PolicyMapOverflowFacts {
  readonly 'policy-map-overflow': {
    readonly identity: IdentityOrNew;
    readonly endpoints: number;
    readonly entriesBefore: number;
    readonly entriesAfter: number;
    readonly entriesSettled: number;
    readonly limit: number;
  };
}

export interface PolicyMapOverflowDetails {
  readonly 'policy-map-overflow': {
    /** Of the causes, in percent. */
    readonly shares: readonly number[];
    /** One that has the map. */
    readonly pod?: string;
    /** A node whose host endpoint has it. */
    readonly node?: string;
    /** Where prefixes that only policies of other tenants name are to blame: for the platform team. */
    readonly foreign?: {
      readonly prefixes: number;
      /** How many policies name them, listed or not. */
      readonly policies: number;
      /** Those that name most, first. */
      readonly namers: readonly { readonly policy: ObjectRef; readonly prefixes: number }[];
    };
  };
}
