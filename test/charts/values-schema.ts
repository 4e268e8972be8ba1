/**
 * values.schema.json of the chart, with `config` as schemas/config.schema.json has it: helm refuses what `serve` would refuse at its start.
 *
 * Not in it: `apiVersion` and `kind`, which the template writes, and `workloads`, which come from `customWorkloads`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { CHART, ROOT } from './rendered.ts';

export const VALUES_SCHEMA = `${CHART}/values.schema.json`;

interface Schema {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly definitions?: unknown;
  readonly [keyword: string]: unknown;
}

/** The file as it has to be; all but `config` stays. */
export async function valuesSchema(): Promise<string> {
  const written = read(VALUES_SCHEMA);
  const { properties, definitions } = read('schemas/config.schema.json');
  const ours = Object.entries(properties).filter(([name]) => !['apiVersion', 'kind', 'workloads'].includes(name));
  // With an $id what it refers to is looked for in itself.
  const rest = { type: 'object', additionalProperties: false, properties: Object.fromEntries(ours), definitions };
  const schema = { ...written, properties: { ...written.properties, config: { $id: 'config.schema.json', ...rest } } };
  return format(JSON.stringify(schema), { parser: 'json', printWidth: 120 });
}

function read(file: string): Schema {
  return JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as Schema;
}
