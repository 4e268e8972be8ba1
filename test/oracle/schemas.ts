/**
 * Writes what the CRDs of Cilium policies allow into schemas/, one file for each minor: `npm run oracle:schemas`.
 *
 * Reads the CRDs that the agent itself registers (pkg/k8s/apis/cilium.io/client/crds/v2), out of Go's module cache. Both kinds
 * have one schema, which is checked here. Texts for people are left out, parts that repeat stand once, and what Kubernetes says
 * in words of its own becomes JSON Schema; what is not known here stops the program.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { format } from 'prettier';
import { CannotRun, program, runProgram } from '../support/program.ts';
import { BUILDS, type OracleBuild } from './minors.ts';

type Json = Readonly<Record<string, unknown>>;

const CRDS = 'pkg/k8s/apis/cilium.io/client/crds/v2';
const KINDS = ['ciliumnetworkpolicies', 'ciliumclusterwidenetworkpolicies'];

/** Said for people, or for what merges objects. */
const WITHOUT_EFFECT = new Set(['description', 'x-kubernetes-map-type', 'x-kubernetes-int-or-string']);
/** An API server looks at no other format of these (apiextensions: StripUnsupportedFormatsPostProcess). */
const FORMATS = new Set(['cidr']);
/** Filled in before anything is looked at; what takes its place is what the agent takes an absent field for. */
const DEFAULTS = new Set(['IPv4']);
/** Rules in CEL, in JSON Schema. */
const RULES: ReadonlyMap<unknown, Json> = new Map([
  ['has(self.spec) || has(self.specs)', { anyOf: [{ required: ['spec'] }, { required: ['specs'] }] }],
]);
/** Shorter ones are as well repeated. */
const SHORTEST_SHARED = 120;

function folderOf({ folder }: OracleBuild): string {
  const args = ['list', '-m', '-f', '{{.Dir}}', 'github.com/cilium/cilium'];
  const { status, stdout, stderr, error } = spawnSync('go', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new CannotRun(`"go ${args.join(' ')}" failed: ${error?.message ?? stderr}`);
  return stdout.trim();
}

function schemaIn(file: string): Json {
  const crd = parse(readFileSync(file, 'utf8')) as {
    readonly spec: { readonly versions: readonly [{ readonly schema: { readonly openAPIV3Schema: Json } }] };
  };
  const [{ schema }] = crd.spec.versions;
  return schema.openAPIV3Schema;
}

/** `status` is a resource of its own, and dropped where an object is written. */
function asJSONSchema(schema: Json): Json {
  const properties = Object.fromEntries(
    Object.entries(schema['properties'] as Json).filter(([name]) => name !== 'status'),
  );
  return translated({ ...schema, properties }) as Json;
}

function translated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => translated(one));
  if (typeof value !== 'object' || value === null) return value;
  // A list passes for a text with a format (kube-openapi pkg/validation/validate/type.go).
  if ('format' in value && FORMATS.has(String(value.format)))
    return { type: ['string', 'array'], format: value.format };
  return Object.fromEntries(Object.entries(value).flatMap(([key, inside]) => translatedEntry(key, inside)));
}

function translatedEntry(key: string, value: unknown): readonly (readonly [string, unknown])[] {
  if (key === 'properties') {
    return [[key, Object.fromEntries(Object.entries(value as Json).map(([name, one]) => [name, translated(one)]))]];
  }
  if (WITHOUT_EFFECT.has(key) || (key === 'default' && DEFAULTS.has(String(value)))) return [];
  if (key === 'format') return [];
  if (key === 'x-kubernetes-list-type') return value === 'set' ? [['uniqueItems', true]] : [];
  if (key === 'x-kubernetes-validations') return [['allOf', (value as readonly Json[]).map(ruleOf)]];
  if (key.startsWith('x-') || key === 'default') throw new Error(`${key}: ${JSON.stringify(value)} is not known`);
  return [[key, translated(value)]];
}

function ruleOf({ rule }: Json): Json {
  const known = RULES.get(rule);
  if (known === undefined) throw new Error(`the rule ${String(rule)} is not known`);
  return known;
}

/** The same schema, in which parts that come again stand once. */
function withoutRepetition(schema: Json): Json {
  const counts = new Map<string, number>();
  count(schema, counts);
  const shared = [...counts].filter(([, times]) => times > 1).map(([text]) => text);
  const names = new Map(shared.map((text, index) => [text, `part${index + 1}`]));
  const parts = shared.map((text) => [names.get(text) ?? '', insideOf(JSON.parse(text), names)] as const);
  return { ...(insideOf(schema, names) as Json), $defs: Object.fromEntries(parts) };
}

function count(value: unknown, counts: Map<string, number>): void {
  if (typeof value !== 'object' || value === null) return;
  const text = JSON.stringify(value);
  if ('type' in value && typeof value.type === 'string' && text.length >= SHORTEST_SHARED) {
    counts.set(text, (counts.get(text) ?? 0) + 1);
    if (counts.get(text) !== 1) return;
  }
  for (const inside of Object.values(value)) count(inside, counts);
}

function referred(value: unknown, names: ReadonlyMap<string, string>): unknown {
  const name = names.get(JSON.stringify(value));
  return name === undefined ? insideOf(value, names) : { $ref: `#/$defs/${name}` };
}

function insideOf(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((inside: unknown) => referred(inside, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inside]) => [key, referred(inside, names)]));
}

async function main(): Promise<void> {
  for (const build of BUILDS) {
    const folder = folderOf(build);
    const [namespaced = {}, clusterwide] = KINDS.map((kind) =>
      asJSONSchema(schemaIn(`${folder}/${CRDS}/${kind}.yaml`)),
    );
    if (!isDeepStrictEqual(namespaced, clusterwide)) throw new Error(`the kinds differ in ${build.minor}`);
    const title = `What an API server takes as a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy of ${build.minor}`;
    const schema = { title, ...withoutRepetition(namespaced) };
    const file = new URL(`../../schemas/cilium-policy-${build.minor}.schema.json`, import.meta.url);
    writeFileSync(file, await format(JSON.stringify(schema), { parser: 'json', printWidth: 120 }));
  }
}

if (import.meta.main) {
  const purpose = 'Writes schemas/cilium-policy-<minor>.schema.json: what the CRDs of each Cilium allow in a policy.';
  const more =
    "Needs Go, and Cilium's modules in its cache (npm run oracle:build).\n\nExit codes: 0 written, 2 Go or a module is missing.";
  await runProgram(program({ script: 'oracle:schemas', purpose, more }).action(main));
}
