/**
 * The body of an answer as a text, up to a limit.
 */
import { fail, ok, type Result } from '../../cilium/result.ts';

/** How many bytes there are at least where they are too many; the rest is not read then. */
export async function textOf(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Result<string, number>> {
  const read: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > maxBytes) return fail(bytes);
    read.push(chunk);
  }
  return ok(Buffer.concat(read).toString('utf8'));
}
