/**
 * The format of a snapshot: JSON documents, one a line, packed with gzip. docs/snapshot.md
 *
 * First a header, then Kubernetes objects with no more than the model reads of them, and what agents learned of DNS names.
 * A snapshot of an older format stays readable; one of a newer format is refused: it may say what this program would not see.
 */
import type { DNSAnswers } from '../cilium/policy/prefixes/fqdn.ts';
import { fail, ok, type Result } from '../cilium/result.ts';
import { Complaints, isObject, JsonNode } from '../kubernetes/decode/node.ts';

export const SNAPSHOT_SUFFIX = '.snapshot.json.gz';
const API_VERSION = 'cilium-bulkhead/v1';
const FORMAT_VERSION = 1;

export function snapshotHeader(isRedacted: boolean): object {
  return { apiVersion: API_VERSION, kind: 'Snapshot', formatVersion: FORMAT_VERSION, redacted: isRedacted };
}

export interface LearnedNames {
  readonly agent: string;
  readonly answers: DNSAnswers;
}

export function learnedNamesJson({ agent, answers }: LearnedNames): object {
  return { apiVersion: API_VERSION, kind: 'LearnedNames', agent, answers: Object.fromEntries(answers) };
}

export type SnapshotPart =
  | { readonly kind: 'header' }
  /** Nothing behind it is to be read. */
  | { readonly kind: 'refused'; readonly reason: string }
  | ({ readonly kind: 'learned-names' } & LearnedNames);

/** What is no Kubernetes object in a snapshot; undefined for everything else. */
export function snapshotPart(value: unknown): SnapshotPart | undefined {
  if (!isObject(value) || value['apiVersion'] !== API_VERSION) return undefined;
  if (value['kind'] === 'Snapshot') return headerPart(value['formatVersion']);
  if (value['kind'] !== 'LearnedNames') return undefined;
  const names = learnedNames(value);
  return names.ok ? { kind: 'learned-names', ...names.value } : { kind: 'refused', reason: names.error };
}

function headerPart(version: unknown): SnapshotPart {
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1) {
    return { kind: 'refused', reason: 'is a snapshot without a formatVersion' };
  }
  if (version <= FORMAT_VERSION) return { kind: 'header' };
  const reason = `is a snapshot of format ${version}, and this version reads formats up to ${FORMAT_VERSION}: use the version that wrote it, or a newer one`;
  return { kind: 'refused', reason };
}

function learnedNames(value: unknown): Result<LearnedNames, string> {
  const complaints = new Complaints();
  const root = new JsonNode(value, complaints);
  const agent = root.field('agent').asString() ?? '';
  const answers = root.field('answers');
  const names = Object.keys(answers.asObject() ?? {});
  const learned = new Map(names.map((name) => [name, answers.field(name).asStrings() ?? []]));
  const { first } = complaints;
  return first === undefined ? ok({ agent, answers: learned }) : fail(`${first.path} ${first.reason}`);
}
