/**
 * Why a command cannot go on: one line for each reason, shown as they are, exit code 2. No more than a person can take in.
 */
const MOST_SHOWN = 20;

export class CommandError extends Error {
  readonly reasons: readonly string[];

  constructor(reasons: readonly string[]) {
    const rest = reasons.length - MOST_SHOWN;
    const shown = rest <= 0 ? reasons : [...reasons.slice(0, MOST_SHOWN), `... and ${rest} more`];
    super(shown.join('\n'));
    this.name = 'CommandError';
    this.reasons = shown;
  }
}
