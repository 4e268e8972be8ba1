/**
 * What is reachable in the memory of this process, heap and buffers.
 *
 * Garbage that nobody has collected yet says more about the machine: the more memory it has, the later V8 collects.
 * V8 is told to keep compiled code, for what it throws away when that is old is more than a small leak.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
setFlagsFromString('--no-flush-bytecode');
const collectGarbage = runInNewContext('gc') as () => void;

/** In bytes, after a full collection, which takes tens of milliseconds. */
export function reachableBytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
