/**
 * A line of a decision log -> what was decided, or why the line is none.
 *
 * The file was written by another run, perhaps of another version: keys that are not known are kept in `document` and left alone.
 */
import { fail, ok, type Result } from '../cilium/result.ts';
import { Complaints, JsonNode } from '../kubernetes/decode/node.ts';
import type { JudgedObject } from '../review/results.ts';

export interface LoggedDecision {
  readonly kind: 'DecisionRecord';
  readonly id: string;
  /** As written: `2026-11-23T10:00:00.000Z`. */
  readonly time: string;
  readonly object: JudgedObject;
  readonly operation: string;
  readonly dryRun: boolean;
  readonly user: string;
  readonly tenant: string;
  readonly verdict: string;
  readonly late: boolean;
  /** Of the checks that found something. */
  readonly modes: ReadonlyMap<string, string>;
  readonly findings: readonly LoggedFinding[];
  readonly warnings: readonly string[];
  readonly unknowns: readonly string[];
  readonly leftOut: number;
  readonly modelRevision: number;
  readonly modelAgeSeconds: number;
  readonly settings: string;
  /** The line as it is, but for its apiVersion and kind. */
  readonly document: Readonly<Record<string, unknown>>;
}

export interface LoggedFinding {
  readonly check: string;
  readonly id: string;
  readonly severity: string;
  readonly certainty: string;
  readonly field?: string;
  readonly causes: readonly { readonly policy: string; readonly field: string }[];
  readonly fix?: string;
  readonly message: string;
  readonly exemption?: string;
  readonly mistrust?: string;
  readonly eased?: string;
}

export function readDecision(line: string): Result<LoggedDecision, string> {
  const parsed = parse(line);
  if (!parsed.ok) return parsed;
  const complaints = new Complaints();
  const root = new JsonNode(parsed.value, complaints).required();
  const decision = decisionOf(root);
  const { first } = complaints;
  if (first !== undefined) return fail(first.path === '' ? first.reason : `${first.path} ${first.reason}`);
  return decision;
}

function parse(line: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(line));
  } catch {
    return fail('is no JSON');
  }
}

function decisionOf(root: JsonNode): Result<LoggedDecision, string> {
  if (root.field('kind').value !== 'DecisionRecord') return fail('is no DecisionRecord');
  const document = Object.entries(root.asObject() ?? {}).filter(([key]) => key !== 'apiVersion' && key !== 'kind');
  const model = root.field('model');
  return ok({
    kind: 'DecisionRecord',
    id: text(root, 'id'),
    time: text(root, 'time'),
    object: objectOf(root.field('object')),
    operation: text(root, 'operation'),
    dryRun: root.field('dryRun').asBoolean() ?? false,
    user: text(root, 'user'),
    tenant: text(root, 'tenant'),
    verdict: text(root, 'verdict'),
    late: root.field('late').asBoolean() ?? false,
    modes: root.field('modes').asStringMap(),
    findings: (root.field('findings').asList() ?? []).map(findingOf),
    warnings: root.field('warnings').asStrings() ?? [],
    unknowns: (root.field('unknowns').asList() ?? []).map((unknown) => text(unknown, 'reason')),
    leftOut: root.field('leftOut').asInt32() ?? 0,
    modelRevision: root.field('model').field('revision').asInt32() ?? 0,
    modelAgeSeconds: model.field('ageSeconds').asInt32() ?? 0,
    settings: text(root, 'settings'),
    document: Object.fromEntries(document),
  });
}

function text(node: JsonNode, name: string): string {
  const field = node.field(name);
  if (field.isAbsent) field.complain('is missing');
  return field.asString() ?? '';
}

function objectOf(node: JsonNode): JudgedObject {
  const namespace = node.field('namespace').asString();
  return {
    apiVersion: text(node, 'apiVersion'),
    kind: text(node, 'kind'),
    ...(namespace === undefined ? {} : { namespace }),
    name: text(node, 'name'),
  };
}

function findingOf(node: JsonNode): LoggedFinding {
  return {
    check: text(node, 'check'),
    id: text(node, 'id'),
    severity: text(node, 'severity'),
    certainty: text(node, 'certainty'),
    ...given('field', node.field('field').asString()),
    causes: (node.field('causes').asList() ?? []).map((cause) => ({
      policy: text(cause, 'policy'),
      field: text(cause, 'field'),
    })),
    ...given('fix', node.field('fix').field('text').asString()),
    message: text(node, 'message'),
    ...given('exemption', node.field('exemption').asString()),
    ...given('mistrust', node.field('mistrust').asString()),
    ...given('eased', node.field('eased').asString()),
  };
}

function given<Key extends string>(key: Key, value: string | undefined): { readonly [K in Key]?: string } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]?: string });
}
