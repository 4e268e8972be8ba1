/**
 * Findings of identity-churn -> sentences.
 */
import type { FindingOf, FindingOfCheck } from '../../checks/check.ts';
import { count, quotedList, roundedToOneDigit, tenantText } from '../../checks/facts/wording.ts';

export function identityChurnMessage(finding: FindingOfCheck<'identity-churn'>): string {
  switch (finding.id) {
    case 'label-churn':
      return labelChurn(finding);
    case 'identity-budget':
      return identityBudget(finding);
    case 'relabel-pod':
      return relabelPod(finding);
    case 'relabel-namespace':
      return relabelNamespace(finding);
  }
}

function labelChurn({ subject, facts, details }: FindingOf<'label-churn'>): string {
  const { unused, inUse } = facts;
  const labels = labelWord(facts.labels, details.labels);
  const churning = churningPart(details.churning, details.labels);
  const start = `${subject.name} would be one more Cilium identity of namespace ${subject.namespace ?? ''}`;
  const others = `${count(unused, 'unused one')}${inUse > 0 ? ` and ${inUse} in use` : ''}`;
  if (details.mergedUnused === unused && details.mergedInUse === inUse) {
    return `${start}: ${others} ${unused + inUse === 1 ? 'differs' : 'differ'} only in ${labels}${churning}`;
  }
  return `${start}, which has ${others}: ${details.mergedUnused} of the unused differ from it only in ${labels}${churning}`;
}

/** Of the labels in which identities differ, those that keep changing, where they are not all of them. */
function churningPart(churning: readonly string[], labels: number): string {
  if (churning.length === 0 || churning.length >= labels) return '';
  return `, of which ${quotedList(churning)} ${churning.length === 1 ? 'keeps' : 'keep'} changing`;
}

function labelWord(labels: readonly string[], total: number): string {
  return `${labels.length === 1 ? 'label' : 'labels'} ${quotedList(labels, Math.max(total, labels.length))}`;
}

function identityBudget({ subject, facts, details }: FindingOf<'identity-budget'>): string {
  const { newIdentities: minted, identities, budget } = facts;
  const tenant = tenantText(details.tenant);
  const what = minted === 0 ? ' Cilium identities' : '';
  const standing =
    details.counted === 'inUse'
      ? `pods of ${tenant} have ${identities}${what} of the ${budget} that they may have`
      : `${tenant} has ${identities}${what}, unused ones included, of the ${budget} that it may have`;
  return minted === 0 ? standing : `${subject.name} would bring ${more(minted)}: ${standing}`;
}

function more(identities: number): string {
  return identities === 1 ? 'one more Cilium identity' : `${identities} more Cilium identities`;
}

function relabelPod({ subject, facts }: FindingOf<'relabel-pod'>): string {
  const before = facts.identityBefore === 'new' ? '' : `, instead of ${facts.identityBefore}`;
  return `the labels give pod ${subject.name} a Cilium identity that does not exist yet${before}`;
}

/** Numbers first: a warning is cut at its end. */
function relabelNamespace({ subject, facts }: FindingOf<'relabel-namespace'>): string {
  const { identitiesMinted: minted, identitiesMintedWorst: worst } = facts;
  return (
    `${count(facts.podsReidentified, 'pod')} of namespace ${subject.name} would change identity: ` +
    `${count(minted, 'identity', 'identities')} minted${worst > minted ? ` (at worst ${worst})` : ''}, ` +
    `${facts.identitiesOrphaned} left unused; ` +
    `a policy map gains up to ${roundedEntries(facts.entriesGainedWorst)}`
  );
}

/** The map may be of another tenant, whose policies nobody else reads. */
function roundedEntries(entries: number): string {
  return `${entries < 10 ? '' : 'about '}${count(roundedToOneDigit(entries), 'entry', 'entries')}`;
}
