/**
 * The finding about one class: its numbers, the rules that fill its map, and for a policy the field to look at.
 */
import { formatRef, type ObjectRef } from '../../cilium/objects.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { Certainty, ClusterView } from '../../cluster/view.ts';
import type { Finding, Fix, Pause, Severity } from '../check.ts';
import { endpointsOf, exampleOf } from '../facts/class-members.ts';
import { entriesOf } from '../facts/entries.ts';
import { contributorsOf, type Contributor } from './contributors.ts';

const NAMED_RULES = 3;

export interface OverflowReport {
  readonly subject: ObjectRef;
  readonly severity: Severity;
  readonly certainty: Certainty;
  readonly audience: Finding['audience'];
  readonly policyClass: PolicyClass;
  readonly identities: readonly NumericIdentity[];
  readonly before: number;
  readonly after: number;
  /** The cluster in which the map has `after` entries. */
  readonly view: ClusterView;
  readonly settled: ClusterView;
  /** In the order in which to try them. */
  readonly fixesFor: (contributors: readonly Contributor[]) => Generator<Pause, readonly Fix[]>;
}

export function* overflowFinding(report: OverflowReport): Generator<Pause, Finding> {
  const { policyClass, identities, subject, view } = report;
  const contributors = contributorsOf(policyClass, view);
  const own = contributors.find(({ rule }) => formatRef(rule.object) === formatRef(subject));
  const named = contributors.slice(0, NAMED_RULES);
  const settledEntries = yield* entriesOf(policyClass, report.settled);
  return {
    check: 'policy-map-overflow',
    id: 'policy-map-overflow',
    severity: report.severity,
    certainty: report.certainty,
    subject,
    audience: report.audience,
    ...(own === undefined ? {} : { field: own.rule.field }),
    facts: {
      identity: exampleOf(identities, view) ?? 'new',
      endpoints: endpointsOf(identities, view),
      entriesBefore: report.before,
      entriesAfter: report.after,
      entriesSettled: settledEntries,
      limit: view.settings.config.policyMapMax,
    },
    details: { shares: named.map(({ percent }) => String(percent)) },
    causes: named.map(({ rule }) => rule),
    proposals: yield* report.fixesFor(contributors),
  };
}
