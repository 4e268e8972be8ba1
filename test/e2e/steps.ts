/**
 * The steps, in their order: each finds what those before it have made.
 */
import type { Step } from './context.ts';
import { BYPASS_STEPS } from './steps/bypass.ts';
import { CERTIFICATE_STEPS } from './steps/certificates.ts';
import { FAILURE_STEPS } from './steps/failures.ts';
import { FAULT_STEPS } from './steps/faults.ts';
import { IDENTITY_STEPS } from './steps/identities.ts';
import { LIVE_STEPS } from './steps/live.ts';
import { POLICY_STEPS } from './steps/policies.ts';
import { REGISTRATION_STEPS } from './steps/registration.ts';

/** Everything is enforced, so that what is not denied was not asked about, or may not be denied. */
export const CONFIG = `apiVersion: cilium-bulkhead/v1
kind: Config
checks:
  identity-churn: { mode: enforce, identityLabels: { allowed: [app] } }
  deny-contradiction: { mode: enforce }
  policy-map-overflow: { mode: enforce }
  invalid-policy: { mode: enforce }
  reserved-labels: { mode: enforce }
`;

export const STEPS: readonly Step[] = [
  ...LIVE_STEPS,
  ...IDENTITY_STEPS,
  ...REGISTRATION_STEPS,
  ...BYPASS_STEPS,
  ...POLICY_STEPS,
  ...FAILURE_STEPS,
  ...CERTIFICATE_STEPS,
  ...FAULT_STEPS,
];
