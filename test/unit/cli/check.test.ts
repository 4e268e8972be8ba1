import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Checking } from '../../../src/cli/checking.ts';
import { stored } from '../../support/cluster-webhook.ts';
import { decoded, namespace, pod, storeWith, type Json } from '../../support/objects.ts';
import { settingsWith } from '../../support/review.ts';

const ZONE = 'topology.kubernetes.io/zone';

function node(zone: string): Json {
  const status = { nodeInfo: { kubeletVersion: 'v1.35.0' } };
  return { apiVersion: 'v1', kind: 'Node', metadata: { name: `n-${zone}`, labels: { [ZONE]: zone } }, status };
}

test('a pod that was admitted has one identity from then on, where it gets the zone of its node', () => {
  const store = storeWith([namespace('shop'), node('a'), node('b')], '1.18.5');
  const checking = new Checking(store, settingsWith('enforce', { identityBudget: 2 }));
  const take = (name: string, app: string): void => {
    const raw = stored(pod(`shop/${name}`, { app }));
    const origin = { file: 'pods.yaml', line: 1 };
    checking.take({ type: 'object', object: decoded(raw), raw, origin, lineOf: () => 1 });
  };
  for (const [name, app] of ['web-1 web', 'web-2 web', 'api-1 api', 'web-3 web', 'db-1 db'].map((text) =>
    text.split(' '),
  ))
    take(name ?? '', app ?? '');
  const verdicts = checking.result().decisions.map(({ decision }) => decision.verdict);
  assert.deepEqual(verdicts, ['allow', 'allow', 'allow', 'allow', 'deny']);
});
