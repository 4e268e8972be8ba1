/**
 * Label values that pods of the workload have and selectors ask for.
 */
export const TIERS = ['front', 'back', 'data'] as const;
export const COMPONENTS = 20;
/** Each pod has one of these keys. */
export const FEATURES = 50;
