/**
 * What is said to whoever lets a model that was read once deny: it knows nothing of what the cluster became since.
 */
import type { CheckSettings } from '../checks/settings.ts';

/** Undefined where nothing can be denied. */
export function frozenModelWarning({ modes }: Pick<CheckSettings, 'modes'>): string | undefined {
  const enforcing = Object.entries(modes).flatMap(([check, mode]) => (mode === 'enforce' ? [check] : []));
  if (enforcing.length === 0) return undefined;
  return (
    `mode enforce on files that were read once (${enforcing.join(', ')}): requests are denied by the cluster as it was then; ` +
    'mode audit or warn denies nothing'
  );
}
