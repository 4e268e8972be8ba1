/**
 * A file, a pipe or standard input -> its bytes, unpacked if they are gzip. Bounded before and after unpacking.
 */
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { fail, ok, type Result } from '../cilium/result.ts';
import { errorCode, systemErrorText } from '../system-error.ts';
import { textFault } from './text-bytes.ts';

export interface ByteLimits {
  /** In bytes, packed or not. */
  readonly maxBytes: number;
  /** What `-` stands for. */
  readonly stdin: () => AsyncIterable<Uint8Array | string>;
}

const unpack = promisify(gunzip);

/** The bytes, or one sentence that says why not. */
export async function readBytes(file: string, limits: ByteLimits): Promise<Result<Buffer, string>> {
  try {
    const packed =
      file === '-' ? await collect(limits.stdin(), limits.maxBytes) : await readPath(file, limits.maxBytes);
    if (packed === undefined) return fail(`is over the limit of ${limits.maxBytes} bytes`);
    const isGzip = packed[0] === 0x1f && packed[1] === 0x8b;
    return checkText(isGzip ? await unpack(packed, { maxOutputLength: limits.maxBytes }) : packed);
  } catch (error) {
    return fail(errorText(error, limits.maxBytes));
  }
}

async function readPath(file: string, maxBytes: number): Promise<Buffer | undefined> {
  const stats = await stat(file);
  if (!stats.isFile()) return collect(createReadStream(file), maxBytes);
  return stats.size > maxBytes ? undefined : readFile(file);
}

async function collect(stream: AsyncIterable<Uint8Array | string>, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) return undefined;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function errorText(error: unknown, maxBytes: number): string {
  const code = errorCode(error);
  if (code === 'ERR_BUFFER_TOO_LARGE') return `is over the limit of ${maxBytes} bytes when unpacked`;
  if (code.startsWith('Z_')) return 'is broken gzip';
  return systemErrorText(error);
}

/** Where the header of the first file says which kind of tar it is (POSIX.1, pax). */
const TAR_MAGIC = 257;

function checkText(bytes: Buffer): Result<Buffer, string> {
  if (bytes.subarray(0, 2).toString('latin1') === 'PK') return fail('is a zip archive: unpack it first');
  if (bytes.subarray(TAR_MAGIC, TAR_MAGIC + 5).toString('latin1') === 'ustar') {
    return fail('is a tar archive: unpack it first');
  }
  const fault = textFault(bytes);
  if (fault !== undefined) return fail(fault);
  const hasByteOrderMark = bytes.subarray(0, 3).toString('latin1') === '\u00ef\u00bb\u00bf';
  return ok(hasByteOrderMark ? bytes.subarray(3) : bytes);
}
