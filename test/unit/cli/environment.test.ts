import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEnvironment } from '../../../src/cli/environment.ts';

test('NO_COLOR counts when it is not empty', () => {
  assert.deepEqual(readEnvironment({ NO_COLOR: '1' }), { noColor: true, inPod: false });
  assert.deepEqual(readEnvironment({ NO_COLOR: '' }), { noColor: false, inPod: false });
  assert.deepEqual(readEnvironment({}), { noColor: false, inPod: false });
});

test('a process is in a pod where Kubernetes has told it host and port of the API server', () => {
  const told = { KUBERNETES_SERVICE_HOST: '10.0.0.1', KUBERNETES_SERVICE_PORT: '443' };
  assert.equal(readEnvironment(told).inPod, true);
  assert.equal(readEnvironment({ ...told, KUBERNETES_SERVICE_HOST: '' }).inPod, false);
  assert.equal(readEnvironment({ KUBERNETES_SERVICE_HOST: '10.0.0.1' }).inPod, false);
});
