/**
 * The objects of a `check` story, sent to a webhook over TLS one after the other, as an API server would.
 *
 * What the webhook admits reaches its model through a store event, which stands in for the watch.
 */
import { parseArgs } from 'node:util';
import { refOf, type ClusterObject } from '../../src/cilium/objects.ts';
import { loadModel } from '../../src/cli/load-model.ts';
import { configFrom } from '../../src/cli/options.ts';
import { progressOn } from '../../src/cli/progress.ts';
import { MODES, type Mode } from '../../src/checks/settings.ts';
import { customKindsOf } from '../../src/config/settings.ts';
import type { KindEntry } from '../../src/kubernetes/decode/kinds.ts';
import { readFiles } from '../../src/sources/files.ts';
import { judgedCluster, requestFor } from './cluster-webhook.ts';
import { send } from './http-client.ts';
import { answerOf, reviewBody, type AnsweredReview } from './http-reviews.ts';
import { startWebhook } from './http-server.ts';
import type { Story } from './golden-command.ts';
import type { Json } from './objects.ts';

interface ManifestObject {
  readonly object: ClusterObject;
  readonly raw: Json;
}

export interface WireAnswer {
  readonly allowed: boolean;
  readonly warnings: readonly string[];
  /** Ids of all findings, each once. */
  readonly findings: string;
  /** None where it is allowed. */
  readonly causes: readonly { readonly reason: string; readonly field: string; readonly message: string }[];
}

/** To each object of the story, in order. */
export async function answersOverTheWire(
  t: Parameters<typeof startWebhook>[0],
  { argv }: Story,
): Promise<readonly WireAnswer[]> {
  const options = optionsOf(argv);
  const config = await configFrom(options);
  const { store } = await loadModel(options, config, progressOn({ write: () => undefined }));
  const customKinds = customKindsOf(config);
  const { model, judge } = judgedCluster(store, config.checks, undefined, config.rules, customKinds);
  const webhook = await startWebhook(t, { judge });
  const cluster = await objectsIn({ paths: options.cluster, customKinds });
  const stored = new Map(cluster.map(({ object, raw }) => [keyOf(object), raw]));
  const answers: WireAnswer[] = [];
  const { filename, namespace } = options;
  const submitted = await objectsIn({
    paths: filename,
    customKinds,
    ...(namespace === undefined ? {} : { namespace }),
  });
  for (const [index, { object, raw }] of submitted.entries()) {
    const request = requestFor(`uid-${index}`, raw, stored.get(keyOf(object)), customKinds);
    const answer = answerOf(await send(webhook, { body: reviewBody(request) }));
    answers.push(wireAnswer(answer));
    if (!answer.allowed) continue;
    model.apply({ type: 'upsert', object });
    stored.set(keyOf(object), raw);
  }
  return answers;
}

type Details = { readonly details?: { readonly causes?: WireAnswer['causes'] } } | undefined;

function wireAnswer({ allowed, warnings = [], auditAnnotations, status }: AnsweredReview): WireAnswer {
  const causes = (status as Details)?.details?.causes ?? [];
  return { allowed, warnings, findings: auditAnnotations?.['findings'] ?? '', causes };
}

interface Manifests {
  readonly paths: readonly string[];
  readonly namespace?: string;
  readonly customKinds: readonly KindEntry[];
}

async function objectsIn({ paths, ...options }: Manifests): Promise<readonly ManifestObject[]> {
  const objects: ManifestObject[] = [];
  for await (const event of readFiles(paths, { ...options, repeats: 'keep' })) {
    if (event.type === 'object') objects.push({ object: event.object, raw: event.raw as Json });
  }
  return objects;
}

function keyOf(object: ClusterObject): string {
  return JSON.stringify(refOf(object));
}

interface CheckOptions {
  readonly cluster: readonly string[];
  readonly filename: readonly string[];
  readonly namespace?: string;
  readonly config?: string;
  readonly ciliumVersion?: string;
  readonly mode?: Mode;
}

/** The options of `check` that the webhook has to know as well. */
function optionsOf(argv: readonly string[]): CheckOptions {
  const text = { type: 'string' } as const;
  const texts = { type: 'string', multiple: true, default: [] as string[] } as const;
  const { values } = parseArgs({
    args: argv.slice(1),
    options: {
      cluster: texts,
      filename: { ...texts, short: 'f' },
      namespace: { ...text, short: 'n' },
      config: text,
      'cilium-version': text,
      mode: text,
      output: { ...text, short: 'o' },
      'fail-on': text,
      verbose: { type: 'boolean', short: 'v' },
    },
  });
  const { cluster, filename, namespace, config, 'cilium-version': ciliumVersion } = values;
  const mode = MODES.find((name) => name === values.mode);
  return {
    cluster,
    filename,
    ...(namespace === undefined ? {} : { namespace }),
    ...(config === undefined ? {} : { config }),
    ...(ciliumVersion === undefined ? {} : { ciliumVersion }),
    ...(mode === undefined ? {} : { mode }),
  };
}
