import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { announcement, type Announced } from '../../../src/cli/announcement.ts';
import { settingsWith } from '../../support/review.ts';

const announced: Announced = {
  model: 'Cilium 1.19.7, cluster "default"',
  objects: 12,
  modes: settingsWith('enforce').modes,
  webhook: { address: '127.0.0.1', family: 'IPv4', port: 8443 },
  operations: { address: '::1', family: 'IPv6', port: 8080 },
};

describe('what serve prints when it serves', () => {
  test('begins with the two addresses, for programs', () => {
    const [webhook, operations] = announcement(announced);
    assert.equal(webhook, 'webhook https://127.0.0.1:8443/validate');
    assert.equal(operations, 'operations http://[::1]:8080');
  });

  test('says which cluster it judges by, and in which mode', () => {
    assert.equal(announcement(announced)[2], 'model Cilium 1.19.7, cluster "default", 12 objects, modes: enforce');
    assert.equal(announcement(announced).length, 3);
  });

  test('says what to try where a client knows which authority to trust', () => {
    const lines = announcement({ ...announced, tryWith: { caFile: 'certs/ca.crt' } });
    assert.ok(
      lines.some(
        (line) => line.includes('curl --cacert certs/ca.crt') && line.includes('https://127.0.0.1:8443/validate'),
      ),
    );
    assert.ok(lines.includes("  curl 'http://[::1]:8080/readyz?verbose'"));
  });

  test('tells what the review is answered with, and how to see a denial', () => {
    const told = (mode: 'audit' | 'enforce'): string =>
      announcement({ ...announced, modes: settingsWith(mode).modes, tryWith: { caFile: 'ca.crt' } }).join('\n');
    assert.match(told('audit'), /Nothing is denied[^]*npm start -- --mode enforce$/);
    assert.match(told('enforce'), /The review is denied\. Ctrl-C stops\.$/);
  });
});
