/**
 * What is reachable in the memory of this process, heap and buffers, but for compiled code.
 *
 * Garbage that nobody has collected yet says more about the machine: the more memory it has, the later V8 collects.
 * Code grows for minutes, by each branch that is taken for the first time and each function that is optimized, and would hide
 * a small leak; V8 is told to keep it, for what comes with it lies among the objects.
 */
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
setFlagsFromString('--no-flush-bytecode');
const collectGarbage = runInNewContext('gc') as () => void;

/** Machine code, and bytecode with its tables. */
const CODE_SPACES = new Set(['code_space', 'code_large_object_space', 'trusted_space', 'trusted_large_object_space']);

/** In bytes, after a full collection, which takes tens of milliseconds. */
export function reachableBytes(): number {
  collectGarbage();
  const objects = getHeapSpaceStatistics().filter(({ space_name }) => !CODE_SPACES.has(space_name));
  return process.memoryUsage().external + objects.reduce((bytes, space) => bytes + space.space_used_size, 0);
}
