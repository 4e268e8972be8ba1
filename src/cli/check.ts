/**
 * `check -f`: judges manifests as the webhook would, in order, each on top of the former ones.
 */
import type { Command } from 'commander';
import type { CheckSettings } from '../checks/settings.ts';
import { customKindsOf } from '../config/settings.ts';
import { isCiliumPolicy, refOf, type ClusterObject } from '../cilium/objects.ts';
import type { ClusterStore } from '../cluster/store.ts';
import type { ClusterView } from '../cluster/view.ts';
import { fileSubmission } from '../kubernetes/submission.ts';
import type { KindEntry } from '../kubernetes/decode/kinds.ts';
import { formatFieldError } from '../kubernetes/decode/decode-object.ts';
import { admit, type AdmitOptions } from '../review/admit.ts';
import { runToEnd } from '../cilium/run-to-end.ts';
import { Admissions } from '../review/ledger/admissions.ts';
import type { CheckResult, ObjectDecision, Unknown } from '../review/results.ts';
import { scopeOf } from '../review/scope.ts';
import { readFiles } from '../sources/files.ts';
import { formatOrigin, type FileEvent } from '../sources/file-event.ts';
import type { CommandContext } from './command-context.ts';
import { CommandError } from './command-error.ts';
import { exitCodeFor, type FailOn } from './exit-codes.ts';
import { loadModel } from './load-model.ts';
import {
  configFrom,
  withFailOn,
  withMode,
  withOutput,
  withSource,
  type ModeOption,
  type SourceOptions,
} from './options.ts';
import { expiredExemptions } from './expired-exemptions.ts';
import { createOutput, type OutputFormat } from './output.ts';
import { progressOn } from './progress.ts';
import { servedSchemas, type RefusingSchema } from './served-schemas.ts';
import { Skipped } from './skipped.ts';

const EXAMPLE = `
In a pipeline, with the cluster saved as \`audit --help\` shows:
  kubectl kustomize overlays/production | cilium-bulkhead check --cluster cluster.yaml --mode enforce -f -`;

interface CheckOptions extends SourceOptions, ModeOption {
  readonly filename: readonly string[];
  readonly recursive?: boolean;
  readonly namespace?: string;
  readonly verbose?: boolean;
  readonly output: OutputFormat;
  readonly failOn: FailOn;
}

export function checkCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('check')
    .summary('judge manifests before they are applied')
    .description(
      'Judges the objects in manifests as the webhook would, in order. What is admitted is part of the cluster for those ' +
        'that follow; what mode enforce denies is not. An object that the cluster holds already is an update.',
    )
    .addHelpText('after', EXAMPLE)
    .requiredOption('-f, --filename <path...>', 'files or folders of manifests, - for stdin')
    .option('-R, --recursive', 'read folders in folders too')
    .option('-n, --namespace <name>', 'the namespace of objects that name none', 'default')
    .option('-v, --verbose', 'name the files of what is skipped');
  withFailOn(withOutput(withMode(withSource(command)))).action(async (options: CheckOptions) => {
    await runCheck(options, context);
  });
}

async function runCheck(options: CheckOptions, context: CommandContext): Promise<void> {
  const config = await configFrom(options);
  const output = createOutput({ ...context, format: options.output });
  const { store, notes } = await loadModel(options, config, progressOn(context.stderr));
  const customKinds = customKindsOf(config);
  const checking = new Checking(store, config.checks, { rules: config.rules, now: Date.now(), customKinds });
  const files = readFiles(options.filename, {
    recursive: options.recursive === true,
    repeats: 'keep',
    customKinds,
    ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
  });
  for await (const event of files) checking.take(event);
  if (checking.problems.length > 0) throw new CommandError(checking.problems);
  const result = checking.result();
  // A pipeline that lost its manifests must not pass.
  if (result.decisions.length === 0) {
    throw new CommandError([checking.skipped.nothingBut('the manifests hold nothing to judge', options.filename)]);
  }
  output.result(result);
  const expired = expiredExemptions(config.rules, Date.now());
  const places = options.verbose === true ? checking.skipped.placeNotes() : [];
  for (const note of [...notes, ...checking.skipped.notes('the manifests'), ...places, ...expired]) output.note(note);
  context.setExitCode(exitCodeFor(result, options.failOn));
}

interface Judging extends Pick<AdmitOptions, 'rules' | 'now'> {
  readonly customKinds?: readonly KindEntry[];
}

/** Judges objects one after the other on a store of its own. */
export class Checking {
  readonly problems: string[] = [];
  readonly skipped = new Skipped();
  readonly #store: ClusterStore;
  readonly #options: AdmitOptions;
  readonly #customKinds: readonly KindEntry[];
  /** Time stands still: pods of a workload that was admitted are waited for to the end. */
  readonly #ledger = new Admissions({ clock: () => 0, rates: 'none' });
  readonly #decisions: ObjectDecision[] = [];

  constructor(store: ClusterStore, settings: CheckSettings, { customKinds = [], ...judging }: Judging = {}) {
    this.#store = store;
    this.#customKinds = customKinds;
    this.#options = { settings, ...judging };
  }

  take(event: FileEvent): void {
    switch (event.type) {
      case 'object':
        this.#judge(event);
        break;
      case 'dns-cache':
        this.skipped.add({
          reason: 'DNS cache of an agent, which is nothing to judge',
          count: 1,
          origin: event.origin,
        });
        break;
      case 'note':
        this.skipped.remark(event);
        break;
      case 'skipped':
        this.skipped.add(event);
        break;
      case 'problem':
        this.problems.push(`${formatOrigin(event.origin)} ${event.reason}`);
        break;
    }
  }

  result(): CheckResult {
    const skipped = this.skipped.things();
    return {
      kind: 'CheckResult',
      modelRevision: this.#store.view().revision,
      decisions: this.#decisions,
      ...(skipped === undefined ? {} : { skipped }),
    };
  }

  #judge({ object, raw, origin, lineOf }: Extract<FileEvent, { readonly type: 'object' }>): void {
    const schemas = isCiliumPolicy(object) ? servedSchemas(raw, this.#store.view()) : TAKEN;
    if (schemas.kind === 'refused') {
      const [{ fault }] = schemas.by;
      const place = formatOrigin({ ...origin, line: lineOf(fault.path) });
      const versions = schemas.by.map(({ crds }) => crds).join(' or ');
      this.problems.push(`${place} ${formatFieldError(fault)}: no API server with Cilium ${versions} takes it`);
      return;
    }
    const before = this.#store.get(refOf(object));
    const submission = fileSubmission({ raw, before, customKinds: this.#customKinds });
    if (!submission.ok) {
      this.problems.push(`${formatOrigin(origin)} ${formatFieldError(submission.error)}`);
      return;
    }
    const judged = runToEnd(admit(this.#store.view(), submission.value, { ...this.#options, ledger: this.#ledger }));
    const decision = { ...judged, unknowns: [...judged.unknowns, ...schemas.exceptBy.map(unknownTo)] };
    const { file, line } = origin;
    const operation = before === undefined ? 'CREATE' : 'UPDATE';
    const scope = scopeOf(submission.value, this.#options.settings);
    const standing = scope.kind === 'exempt' ? { notJudged: scope.reason } : {};
    this.#decisions.push({ object: identityOf(raw), operation, origin: { file, line }, ...standing, decision });
    if (decision.verdict === 'deny') return;
    this.#ledger.charge(decision.charge);
    this.#ledger.observe(this.#store.apply({ type: 'upsert', object: onceBound(object, this.#store.view()) }));
  }
}

const TAKEN = { kind: 'taken', exceptBy: [] } as const;

/** Whether the API server serves these CRDs is not known. */
function unknownTo({ crds, fault: { path, reason } }: RefusingSchema): Unknown {
  const refusal = { reason: `an API server that serves the CRDs of Cilium ${crds} refuses it: ${reason}` };
  return path === '' ? refusal : { ...refusal, path };
}

/** Pods of files wait for no scheduler: the model gets them as they are on a node. */
function onceBound(object: ClusterObject, view: ClusterView): ClusterObject {
  return object.kind === 'Pod' && object.nodeName === '' ? view.boundShape(object, object.namespace) : object;
}

/** The decoder has read these fields before. */
function identityOf(raw: unknown): ObjectDecision['object'] {
  const { apiVersion, kind, metadata } = raw as {
    readonly apiVersion: string;
    readonly kind: string;
    readonly metadata: { readonly namespace?: string; readonly name: string };
  };
  const { namespace, name } = metadata;
  return { apiVersion, kind, ...(namespace === undefined ? {} : { namespace }), name };
}
