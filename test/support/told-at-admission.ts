/**
 * What a webhook tells of what `check` does: not what of a policy closes more than it says, nor what it costs.
 */
export function isToldAtAdmission(finding: {
  readonly check: string;
  readonly facts: Readonly<Record<string, unknown>>;
}): boolean {
  return finding.check !== 'policy-pitfalls' || finding.facts['effect'] === 'opens';
}
