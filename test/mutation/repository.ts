/** Paths below the repository, wherever it stands. */
import { fileURLToPath } from 'node:url';

export function repository(path: string): string {
  return fileURLToPath(new URL(`../../${path}`, import.meta.url));
}
