/**
 * What the operating system says about a file or an address, in one sentence without its name, which stands before it.
 */
const OF_FILES: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or folder'],
  ['EEXIST', 'is a file where a folder has to be'],
  ['EISDIR', 'is a folder where a file has to be'],
  ['ENOTDIR', 'lies below something that is no folder'],
  ['ELOOP', 'is a link that leads to itself'],
  ['EROFS', 'is on a file system that cannot be written to: name another folder'],
  ['ENOSPC', 'no space is left there: make room, or name another folder'],
]);

const OF_ADDRESSES: ReadonlyMap<string, string> = new Map([
  ['EADDRINUSE', 'another process listens there: stop it, or name another port'],
  ['EACCES', 'this user may not listen there: name a port above 1023'],
  ['EADDRNOTAVAIL', 'this machine has no such address: name one that it has, or 0.0.0.0 for all'],
  ['ENOTFOUND', 'no such host: name an address of this machine, or 0.0.0.0 for all'],
]);

export function systemErrorText(error: unknown, use: 'read' | 'written' = 'read'): string {
  const code = errorCode(error);
  if (code === 'EACCES' || code === 'EPERM') return `may not be ${use} by this user: check its owner and mode`;
  if (code === 'ENOENT' && use === 'written') return 'cannot be made there: name another folder';
  return OF_FILES.get(code) ?? `cannot be ${use}: ${errorText(error)}`;
}

/** Why a server cannot listen where it was told to. */
export function listenErrorText(error: unknown): string {
  return OF_ADDRESSES.get(errorCode(error)) ?? errorText(error);
}

/** Empty where the error has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
