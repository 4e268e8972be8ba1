/**
 * Where a story is played: a cluster, its agents, and a webhook that enforces every check.
 *
 * The reviews go to the judge of `serve` as an API server would send them, one after the other; the clock stands still unless
 * the story lets time pass. What is admitted reaches the model at once, and the agents give new pods their identities.
 */
import { refOf, type ClusterObject } from '../../src/cilium/objects.ts';
import { CHECK_IDS } from '../../src/checks/facts/finding-facts.ts';
import type { CheckSettings } from '../../src/checks/settings.ts';
import { readReview, type Answer } from '../../src/kubernetes/admission-review.ts';
import { DEFAULT_RULES } from '../../src/review/decision-rules.ts';
import { makeJudge } from '../../src/server/judging/judge.ts';
import type { Judge } from '../../src/server/judging/judge-in-time.ts';
import { createMetrics } from '../../src/server/metrics.ts';
import { Model } from '../../src/server/model.ts';
import { requestFor, settingsIn, stored } from '../support/cluster-webhook.ts';
import { readableLog } from '../support/http-log.ts';
import { decoded, storeWith, type Json } from '../support/objects.ts';
import { Agents } from './agents.ts';

export interface Story {
  readonly cluster: readonly Json[];
  /** Namespaces and pods of the last hour that are gone: their identities are left, unused. */
  readonly gone?: readonly Json[];
  readonly steps: Iterable<Step>;
  readonly settings?: Partial<CheckSettings>;
  readonly tenantLabel?: string;
  /** 1.19.7 unless told otherwise. */
  readonly ciliumVersion?: string;
}

export type Step =
  /** An object is created or updated. */
  | { readonly put: Json; readonly by?: string }
  /** It is deleted, and nobody asks the webhook. */
  | { readonly remove: Json }
  | { readonly pass: { readonly seconds: number } };

/** What a step that was judged came to. */
export interface Scene {
  readonly by: string;
  readonly operation: 'create' | 'update';
  readonly object: ClusterObject;
  readonly answer: Answer;
}

const MORNING = Date.parse('2026-11-23T09:00:00Z');
/** A story is about what is decided, not about how fast. */
const NO_HURRY = { timeoutMs: 600_000, remainingMs: () => 600_000 };
const SOMEBODY = 'alice';

export async function* played(story: Story): AsyncGenerator<Scene> {
  const stage = new Stage(story);
  for (const step of story.steps) {
    if ('pass' in step) stage.nowMs += step.pass.seconds * 1000;
    else if ('remove' in step) stage.remove(step.remove);
    else yield await stage.put(step.put, step.by ?? SOMEBODY);
  }
}

class Stage {
  nowMs = 0;
  readonly #model: Model;
  readonly #agents: Agents;
  readonly #judge: Judge;
  readonly #raws = new Map<string, Json>();
  #reviews = 0;

  constructor({ cluster, gone = [], settings = {}, tenantLabel, ciliumVersion = '1.19.7' }: Story) {
    const options = tenantLabel === undefined ? {} : { tenantLabel };
    this.#model = new Model(storeWith([], ciliumVersion, options), () => this.nowMs);
    this.#agents = new Agents(this.#model);
    this.#judge = this.#judgeWith({ ...settingsIn('enforce'), adviceAsWarning: new Set(CHECK_IDS), ...settings });
    for (const raw of cluster) this.#store(raw);
    for (const raw of gone) this.#store(raw);
    this.#agents.catchUp();
    for (const raw of [...gone].reverse()) this.remove(raw);
  }

  async put(raw: Json, by: string): Promise<Scene> {
    const object = decoded(raw);
    const before = this.#raws.get(keyOf(object));
    const request = { ...requestFor(`uid-${(this.#reviews += 1)}`, stored(raw), before), userInfo: requester(by) };
    const review = readReview({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request });
    if (!review.ok) throw new Error(review.error.message);
    const answer = await this.#judge(review.value, NO_HURRY, new AbortController().signal);
    if (answer.allowed) this.#store(raw);
    this.#agents.catchUp();
    return { by, operation: before === undefined ? 'create' : 'update', object, answer };
  }

  remove(raw: Json): void {
    const object = decoded(raw);
    this.#raws.delete(keyOf(object));
    this.#model.apply({ type: 'delete', ref: refOf(object) });
  }

  #store(raw: Json): void {
    const object = decoded(raw);
    this.#raws.set(keyOf(object), stored(raw));
    this.#agents.observe(this.#model.apply({ type: 'upsert', object }));
  }

  #judgeWith(settings: CheckSettings): Judge {
    return makeJudge({
      model: this.#model,
      terms: () => ({ settings, rules: DEFAULT_RULES, docsUrl: 'docs', settingsVersion: 'story' }),
      now: () => MORNING + this.nowMs,
      clock: () => this.nowMs,
      newDecisionId: () => 'story',
      log: readableLog('silent').log,
      metrics: createMetrics({ process: false }),
    });
  }
}

function keyOf(object: ClusterObject): string {
  return JSON.stringify(refOf(object));
}

function requester(username: string): Json {
  return { username, groups: ['system:authenticated'] };
}
