/**
 * `audit` for a terminal: findings by namespace, then how full the cluster is.
 */
import type { Capacity, JudgedFinding, Report, SelfCheckReport } from '../../review/results.ts';
import { utcText } from '../../plain-text.ts';
import { findingLines, mismatchLines, tally, unknownLines } from './findings.ts';
import { clean, detail, itemLines, number, percent, type Canvas } from './layout.ts';

export function reportLines(report: Report, canvas: Canvas): readonly string[] {
  const title = `Cilium ${clean(report.ciliumVersion)}, model revision ${report.modelRevision}`;
  const lines = [`${canvas.paint('strong', 'Audit')}  ${canvas.paint('quiet', title)}`];
  for (const [place, findings] of byPlace(report.findings)) {
    lines.push('', `${canvas.paint('strong', clean(place))}  ${canvas.paint('quiet', tally(findings))}`);
    for (const finding of mostSevereFirst(findings)) lines.push('', ...findingLines(finding, '', canvas));
  }
  if (report.unknowns.length > 0) lines.push('', canvas.paint('strong', 'not judged'));
  for (const unknown of report.unknowns) lines.push('', ...unknownLines(unknown, canvas));
  for (const mismatch of report.replayMismatches) lines.push('', ...mismatchLines(mismatch, canvas));
  if (report.expiredExemptions.length > 0) lines.push('', ...expiredLines(report, canvas));
  if (report.selfCheck !== undefined) lines.push('', ...selfCheckLines(report.selfCheck, canvas));
  return [...lines, '', ...capacityLines(report.capacity, canvas), '', summary(report)];
}

function selfCheckLines(
  { compared, different, isTrusted, labelKeys }: SelfCheckReport,
  canvas: Canvas,
): readonly string[] {
  const share = `${number(different)} of ${number(compared)} pods have another identity than predicted`;
  const keys = labelKeys.map(({ key, pods }) => `${clean(key)} (${number(pods)})`);
  return [
    canvas.paint('strong', 'self-check'),
    '',
    `  ${isTrusted ? share : canvas.paint('bad', share)}`,
    ...(keys.length === 0 ? [] : [`  they differ in  ${keys.join(', ')}`]),
  ];
}

function expiredLines({ expiredExemptions }: Report, canvas: Canvas): readonly string[] {
  const rows = expiredExemptions.map(
    ({ name, expires }) => `  ${clean(name)} expired at ${utcText(expires)} and has no effect`,
  );
  return [canvas.paint('strong', 'exemptions'), '', ...rows];
}

/** Namespaces in order of their names, clusterwide objects last. */
function byPlace(findings: readonly JudgedFinding[]): readonly (readonly [string, readonly JudgedFinding[]])[] {
  const namespaces = new Map<string, JudgedFinding[]>();
  const clusterwide: JudgedFinding[] = [];
  for (const finding of findings) {
    const namespace = namespaceOf(finding);
    const group = namespace === undefined ? clusterwide : (namespaces.get(namespace) ?? []);
    group.push(finding);
    if (namespace !== undefined) namespaces.set(namespace, group);
  }
  const sorted: (readonly [string, readonly JudgedFinding[]])[] = [...namespaces].sort(([a], [b]) => (a < b ? -1 : 1));
  return clusterwide.length === 0 ? sorted : [...sorted, ['clusterwide', clusterwide]];
}

/** A finding about a Namespace belongs to it. */
function namespaceOf({ subject }: JudgedFinding): string | undefined {
  return subject.kind === 'Namespace' ? subject.name : subject.namespace;
}

function mostSevereFirst(findings: readonly JudgedFinding[]): readonly JudgedFinding[] {
  const rank = ({ severity }: JudgedFinding): number => (severity === 'violation' ? 0 : 1);
  return [...findings].sort((a, b) => rank(a) - rank(b));
}

function capacityLines(capacity: Capacity, canvas: Canvas): readonly string[] {
  const { identitySpace, identitiesInUse, identitiesUnused, policyMapMax, policyMapCounts, policyMaps } = capacity;
  const share = percent(identitiesInUse, identitySpace);
  const lines = [
    canvas.paint('strong', 'capacity'),
    '',
    `  identities   ${number(identitiesInUse)} of ${number(identitySpace)} (${share}), ${number(identitiesUnused)} of them unused`,
    `  policy maps  limit ${number(policyMapMax)} entries each${countsText(policyMapCounts)}`,
  ];
  if (policyMaps.length === 0) return lines;
  const rows = policyMaps.map((map) => ({ ...map, share: percent(map.entries, policyMapMax) }));
  return [...lines, '', ...mapRows(rows, { limit: policyMapMax, canvas }), ...doubtLines(policyMaps, canvas)];
}

/** `; of 816 counts 812 are exact, 3 lower-bound and 1 unknown`: nothing where all are exact. */
function countsText(counts: Capacity['policyMapCounts']): string {
  if (counts.every(({ certainty }) => certainty === 'exact')) return '';
  const total = counts.reduce((sum, { maps }) => sum + maps, 0);
  return `; of ${number(total)} counts ${counts.map(({ certainty, maps }) => `${number(maps)} ${certainty}`).join(', ')}`;
}

/** Each reason once, with how many of the maps above it is about. */
function doubtLines(maps: Capacity['policyMaps'], canvas: Canvas): readonly string[] {
  const reasons = new Map<string, number>();
  for (const reason of maps.flatMap(({ doubts }) => doubts)) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const items = [...reasons].map(([reason, of]) =>
    detail('not exact', `${of === 1 ? '1 map' : `${of} maps`}: ${reason}`),
  );
  return items.length === 0 ? [] : ['', ...itemLines(items, canvas)];
}

const NO_NUMBER = 'none yet';

type MapRow = Capacity['policyMaps'][number] & { readonly share: string };

function mapRows(rows: readonly MapRow[], { limit, canvas }: { limit: number; canvas: Canvas }): readonly string[] {
  const line = (entries: string, share: string, certainty: string, endpoints: string, identity: string): string =>
    `  ${entries.padStart(9)}  ${share.padStart(6)}  ${certainty.padEnd(11)}  ${endpoints.padStart(9)}  ${identity.padStart(8)}`;
  const header = `${line('ENTRIES', 'FULL', 'CERTAINTY', 'ENDPOINTS', 'IDENTITY')}  SUCH AS`;
  return [
    canvas.paint('quiet', header),
    ...rows.map((row) => {
      const figures = line(
        number(row.entries),
        row.share,
        row.certainty,
        number(row.endpoints),
        row.identity === 'new' ? NO_NUMBER : String(row.identity),
      );
      return `${row.entries > limit ? canvas.paint('bad', figures) : figures}  ${clean(usedBy(row))}`;
    }),
  ];
}

/** A pod or a host, where there is one. */
function usedBy({ pod, node, namespace }: MapRow): string {
  if (node !== undefined) return `host of node ${node}`;
  return pod === undefined ? `namespace ${namespace}` : `pod ${pod}`;
}

function summary({ findings, unknowns }: Report): string {
  const unjudged = unknowns.length === 0 ? '' : `; ${number(unknowns.length)} not judged`;
  return `${findings.length === 0 ? 'No findings' : tally(findings)}${unjudged}.`;
}
