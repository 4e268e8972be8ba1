/** The chart and deploy/ are of one piece, and of one piece with the program. What they render is tried by `npm run e2e`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { LOG_LEVELS } from '../../../src/log.ts';
import { sums, SUMS } from '../../charts/sums.ts';
import { VALUES_SCHEMA, valuesSchema } from '../../charts/values-schema.ts';
import { at, ROOT } from './manifests.ts';

const CHART = 'charts/cilium-bulkhead';

function text(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8');
}

const schema: unknown = JSON.parse(text(VALUES_SCHEMA));
const values: unknown = parse(text(`${CHART}/values.yaml`));

test('deploy/ and overlays/ were made from the chart as it is (npm run manifests)', () => {
  assert.equal(text(SUMS), sums());
});

test('the schema of the values has the configuration as its own schema has it (npm run manifests)', async () => {
  assert.equal(text(VALUES_SCHEMA), await valuesSchema());
});

/** Below what is left to whoever fills it in. */
const FREE = ['config', 'issuerRef', 'labels', 'nodeSelector', 'affinity', 'podAnnotations', 'global'];

/** Keys of the values, and of a schema, with those that they lie in. */
function keysOf(value: unknown, children: (value: unknown) => unknown): readonly string[] {
  const below = children(value);
  if (typeof below !== 'object' || below === null || Array.isArray(below)) return [];
  return Object.entries(below).flatMap(([key, one]) => {
    if (key === 'global') return [];
    return [key, ...(FREE.includes(key) ? [] : keysOf(one, children).map((inner) => `${key}.${inner}`))];
  });
}

test('every value that there is has a default with its explanation, and nothing else is taken', () => {
  const inSchema = keysOf(schema, (one) => at(one, 'properties'));
  assert.deepEqual([...keysOf(values, (one) => one)].sort(), [...inSchema].sort());
  for (const key of ['image', 'certificates', 'webhook', 'networkPolicy', 'ports', 'resources']) {
    assert.equal(at(schema, 'properties', key, 'additionalProperties'), false, key);
  }
});

test('the chart is of the version of the program, and knows its log levels', () => {
  const chart: unknown = parse(text(`${CHART}/Chart.yaml`));
  const version: unknown = at(JSON.parse(text('package.json')), 'version');
  assert.equal(at(chart, 'appVersion'), version);
  assert.equal(at(chart, 'version'), version);
  assert.deepEqual(at(schema, 'properties', 'logLevel', 'enum'), [...LOG_LEVELS]);
});
