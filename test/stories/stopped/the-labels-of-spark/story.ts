/**
 * A Spark application has the labels of its run and of each executor; a driver makes its executors itself, so that no workload
 * says what they will be. 40 applications of the last hour are gone, with five executors each.
 */
import { newNamespace, podOf, times } from '../../applications.ts';
import type { Json } from '../../../support/objects.ts';
import type { Story } from '../../stage.ts';

function common(run: number): Readonly<Record<string, string>> {
  return { 'spark-app-selector': `spark-${run}f00d`, 'spark-app-name': 'daily-sales', 'spark-version': '4.0.1' };
}

function driver(run: number): Json {
  return podOf(`data/daily-sales-${run}-driver`, { ...common(run), 'spark-role': 'driver' });
}

function executor(run: number, index: number): Json {
  const own = { 'spark-role': 'executor', 'spark-exec-id': String(index), 'spark-exec-resourceprofile-id': '0' };
  const owner = {
    apiVersion: 'v1',
    kind: 'Pod',
    name: `daily-sales-${run}-driver`,
    uid: `uid-data/daily-sales-${run}-driver`,
    controller: true,
  };
  return podOf(`data/daily-sales-${run}-exec-${index}`, { ...common(run), ...own }, owner);
}

const ME = 'system:serviceaccount:data:spark';

export const story: Story = {
  cluster: [newNamespace('data')],
  gone: times(40, (run) => [driver(run), ...times(5, (index) => executor(run, index + 1))]).flat(),
  steps: [{ put: driver(40) }, { put: driver(39) }, { put: executor(40, 1), by: ME }],
};
