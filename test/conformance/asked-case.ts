/**
 * One line of input -> the case that it asks for, or one sentence that says what is wrong with it.
 *
 * Looks at what the adapters need in order to start; what a case leaves out besides has the agent's default.
 */
import { fail, ok, type Result } from '../../src/cilium/result.ts';
import type { Question as IdentityQuestion } from './identity-answer.ts';
import type { SanitizeQuestion } from './sanitize-answer.ts';
import { readWorld, type World } from './world.ts';

export type AskedCase =
  | { readonly op: 'map'; readonly cilium: string; readonly world: World }
  | { readonly op: 'sanitize'; readonly cilium: string; readonly question: SanitizeQuestion }
  | { readonly op: IdentityQuestion['op']; readonly cilium: string; readonly question: IdentityQuestion };

type Op = Exclude<AskedCase['op'], 'map'>;

export const FORM =
  '{"cilium": "1.20.2", "op": "identity" | "filter" | "reserved" | "sanitize", "question": {...}} or ' +
  '{"cilium": "1.20.2", "op": "map", "world": {...}}';

type Fields = ReadonlyMap<string, unknown>;

export function readCase(line: string): Result<AskedCase, string> {
  const parsed = parse(line);
  if (!parsed.ok) return parsed;
  const asked = fieldsOf(parsed.value);
  if (asked === undefined) return fail(`a case is an object: ${FORM}`);
  const [cilium, op] = [asked.get('cilium'), asked.get('op')];
  if (asked.has('answers') && !asked.has('cilium')) return fail(`a recorded case is asked for one version: ${FORM}`);
  if (typeof cilium !== 'string') return fail(`cilium must be a version such as "1.20.2": ${FORM}`);
  switch (op) {
    case 'map':
      return worldCase(cilium, asked.get('world'));
    case 'identity':
    case 'filter':
    case 'reserved':
    case 'sanitize':
      return questionCase(cilium, op, asked.get('question'));
    default:
      return fail(typeof op === 'string' ? `not covered: op ${JSON.stringify(op)}` : `op must be a word: ${FORM}`);
  }
}

function parse(line: string): Result<unknown, string> {
  try {
    return ok(JSON.parse(line));
  } catch (error) {
    return fail(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function worldCase(cilium: string, world: unknown): Result<AskedCase, string> {
  const fields = fieldsOf(world);
  if (fields === undefined) return fail('op "map" needs a world');
  for (const name of ['identities', 'policies']) {
    if (!Array.isArray(fields.get(name))) return fail(`world.${name} must be a list`);
  }
  if (typeof fields.get('subject') !== 'number') return fail('world.subject must be the number of an identity');
  const wrong = wrongInItems(fields) ?? wrongBesides(fields);
  return wrong === undefined ? ok({ op: 'map', cilium, world: readWorld(world) }) : fail(wrong);
}

function wrongInItems(world: Fields): string | undefined {
  for (const [index, item] of listOf(world.get('identities')).entries()) {
    const identity = fieldsOf(item);
    if (typeof identity?.get('id') !== 'number') return `world.identities[${index}].id must be a number`;
    for (const [name, texts] of [
      ['labels', identity.get('labels')],
      ['namedPorts', identity.get('namedPorts') ?? {}],
    ] as const) {
      if (!areTexts(texts)) return `world.identities[${index}].${name} must be an object of texts`;
    }
  }
  for (const [index, policy] of listOf(world.get('policies')).entries()) {
    const name = fieldsOf(fieldsOf(policy)?.get('metadata'))?.get('name');
    if (typeof name !== 'string')
      return `world.policies[${index}] must be a policy with metadata.name, as kubectl has it`;
  }
  return undefined;
}

/** What may be left out, but not be of another form. */
function wrongBesides(world: Fields): string | undefined {
  for (const name of ['nodes', 'lookups', 'apiserverIPs']) {
    if (!Array.isArray(world.get(name) ?? [])) return `world.${name} must be a list`;
  }
  for (const name of ['nodes', 'lookups']) {
    const index = listOf(world.get(name)).findIndex((item) => fieldsOf(item) === undefined);
    if (index >= 0) return `world.${name}[${index}] must be an object`;
  }
  const node = listOf(world.get('nodes')).findIndex((item) => !Array.isArray(fieldsOf(item)?.get('ips')));
  if (node >= 0) return `world.nodes[${node}].ips must be a list`;
  for (const name of ['options', 'dns']) {
    if (fieldsOf(world.get(name) ?? {}) === undefined) return `world.${name} must be an object`;
  }
  return undefined;
}

function areTexts(value: unknown): boolean {
  const fields = fieldsOf(value);
  return fields !== undefined && [...fields.values()].every((text) => typeof text === 'string');
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => fieldsOf(item) !== undefined);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function questionCase(cilium: string, op: Op, question: unknown): Result<AskedCase, string> {
  const fields = fieldsOf(question);
  if (fields === undefined) return fail(`op "${op}" needs a question`);
  const missing = missingIn(op, fields);
  if (missing !== undefined) return fail(missing);
  return ok({ op, cilium, question: { ...(question as object), op } } as AskedCase);
}

function missingIn(op: Op, question: Fields): string | undefined {
  switch (op) {
    case 'identity':
      if (typeof fieldsOf(question.get('namespace'))?.get('name') !== 'string')
        return 'question.namespace.name must be a name';
      return fieldsOf(question.get('pod')) === undefined ? 'question.pod must be an object' : undefined;
    case 'filter':
      return isListOfObjects(question.get('input')) ? undefined : 'question.input must be a list of labels';
    case 'sanitize':
      return fieldsOf(question.get('object')) === undefined ? 'question.object must be an object' : undefined;
    case 'reserved':
      return undefined;
  }
}

function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Map(Object.entries(value));
}
