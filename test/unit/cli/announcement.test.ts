import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { announcement, type Announced } from '../../../src/cli/announcement.ts';
import type { CheckSettings } from '../../../src/checks/settings.ts';
import { settingsWith } from '../../support/review.ts';

const announced: Announced = {
  model: 'Cilium 1.19.7, cluster "default", 12 objects',
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
    const lines = announcement({ ...announced, tryWith: { caFile: 'certs/ca.crt', configured: false } });
    assert.ok(
      lines.some(
        (line) => line.includes('curl --cacert certs/ca.crt') && line.includes('https://127.0.0.1:8443/validate'),
      ),
    );
    assert.ok(lines.includes("  curl 'http://[::1]:8080/readyz?verbose'"));
  });

  describe('tells what the review is answered with', () => {
    const told = (settings: CheckSettings, configured: boolean): string =>
      announcement({ ...announced, modes: settings.modes, tryWith: { caFile: 'ca.crt', configured } }).join('\n');
    const mixed = settingsWith('audit');
    const othersEnforce = { ...mixed, modes: { ...mixed.modes, 'deny-contradiction': 'enforce' } } as const;

    test('a denial, or how to see one', () => {
      assert.match(told(settingsWith('audit'), false), /The review is admitted[^]*npm start -- --mode enforce$/);
      assert.match(told(settingsWith('enforce'), false), /The review is denied\. Ctrl-C stops\.$/);
    });

    test('no denial where only checks enforce that do not find it', () => {
      assert.match(told(othersEnforce, true), /The review is admitted/);
    });

    test('no promise where a configuration may say otherwise of its tenant', () => {
      assert.match(told(settingsWith('enforce'), true), /The review is denied, unless the configuration/);
    });
  });
});
