/**
 * A CPU profile of one piece of work, as a file that developer tools open.
 *
 * It slows the work down: the figures of a run with profiles are not those to go by.
 */
import { writeFileSync } from 'node:fs';
import { Session, type Profiler } from 'node:inspector';

export async function profiled<Value>(file: string, work: () => Value | Promise<Value>): Promise<Value> {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.start');
  try {
    return await work();
  } finally {
    session.post('Profiler.stop', (error, result: Profiler.StopReturnType | undefined) => {
      if (error === null && result !== undefined) writeFileSync(file, JSON.stringify(result.profile));
    });
    session.disconnect();
  }
}
