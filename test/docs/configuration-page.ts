/**
 * docs/configuration.md, made from schemas/config.schema.json: what stands there is what is accepted.
 *
 * A section for each setting of the file, a row for each value in it.
 */
import { readFileSync } from 'node:fs';
import configSchema from '../../schemas/config.schema.json' with { type: 'json' };
import { expectation } from '../../src/config/problems.ts';

/** Of JSON Schema what our own one uses. */
interface Schema {
  readonly $ref?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: string;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}

const ROOT = configSchema as Schema & { readonly definitions: Readonly<Record<string, Schema>> };
const CHECKS = '#/properties/checks';

export function configurationPage(): string {
  const sections = Object.entries(ROOT.properties ?? {}).filter(([, schema]) => schema.const === undefined);
  return [introduction(), ...sections.map(([key, schema]) => section(key, schema)), ''].join('\n');
}

function introduction(): string {
  const example = readFileSync(new URL('../../examples/config.yaml', import.meta.url), 'utf8').trimEnd();
  return `# Configuration

<!-- Made from schemas/config.schema.json by npm run docs -->

One YAML file, for \`serve\`, \`check\`, \`audit\`, \`explain\` and \`snapshot\` (\`--config FILE\`). Without one every check is in mode \`audit\`: what is
found is recorded, and nothing else happens. It is validated as a whole; each problem comes with its place
(\`config.yaml:7:14 checks.identity-churn.mode must be one of ...\`), and a setting that this version does not know is refused, never
ignored. Editors complete it by [schemas/config.schema.json](../schemas/config.schema.json). A tenant never needs access to it: nothing
that a tenant can write changes how it is judged.

\`\`\`yaml
${example}
\`\`\`

**Who is judged how.** An exemption comes before a tenant's override, and that before the setting of the check; \`maxMode\` caps them all,
\`--mode\` of the command line too. A Namespace that changes hands is judged by the stricter of both tenants.

**A change while \`serve\` runs** is in force within seconds of the file, without a restart; the kubelet takes up to a minute to bring
a changed ConfigMap to the file that it mounts. A file that has a fault changes nothing: the last good
configuration stays, the log says why with the places, \`cilium_bulkhead_config_last_reload_successful\` is 0 and
\`cilium_bulkhead_config_reload_failures_total\` counts. A bad file at the start ends the command with exit code 2. \`tenants.label\` and
\`cilium\` hold for the model, which is built once: a file that changes them is refused until a restart.
`;
}

function section(key: string, schema: Schema): string {
  const { description } = resolved(schema);
  const rows = key === 'checks' ? [...rowsOfChecks(schema)] : [...rowsOf(key, schema)];
  return [
    `## ${key}\n`,
    ...(description === undefined ? [] : [`${escaped(description)}\n`]),
    '| setting | value | default | |',
    '|---|---|---|---|',
    ...rows.map((row) => `| ${row.map(cell).join(' | ')} |`),
    '',
  ].join('\n');
}

/** What every check has stands there once. */
function* rowsOfChecks({ properties = {} }: Schema): Iterable<Row> {
  for (const key of ['mode', 'advice'] as const) {
    const schema = ROOT.definitions[key] ?? {};
    yield* rowsOf(`checks.<check>.${key}`, schema, schema.description);
  }
  for (const [check, { properties: settings = {} }] of Object.entries(properties)) {
    const own = Object.entries(settings).filter(([key]) => key !== 'mode' && key !== 'advice');
    yield* rowsInside(`checks.${check}`, { properties: Object.fromEntries(own) });
  }
}

type Row = readonly [path: string, value: string, byDefault: string, meaning: string];

function* rowsOf(path: string, schema: Schema, meaning = ''): Iterable<Row> {
  const target = resolved(schema);
  if (schema.$ref === CHECKS) {
    yield [`\`${path}\``, 'as [checks](#checks)', '', 'What is not said here is as for everybody.'];
    return;
  }
  const { items } = target;
  if (target.properties === undefined && items?.properties === undefined) {
    yield [`\`${path}\``, valueText(target), defaultText(target), meaning];
    return;
  }
  const isList = target.properties === undefined;
  if (meaning !== '') yield [`\`${path}\``, isList ? 'a list' : 'a mapping', '', meaning];
  yield* rowsInside(isList ? `${path}[]` : path, (isList ? items : target) ?? {});
}

function* rowsInside(path: string, { properties = {}, required = [] }: Schema): Iterable<Row> {
  for (const [key, schema] of Object.entries(properties)) {
    const needed = required.includes(key) ? 'Required. ' : '';
    yield* rowsOf(`${path}.${key}`, schema, `${needed}${schema.description ?? resolved(schema).description ?? ''}`);
  }
}

function valueText(schema: Schema): string {
  const { items } = schema;
  return items === undefined ? expectation(schema) : `${expectation(schema)}, each ${expectation(resolved(items))}`;
}

function defaultText({ default: value }: Schema): string {
  return value === undefined ? '' : `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

/** Its own words come before those of what it refers to. */
function resolved(schema: Schema): Schema {
  const { $ref, ...own } = schema;
  if ($ref === undefined) return schema;
  const name = $ref.split('/').at(-1) ?? '';
  const target = $ref === CHECKS ? ROOT.properties?.['checks'] : ROOT.definitions[name];
  return { ...target, ...own };
}

function cell(text: string): string {
  return (text.startsWith('`') ? text : escaped(text)).replaceAll('|', '\\|');
}

function escaped(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('*', '\\*');
}
