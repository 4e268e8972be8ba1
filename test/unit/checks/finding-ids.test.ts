/**
 * One list of findings: what the checks make is what the schema admits and what the documentation explains.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { CHECK_IDS, CHECK_OF_FINDING, type CheckId } from '../../../src/checks/facts/finding-facts.ts';
import { CHECKS } from '../../../src/checks/registry.ts';

const PAGES = new URL('../../../docs/checks/', import.meta.url);
const SCHEMA = new URL('../../../schemas/finding.schema.json', import.meta.url);

interface FindingSchema {
  readonly properties: { readonly check: { readonly enum: string[] }; readonly id: { readonly enum: string[] } };
}

const schema = JSON.parse(readFileSync(SCHEMA, 'utf8')) as FindingSchema;

/** Findings are the headings that are written like an id: answers point to them. */
function findingsOn(page: string): readonly string[] {
  const text = readFileSync(new URL(page, PAGES), 'utf8');
  return [...text.matchAll(/^## ([a-z-]+)$/gm)].map(([, id = '']) => id);
}

test('the checks that are registered, the schema and the pages of the documentation name the same checks', () => {
  const ids = [...CHECK_IDS].sort();
  assert.deepEqual(CHECKS.map(({ id }) => id).sort(), ids);
  assert.deepEqual(schema.properties.check.enum.toSorted(), ids);
  assert.deepEqual(
    readdirSync(PAGES).sort(),
    ids.map((id) => `${id}.md`),
  );
});

test('the schema admits the findings that there are, and no other', () => {
  assert.deepEqual(schema.properties.id.enum.toSorted(), Object.keys(CHECK_OF_FINDING).sort());
});

test('each finding has a heading on the page of its check, and no page has another', () => {
  const made = Object.entries(CHECK_OF_FINDING);
  const documented = CHECK_IDS.map((check): [CheckId, readonly string[]] => [check, findingsOn(`${check}.md`)]);
  for (const [check, findings] of documented) {
    assert.deepEqual([...findings].sort(), made.flatMap(([id, of]) => (of === check ? [id] : [])).sort(), check);
  }
});
