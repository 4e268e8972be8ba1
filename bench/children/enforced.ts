/**
 * Every check enforced: the settings under which most work is done.
 */
import { CHECK_IDS, type CheckId } from '../../src/checks/facts/finding-facts.ts';
import { DEFAULT_CHECK_SETTINGS, type CheckSettings, type Mode } from '../../src/checks/settings.ts';

const modes = Object.fromEntries(CHECK_IDS.map((id) => [id, 'enforce'])) as Record<CheckId, Mode>;

export const ENFORCED: CheckSettings = { ...DEFAULT_CHECK_SETTINGS, modes };
