/**
 * What the process was started with: the one reader of its environment variables.
 */

export interface Environment {
  /** `NO_COLOR` is set and not empty (no-color.org). */
  readonly noColor: boolean;
}

export function readEnvironment(variables: Readonly<Record<string, string | undefined>> = process.env): Environment {
  return { noColor: (variables['NO_COLOR'] ?? '') !== '' };
}
