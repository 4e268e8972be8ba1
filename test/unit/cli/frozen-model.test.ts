import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { frozenModelWarning } from '../../../src/cli/frozen-model.ts';
import { settingsWith } from '../../support/review.ts';

describe('a model that was read once', () => {
  test('is warned of where a check enforces, and the check is named', () => {
    const { modes } = settingsWith('audit');
    const warning = frozenModelWarning({ modes: { ...modes, 'reserved-labels': 'enforce' } });
    assert.match(warning ?? '', /^mode enforce on files that were read once \(reserved-labels\): /);
  });

  test('is no danger where nothing can be denied', () => {
    for (const mode of ['off', 'audit', 'warn'] as const) {
      assert.equal(frozenModelWarning(settingsWith(mode)), undefined);
    }
  });
});
