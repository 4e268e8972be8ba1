/**
 * What the operating system says about a file, in one sentence without the path, which stands before it.
 */
const SENTENCES: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or folder'],
  ['EACCES', 'may not be read by this user'],
  ['EPERM', 'may not be read by this user'],
  ['ELOOP', 'is a link that leads to itself'],
  ['ENOTDIR', 'lies below something that is no folder'],
]);

export function systemErrorText(error: unknown): string {
  return SENTENCES.get(errorCode(error)) ?? `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

/** Empty where the error has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
