import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { connectTo } from '../../../src/kubernetes/api/api-connection.ts';
import { openOffSwitch, rulesBelow, type OffSwitch } from '../../../src/server/off-switch.ts';
import { DEFAULT_RULES } from '../../../src/review/decision-rules.ts';
import { answerStatus, ApiServer } from '../../support/api-server.ts';
import type { Json } from '../../support/objects.ts';

const PATH = '/api/v1/namespaces/ours/configmaps';
const configMap = (data: Json, name = 'config'): Json => ({ metadata: { namespace: 'ours', name }, data });

interface Switched {
  readonly server: ApiServer;
  readonly offSwitch: OffSwitch;
  /** Comes back when the log says this next. */
  readonly logged: (text: string) => Promise<void>;
}

async function switched(t: TestContext, prepare: (server: ApiServer) => void = () => undefined): Promise<Switched> {
  const server = (await ApiServer.start(t)).serve(PATH);
  prepare(server);
  const connection = connectTo(server.access);
  const lines: string[] = [];
  let told = Promise.withResolvers<undefined>();
  const say = (message: string, fields?: unknown): void => {
    lines.push(`${message} ${JSON.stringify(fields)}`);
    told.resolve(undefined);
    told = Promise.withResolvers();
  };
  const offSwitch = openOffSwitch({
    connection,
    configMap: { namespace: 'ours', name: 'config' },
    log: { info: say, warn: say, error: say },
    timing: { wait: () => Promise.resolve() },
  });
  t.after(async () => {
    await offSwitch.stop();
    connection.close();
  });
  const logged = async (text: string): Promise<void> => {
    for (;;) {
      const line = lines.shift();
      if (line?.includes(text) === true) return;
      if (line === undefined) await told.promise;
    }
  };
  return { server, offSwitch, logged };
}

test('nothing is denied and nobody is ready until the ConfigMap was read', async (t) => {
  const held = Promise.withResolvers<undefined>();
  const { offSwitch, logged } = await switched(t, (server) =>
    server.scriptFor(PATH, (response) => void held.promise.then(() => response.destroy())),
  );
  assert.equal(offSwitch.maxMode(), 'audit');
  assert.equal(offSwitch.notReady(), 'ours/config was not read yet');
  held.resolve(undefined);
  await logged('"maxMode":"enforce"');
  assert.equal(offSwitch.maxMode(), 'enforce');
  assert.equal(offSwitch.notReady(), undefined);
});

test('a change is in force when the watch tells of it, and so are the end of the key and of the ConfigMap', async (t) => {
  const { server, offSwitch, logged } = await switched(t, (api) => api.put(PATH, configMap({ 'config.yaml': '' })));
  await logged('"maxMode":"enforce"');
  server.put(PATH, configMap({ maxMode: 'audit' }));
  await logged('"maxMode":"audit"');
  assert.equal(offSwitch.maxMode(), 'audit');
  server.put(PATH, configMap({}));
  await logged('"maxMode":"enforce"');
  assert.equal(offSwitch.maxMode(), 'enforce');
  server.put(PATH, configMap({ maxMode: 'off' }));
  await logged('"maxMode":"off"');
  server.delete(PATH, configMap({ maxMode: 'off' }));
  await logged('"maxMode":"enforce"');
});

test('a key that is no mode denies nothing', async (t) => {
  const { server, offSwitch, logged } = await switched(t);
  await logged('"maxMode":"enforce"');
  server.put(PATH, configMap({ maxMode: 'of' }));
  await logged('says nothing that is a mode');
  assert.equal(offSwitch.maxMode(), 'audit');
});

test('another ConfigMap is of no interest, even where the server sends it', async (t) => {
  const { server, offSwitch, logged } = await switched(t, (api) => {
    api.put(PATH, configMap({ maxMode: 'off' }, 'other'));
    api.put(PATH, configMap({ maxMode: 'warn' }));
  });
  await logged('"maxMode":"warn"');
  server.put(PATH, configMap({ maxMode: 'off' }, 'other'));
  server.delete(PATH, configMap({}, 'other'));
  server.put(PATH, configMap({ maxMode: 'audit' }));
  await logged('"maxMode":"audit"');
  assert.equal(offSwitch.maxMode(), 'audit');
  assert.equal(server.asked[0]?.query.get('fieldSelector'), 'metadata.name=config');
});

test('while the watch fails what was told last holds', async (t) => {
  const { server, offSwitch, logged } = await switched(t, (api) => api.put(PATH, configMap({ maxMode: 'audit' })));
  await logged('"maxMode":"audit"');
  server.scriptFor(PATH, (response) => answerStatus(response, 500, 'no etcd'));
  server.endWatches(PATH);
  await logged('no etcd');
  assert.equal(offSwitch.maxMode(), 'audit');
  assert.equal(offSwitch.notReady(), undefined);
});

test('the switch caps the mode of the configuration, and never raises it', () => {
  const offSwitch = (mode: 'audit' | 'enforce') => ({
    maxMode: () => mode,
    notReady: () => undefined,
    stop: () => Promise.resolve(),
  });
  assert.equal(rulesBelow(offSwitch('audit'), DEFAULT_RULES).maxMode, 'audit');
  assert.equal(rulesBelow(offSwitch('enforce'), { ...DEFAULT_RULES, maxMode: 'off' }).maxMode, 'off');
  assert.equal(rulesBelow(undefined, DEFAULT_RULES).maxMode, 'enforce');
});
