/**
 * Submits raw objects to the engine, as the webhook and `check` do.
 */
import assert from 'node:assert/strict';
import type { Submission } from '../../src/checks/check.ts';
import type { CheckId, FindingId } from '../../src/checks/facts/finding-facts.ts';
import { CHECK_IDS } from '../../src/checks/facts/finding-facts.ts';
import { DEFAULT_CHECK_SETTINGS, type CheckSettings, type Mode } from '../../src/checks/settings.ts';
import type { Change } from '../../src/cluster/change.ts';
import type { ClusterStore } from '../../src/cluster/store.ts';
import type { ClusterView } from '../../src/cluster/view.ts';
import { groupVersionKindOf } from '../../src/kubernetes/decode/decode-object.ts';
import { withServerDefaults } from '../../src/kubernetes/decode/defaults.ts';
import { kindEntry } from '../../src/kubernetes/decode/kinds.ts';
import { fileSubmission } from '../../src/kubernetes/submission.ts';
import { admit } from '../../src/review/admit.ts';
import { DEFAULT_RULES, type DecisionRules } from '../../src/review/decision-rules.ts';
import type { Decision, JudgedFinding } from '../../src/review/results.ts';
import { runToEnd } from '../../src/cilium/run-to-end.ts';
import { decoded, type Json } from './objects.ts';

export interface SubmitOptions {
  /** The old object of an update. */
  readonly before?: Json;
  readonly settings?: CheckSettings;
  readonly username?: string;
  readonly groups?: readonly string[];
  readonly rules?: Partial<DecisionRules>;
  readonly now?: number;
}

/** Every check in one mode. */
export function settingsWith(mode: Mode, rest: Partial<CheckSettings> = {}): CheckSettings {
  const modes = Object.fromEntries(CHECK_IDS.map((id) => [id, mode])) as Record<CheckId, Mode>;
  return { ...DEFAULT_CHECK_SETTINGS, modes, ...rest };
}

export const ENFORCE = settingsWith('enforce');

/** Judged under `enforce` unless told otherwise. */
export function submit(model: ClusterStore | ClusterView, raw: Json, options: SubmitOptions = {}): Decision {
  return review(model, submissionOf(raw, options), options);
}

export function submissionOf(raw: Json, { before, username = 'alice', groups = [] }: SubmitOptions = {}): Submission {
  const gvk = groupVersionKindOf(raw);
  assert.ok(gvk.ok);
  const entry = kindEntry(gvk.value);
  assert.ok(entry !== undefined);
  const submission = fileSubmission({
    raw: withServerDefaults(raw, entry, {}),
    ...(before === undefined ? {} : { before: decoded(before) }),
    requester: { username, groups },
  });
  assert.ok(submission.ok, submission.ok ? '' : `${submission.error.path}: ${submission.error.reason}`);
  return submission.value;
}

/** A change that no object of a file stands for: a deletion, a binding. */
export function submitChange(model: ClusterStore | ClusterView, change: Change, options: SubmitOptions = {}): Decision {
  const submission: Submission = {
    change,
    requester: { username: options.username ?? 'alice', groups: options.groups ?? [] },
    dryRun: false,
    origin: 'api-server',
    revise: () => ({ ok: false, error: { path: '', reason: 'cannot be revised' } }),
  };
  return review(model, submission, options);
}

function review(model: ClusterStore | ClusterView, submission: Submission, options: SubmitOptions): Decision {
  const view = 'apply' in model ? model.view() : model;
  const { settings = ENFORCE, now } = options;
  return runToEnd(admit(view, submission, { settings, rules: { ...DEFAULT_RULES, ...options.rules }, now }));
}

/** The findings with this id. */
export function findings(decision: Decision, id: FindingId): readonly JudgedFinding[] {
  return decision.findings.filter((finding) => finding.id === id);
}

/** The only finding with this id. */
export function finding(decision: Decision, id: FindingId): JudgedFinding {
  const found = findings(decision, id);
  const [only] = found;
  assert.ok(only !== undefined && found.length === 1, `${found.length} findings ${id}: ${JSON.stringify(decision)}`);
  return only;
}
