/**
 * Files and folders of manifests -> the objects in them, in the order written.
 *
 * Reads YAML and JSON, several documents in a file, lists of any kind, `.gz`, standard input as `-`, and so the folder that
 * `cilium sysdump` writes, with what the agents in it learned of DNS names. What is no object of the model is skipped and
 * counted; what cannot be read is a problem with its place, and the rest is read all the same.
 */
import { constants } from 'node:buffer';
import { readBytes, type ByteLimits } from './file-bytes.ts';
import { parseYaml } from './parse-yaml.ts';
import { readDNSCache } from './dns-cache.ts';
import { walk, type WalkStep } from './file-walk.ts';
import { ItemCuts } from './item-cuts.ts';
import { jsonDocuments } from './json-documents.ts';
import type { FileEvent } from './file-event.ts';
import { ManifestObjects, type ManifestOptions } from './manifest-objects.ts';
import { MAX_OBJECTS, type RawDocument } from './raw-document.ts';
import { yamlDocuments } from './yaml-documents.ts';

export interface FileOptions extends ManifestOptions, ByteLimits {
  /** Whether folders in folders are read too. */
  readonly recursive: boolean;
  /** Characters of one YAML document. JSON has no limit of its own. */
  readonly maxYamlLength: number;
  /** Whether JSON is handed out with what no decoder looks at, too. */
  readonly unread: 'kept' | 'cut';
}

const DEFAULTS: FileOptions = {
  recursive: true,
  namespace: 'default',
  repeats: 'refuse',
  customKinds: [],
  maxObjects: MAX_OBJECTS,
  maxBytes: 1024 ** 3,
  maxYamlLength: 64 * 1024 ** 2,
  unread: 'kept',
  stdin: () => process.stdin,
};

export async function* readFiles(
  paths: readonly string[],
  options: Partial<FileOptions> = {},
): AsyncGenerator<FileEvent> {
  const settings = { ...DEFAULTS, ...options };
  const objects = new ManifestObjects(settings);
  for await (const step of walk(paths, settings.recursive)) {
    switch (step.kind) {
      case 'file':
        yield* readFile(step.file, objects, settings);
        break;
      case 'dns-cache':
        yield await readLearned(step.file, step.agent, settings);
        break;
      case 'problem':
        yield problem(step.file, step.reason);
        break;
      case 'skipped':
        yield skippedIn(step);
        break;
    }
  }
}

function skippedIn({ folder, reason, count, files }: Extract<WalkStep, { readonly kind: 'skipped' }>): FileEvent {
  return { type: 'skipped', reason, count, origin: { file: folder }, files };
}

async function* readFile(file: string, objects: ManifestObjects, options: FileOptions): AsyncGenerator<FileEvent> {
  const bytes = await readBytes(file, options);
  if (bytes.ok) yield* objects.read(file, documentsOf(file, bytes.value, options));
  else yield problem(file, bytes.error);
}

async function readLearned(file: string, agent: string, options: FileOptions): Promise<FileEvent> {
  const bytes = await readBytes(file, { ...options, maxBytes: Math.min(options.maxBytes, options.maxYamlLength) });
  if (!bytes.ok) return problem(file, bytes.error);
  return { type: 'dns-cache', agent, answers: readDNSCache(bytes.value.toString('utf8')), origin: { file } };
}

function problem(file: string, reason: string): FileEvent {
  return { type: 'problem', reason, origin: { file } };
}

function documentsOf(file: string, bytes: Buffer, options: FileOptions): Iterable<RawDocument> {
  if (isJson(file, bytes)) {
    return jsonDocuments(bytes, options.unread === 'cut' ? new ItemCuts(options.customKinds) : undefined);
  }
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    return [{ kind: 'broken', line: 1, reason: `${bytes.length} bytes of YAML are too many: save it as JSON` }];
  }
  return yamlDocuments(bytes.toString('utf8'), parseYaml, { document: options.maxYamlLength });
}

/** By its name; a file that is called neither, and standard input, by the first character. */
function isJson(file: string, bytes: Buffer): boolean {
  if (/\.(?:json|ndjson|jsonl)(?:\.gz)?$/i.test(file)) return true;
  if (/\.ya?ml(?:\.gz)?$/i.test(file)) return false;
  return bytes.find((byte) => byte > 0x20) === 0x7b;
}
