/**
 * How far a long reading has come: one line on stderr that is written over, on a terminal only.
 */
import type { TextStream } from './output.ts';

export interface Progress {
  readonly count: (objects: number) => void;
  readonly done: () => void;
}

/** How many objects go by before the line is written again. */
const STEP = 1_000;
const CLEAR_LINE = '\r\u001b[K';

export function progressOn(stream: TextStream): Progress {
  if (stream.isTTY !== true) return { count: () => undefined, done: () => undefined };
  let shown = false;
  return {
    count: (objects) => {
      if (objects % STEP !== 0) return;
      shown = true;
      stream.write(`${CLEAR_LINE}read ${objects} objects`);
    },
    done: () => {
      if (shown) stream.write(CLEAR_LINE);
    },
  };
}
