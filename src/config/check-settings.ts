/**
 * The sections of the checks -> how the checks are tuned: for everybody, or for a tenant on top of that.
 */
import { CHECK_IDS } from '../checks/facts/finding-facts.ts';
import type { CheckSettings } from '../checks/settings.ts';
import type { CheckSections } from './config-file.ts';

/** What the sections leave out is as in `base`. */
export function tunedBy(checks: CheckSections, base: CheckSettings): CheckSettings {
  const churn = checks['identity-churn'];
  const modes = { ...base.modes };
  for (const id of CHECK_IDS) modes[id] = checks[id]?.mode ?? modes[id];
  const advises = (id: (typeof CHECK_IDS)[number]): boolean => (checks[id]?.advice ?? adviceIn(base, id)) === 'warn';
  return {
    ...base,
    modes,
    adviceAsWarning: new Set(CHECK_IDS.filter(advises)),
    labelChurn: { ...base.labelChurn, ...churn?.labelChurn },
    mintRate: { ...base.mintRate, ...churn?.mintRate },
    identityLabels: churn?.identityLabels ?? base.identityLabels,
    policyPitfalls: { failOpen: checks['policy-pitfalls']?.failOpen ?? base.policyPitfalls.failOpen },
    policyMapOverflow: {
      advicePercent: checks['policy-map-overflow']?.advicePercent ?? base.policyMapOverflow.advicePercent,
    },
  };
}

function adviceIn({ adviceAsWarning }: CheckSettings, id: (typeof CHECK_IDS)[number]): 'record' | 'warn' {
  return adviceAsWarning.has(id) ? 'warn' : 'record';
}
