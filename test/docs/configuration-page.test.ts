import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { formatProblem, loadConfig } from '../../src/config.ts';
import { configurationPage } from './configuration-page.ts';

function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

describe('docs/configuration.md', () => {
  const page = read('docs/configuration.md');

  test('is what the schema says: npm run docs writes it', () => {
    assert.equal(page, configurationPage());
  });

  test('has an example that is accepted as it stands', () => {
    const [, example = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    const loaded = loadConfig(example, 'example');
    assert.deepEqual(loaded.ok ? [] : loaded.error.map(formatProblem), []);
    assert.equal(example, read('examples/config.yaml'));
  });

  test('has a section where a refused policy links to', () => {
    assert.match(page, /^## unknown$/m);
  });
});
