/**
 * The body of a watch -> its events, one at a time.
 *
 * What comes after the last line feed was cut off, and is no event.
 */
import { LineSplitter } from './line-splitter.ts';
import { readWatchEvent, type WatchEvent } from './watch-event.ts';

/** More than twice what an API server stores of one object. */
const MAX_LINE_BYTES = 8 * 1024 ** 2;

export async function* watchEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<WatchEvent> {
  const splitter = new LineSplitter(MAX_LINE_BYTES);
  for await (const chunk of chunks) {
    const lines = splitter.take(chunk);
    if (!lines.ok) {
      yield { type: 'garbage', reason: `a line of a watch has ${lines.error} bytes, limit ${MAX_LINE_BYTES}` };
      return;
    }
    for (const line of lines.value) yield readWatchEvent(line);
  }
}
