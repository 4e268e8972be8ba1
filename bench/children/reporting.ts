/**
 * The other end of child.ts: how a process that is measured reports, and answers what it is asked.
 */
import type { Question, Report } from './protocol.ts';

export function report(message: Report): void {
  if (process.send === undefined) throw new Error('this program is started by bench/main.ts');
  process.send(message);
}

/** A server: says where it listens, tells its CPU time when asked, and ends with the benchmark. */
export function reportAsServer(port: number, verify?: () => Report): void {
  process.on('message', (question: Question) => {
    if (question.type === 'usage') report({ type: 'usage', cpuMs: cpuMs() });
    else if (verify !== undefined) report(verify());
  });
  process.on('disconnect', () => process.exit());
  report({ type: 'listening', port });
}

/** Of all threads, in user space and in the kernel, since the process started. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
