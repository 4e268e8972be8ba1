import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CommandError } from '../../../src/cli/command-error.ts';

const reasons = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => `reason ${index}`);

describe('why a command cannot go on', () => {
  test('is told whole while it fits on a screen', () => {
    assert.deepEqual(new CommandError(reasons(20)).reasons, reasons(20));
  });

  test('is cut where it does not, and says how much is left', () => {
    assert.deepEqual(new CommandError(reasons(1_000)).reasons, [...reasons(20), '... and 980 more']);
  });
});
