/** Milliseconds of the processor's time that the work takes: a busy machine takes longer for it, and works no more. */
export function processorMs(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1_000;
}
