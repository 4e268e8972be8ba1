/** The Kubernetes executor of Airflow gives each task the labels of its run: 20 tasks of each of 24 runs are gone. */
import { newNamespace, podOf, times } from '../../applications.ts';
import type { Json } from '../../../support/objects.ts';
import type { Story } from '../../stage.ts';

function task(run: number, index: number): Json {
  return podOf(`airflow/etl-task-${index}-${run}`, {
    'airflow-worker': String(311 + (run % 2)),
    airflow_version: '2.10.5',
    component: 'worker',
    dag_id: 'etl',
    kubernetes_executor: 'True',
    map_index: String(index % 4),
    release: 'airflow',
    run_id: `scheduled__2026-11-23T0${run % 10}00-${run}`,
    task_id: `task-${index}`,
    tier: 'airflow',
    try_number: String(1 + (index % 3)),
  });
}

const SCHEDULER = 'system:serviceaccount:airflow:airflow-scheduler';

export const story: Story = {
  cluster: [newNamespace('airflow'), task(23, 0), task(23, 1)],
  gone: times(23, (run) => times(20, (index) => task(run, index))).flat(),
  steps: times(3, (index) => ({ put: task(24, index), by: SCHEDULER })),
};
