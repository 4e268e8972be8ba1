/** A runner gives each of its pods the id of the build: 212 are gone, 9 are running, and the next one comes. */
import { newNamespace, podOf, times } from '../../applications.ts';
import type { Json } from '../../../support/objects.ts';
import type { Story } from '../../stage.ts';

function runner(build: number): Json {
  return podOf(`ci/job-runner-${build}`, { app: 'job-runner', 'build-id': `b${build}` });
}

export const story: Story = {
  cluster: [newNamespace('ci'), ...times(9, (index) => runner(8_000 + index))],
  gone: times(212, (index) => runner(7_000 + index)),
  steps: [{ put: runner(8_009) }, { put: podOf('ci/job-runner-8010', { app: 'job-runner' }) }],
};
