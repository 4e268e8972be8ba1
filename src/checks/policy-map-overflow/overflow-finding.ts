/**
 * The finding about one class: its numbers, the rules that fill its map, and for a policy the field to look at.
 */
import { formatRef, type ObjectRef } from '../../cilium/objects.ts';
import type { NumericIdentity } from '../../cilium/identity/numeric-identity.ts';
import type { PolicyClass } from '../../cluster/policy-class.ts';
import type { Certainty, ClusterView } from '../../cluster/view.ts';
import type { Finding, FindingOf, Fix, Pause, Severity } from '../check.ts';
import { endpointsIn, exampleNode, exampleOf, examplePod } from '../facts/class-members.ts';
import { entriesOf } from '../facts/entries.ts';
import type { Contributor } from './contributors.ts';
import type { ForeignPrefixes } from './foreign-namers.ts';

const NAMED_RULES = 3;

export interface OverflowReport {
  readonly subject: ObjectRef;
  readonly severity: Severity;
  readonly certainty: Certainty;
  readonly audience: Finding['audience'];
  readonly policyClass: PolicyClass;
  readonly identities: readonly NumericIdentity[];
  /** The rules behind the entries, largest first. */
  readonly contributors: readonly Contributor[];
  readonly before: number;
  readonly after: number;
  /** The cluster in which the map has `after` entries. */
  readonly view: ClusterView;
  readonly settled: ClusterView;
  /** Absent where no prefixes of others are to blame, or it is for the tenant to read. */
  readonly foreign?: ForeignPrefixes | undefined;
  /** In the order in which to try them. */
  readonly proposals: readonly Fix[];
}

export function* overflowFinding(report: OverflowReport): Generator<Pause, FindingOf<'policy-map-overflow'>> {
  const { identities, contributors, subject, view } = report;
  const own = contributors.find(({ rule }) => formatRef(rule.object) === formatRef(subject));
  const named = worthNaming(contributors, own);
  const pod = yield* examplePod(report, view);
  const node = exampleNode(identities, view);
  const settledEntries = yield* entriesLeft(report);
  return {
    id: 'policy-map-overflow',
    severity: report.severity,
    certainty: report.certainty,
    subject,
    audience: report.audience,
    ...(own === undefined ? {} : { field: own.rule.field }),
    facts: {
      identity: exampleOf(identities, view) ?? 'new',
      endpoints: yield* endpointsIn(report, view),
      entriesBefore: report.before,
      entriesAfter: report.after,
      entriesSettled: settledEntries,
      limit: view.settings.config.policyMapMax,
    },
    details: {
      shares: named.map(({ percent }) => percent),
      ...(pod === undefined ? {} : { pod }),
      ...(node === undefined ? {} : { node }),
      ...(report.foreign === undefined ? {} : { foreign: report.foreign }),
    },
    causes: named.map(({ rule }) => rule),
    proposals: report.proposals,
  };
}

/** With an interval of 0 no identity is ever collected. */
function* entriesLeft({ policyClass, after, view, settled }: OverflowReport): Generator<Pause, number> {
  return view.settings.config.identityGCIntervalMs === 0 ? after : yield* entriesOf(policyClass, settled);
}

/** What has a part in less than one percent is not what fills a map; a rule of the subject has a name whatever its part. */
function worthNaming(contributors: readonly Contributor[], own: Contributor | undefined): readonly Contributor[] {
  const large = contributors.filter(({ percent }) => percent >= 1);
  const most = (large.length > 0 ? large : contributors.slice(0, 1)).slice(0, NAMED_RULES);
  return own === undefined || most.includes(own) ? most : [...most.slice(0, NAMED_RULES - 1), own];
}
