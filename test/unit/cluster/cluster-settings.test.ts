import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deriveClusterSettings } from '../../../src/cluster/cluster-settings.ts';
import { DEFAULT_SETTINGS_OPTIONS } from '../../../src/cluster/settings.ts';

/** Counts how often it is asked for something. */
class AskedConfig extends Map<string, string> {
  asked = 0;

  override get(key: string): string | undefined {
    this.asked += 1;
    return super.get(key);
  }
}

function askedFor(images: readonly string[]): number {
  const data = new AskedConfig();
  const config = { data };
  const runs = images.map((image) => ({ images: [image], config }));
  const { main, others } = deriveClusterSettings(1, DEFAULT_SETTINGS_OPTIONS, { daemonSets: [], config, runs });
  assert.deepEqual([main.unknown, others], [undefined, []]);
  return data.asked;
}

test('hundreds of images of one version are read as one', () => {
  const images = Array.from({ length: 300 }, (_, index) => `quay.io/cilium/cilium:v1.19.5@sha256:${index}`);
  const [one = ''] = images;
  assert.ok(askedFor([one]) > 0);
  assert.equal(askedFor(images), askedFor([one]));
});
