import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEnvironment } from '../../../src/cli/environment.ts';

test('NO_COLOR counts when it is not empty', () => {
  assert.deepEqual(readEnvironment({ NO_COLOR: '1' }), { noColor: true });
  assert.deepEqual(readEnvironment({ NO_COLOR: '' }), { noColor: false });
  assert.deepEqual(readEnvironment({}), { noColor: false });
});
