/**
 * The arguments of a process that is measured.
 */
export function argument(index: number): string {
  const value = process.argv[2 + index];
  if (value === undefined) throw new Error('this program is started by bench/main.ts');
  return value;
}
