import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Ajv, type ValidateFunction } from 'ajv';
import fc from 'fast-check';
import { CHECK_IDS } from '../../../src/checks/facts/finding-facts.ts';
import { renderJson } from '../../../src/reports/json.ts';
import type { Rendered } from '../../../src/reports/renderer.ts';
import { assertGolden } from './golden.ts';
import {
  CHECK_EXAMPLE,
  checkResult,
  decision,
  entry,
  finding,
  judged,
  FLOW_EXAMPLE,
  flowExplanation,
  MAP_EXAMPLE,
  mapExplanation,
  POD_EXAMPLE,
  podExplanation,
  report,
  REPORT_EXAMPLE,
} from './results.ts';
import { anyText } from '../../support/any-text.ts';

function readSchema(name: string): Record<string, unknown> {
  const file = new URL(`../../../schemas/${name}.schema.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
}

const ajv = new Ajv({ strict: true, allErrors: true, schemas: [readSchema('finding')] });
const CHECK_RESULT = ajv.compile(readSchema('check-result'));
const REPORT = ajv.compile(readSchema('report'));
const EXPLANATION = ajv.compile(readSchema('explanation'));

function assertValid(validate: ValidateFunction, json: unknown): void {
  assert.ok(validate(json), ajv.errorsText(validate.errors, { separator: '\n' }));
}

const EXAMPLES: readonly { name: string; result: Rendered; empty: Rendered; validate: ValidateFunction }[] = [
  { name: 'check', result: CHECK_EXAMPLE, empty: checkResult(), validate: CHECK_RESULT },
  { name: 'report', result: REPORT_EXAMPLE, empty: report(), validate: REPORT },
  { name: 'pod', result: POD_EXAMPLE, empty: podExplanation({ identities: [] }), validate: EXPLANATION },
  { name: 'map', result: MAP_EXAMPLE, empty: mapExplanation(), validate: EXPLANATION },
  { name: 'flow', result: FLOW_EXAMPLE, empty: flowExplanation(), validate: EXPLANATION },
];

describe('what a program reads', () => {
  test('the rules and flows that a relabel changes', () => {
    const policy = { kind: 'CiliumNetworkPolicy', namespace: 'team-a', name: 'web' } as const;
    const flow = {
      direction: 'ingress',
      source: { kind: 'address', address: '192.0.2.1' },
      destination: { kind: 'endpoint', labels: [], pod: 'team-a/web-0' },
      protocol: 6,
      port: 80,
    } as const;
    const effects = {
      rules: [{ rule: { object: policy, field: 'spec.ingress[0]' }, change: 'starts' }],
      rulesInAll: 1,
      rulesOfOthers: 40,
      incomplete: false,
      flows: [{ change: 'opens', flow }],
    } as const;
    const json: unknown = JSON.parse(renderJson(report({ findings: [finding({ effects })] })));
    assertValid(REPORT, json);
    const [found] = (json as { readonly findings: readonly { readonly effects: unknown }[] }).findings;
    assert.deepEqual(found?.effects, {
      ...effects,
      rules: [{ policy: 'CiliumNetworkPolicy/team-a/web', field: 'spec.ingress[0]', change: 'starts' }],
      flows: [
        {
          change: 'opens',
          direction: 'ingress',
          source: { address: '192.0.2.1' },
          destination: { labels: [], pod: 'team-a/web-0' },
          protocol: 'TCP',
          port: 80,
        },
      ],
    });
  });

  test('a witness that was not confirmed is visible in a check and in a report', () => {
    const replayMismatches = [{ finding: 'dead-allow' as const, detail: 'alone allow, with the denies allow' }];
    const ofCheck: unknown = JSON.parse(renderJson(checkResult(judged({ decision: decision({ replayMismatches }) }))));
    const ofReport: unknown = JSON.parse(renderJson(report({ replayMismatches })));
    assertValid(CHECK_RESULT, ofCheck);
    assertValid(REPORT, ofReport);
    assert.deepEqual((ofReport as { replayMismatches: unknown }).replayMismatches, replayMismatches);
    assert.match(JSON.stringify(ofCheck), /with the denies allow/);
  });

  for (const { name, result, empty, validate } of EXAMPLES) {
    test(`${name} is what the file says, to the letter`, () => assertGolden(`${name}.json`, renderJson(result)));

    test(`${name} keeps to its published schema, full and empty`, () => {
      assertValid(validate, JSON.parse(renderJson(result)));
      assertValid(validate, JSON.parse(renderJson(empty)));
    });

    test(`the schema of ${name} has no room for a key that is not described`, () => {
      const json = JSON.parse(renderJson(result)) as object;
      assert.equal(validate({ ...json, more: 1 }), false);
    });
  }

  test('facts are in order of their names, however the check made them', () => {
    const facts = { unused: 1, inUse: 2, labels: ['b', 'a'] };
    const json = renderJson(report({ findings: [finding({ facts })] }));
    const [, printed] = /"facts": (\{.*?\})/s.exec(json) ?? [];
    assert.deepEqual(Object.entries(JSON.parse(printed ?? '{}') as object), [
      ['inUse', 2],
      ['labels', ['b', 'a']],
      ['unused', 1],
    ]);
  });

  test('an object that was wholly judged has no unknowns', () => {
    const [json] = (JSON.parse(renderJson(checkResult(judged()))) as { decisions: object[] }).decisions;
    assert.deepEqual(Object.keys(json ?? {}), ['object', 'operation', 'verdict', 'findings', 'warnings']);
  });

  test('a map names its local identities once, by number', () => {
    const cidr = (identity: number, port: number): ReturnType<typeof entry> =>
      entry({ identity, labels: [`cidr:10.${identity - 16_777_216}.0.0/16`], protocol: 6, port, prefixLength: 16 });
    const entries = [
      cidr(16_777_218, 80),
      cidr(16_777_217, 80),
      cidr(16_777_218, 443),
      entry({ identity: 16_777_215 }),
    ];
    const json = JSON.parse(renderJson(mapExplanation({ entries }))) as {
      mapEntries: number;
      localIdentities: unknown;
    };
    assert.equal(json.mapEntries, 4);
    assert.deepEqual(json.localIdentities, [
      { id: 16_777_217, labels: ['cidr:10.1.0.0/16'] },
      { id: 16_777_218, labels: ['cidr:10.2.0.0/16'] },
    ]);
  });

  test('the published schema knows the checks of the code', () => {
    const { properties } = readSchema('finding') as { properties: { check: { enum: unknown } } };
    assert.deepEqual(properties.check.enum, CHECK_IDS);
  });
});

describe('hostile names', () => {
  test('nothing that a terminal would act on is printed, and nothing is lost', () => {
    const name = fc.oneof(
      anyText({ maxLength: 40 }),
      fc.constantFrom('\u001b[2J', '\u009b2J', 'a\u202eb', '__proto__', '\u2028', '"}]}'),
    );
    fc.assert(
      fc.property(name, (hostile) => {
        const object = { apiVersion: 'v1', kind: 'Pod', namespace: hostile, name: hostile };
        const text = renderJson(checkResult(judged({ object, decision: decision({ warnings: [hostile] }) })));
        assert.doesNotMatch(text, /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
        const json = JSON.parse(text) as { decisions: { object: unknown; warnings: unknown }[] };
        assertValid(CHECK_RESULT, json);
        assert.deepEqual([json.decisions[0]?.object, json.decisions[0]?.warnings], [object, [hostile]]);
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });
});
