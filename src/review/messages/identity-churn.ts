/**
 * Findings of identity-churn -> sentences.
 */
import type { FindingOf, FindingOfCheck } from '../../checks/check.ts';
import type { BrokenLimit, RelabelTrouble, StandingRuns } from '../../checks/facts/findings/identity-churn.ts';
import type { Certainty } from '../../cluster/view.ts';
import { count, quotedList, roundedDownToOneDigit, roundedToOneDigit, tenantText } from '../../checks/facts/wording.ts';
import { MOST_LEFT_BEHIND, MOST_OF_ONE_POD, RELABEL_RATE } from '../../checks/settings.ts';
import { AMOUNTS } from './amount.ts';
import { effectsText } from './policy-effects.ts';

export function identityChurnMessage(finding: FindingOfCheck<'identity-churn'>): string {
  switch (finding.id) {
    case 'label-churn':
      return labelChurn(finding);
    case 'identity-budget':
      return identityBudget(finding);
    case 'mint-rate':
      return mintRate(finding);
    case 'cluster-headroom':
      return clusterHeadroom(finding);
    case 'namespace-churn':
      return namespaceChurn(finding);
    case 'label-not-allowed':
      return labelNotAllowed(finding);
    case 'gc-stalled':
      return gcStalled(finding);
    case 'filter-gap':
      return filterGap(finding);
    case 'cluster-churn':
      return clusterChurn(finding);
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

function identityBudget({ subject, facts, certainty, details }: FindingOf<'identity-budget'>): string {
  const { newIdentities: minted, identities, budget } = facts;
  const { runs } = details;
  const tenant = tenantText(details.tenant);
  const what = minted === 0 ? ' Cilium identities' : '';
  const standing =
    details.counted === 'inUse'
      ? `pods of ${tenant} have ${identities}${what} of the ${budget} that they may have`
      : `${tenant} has ${identities}${what}, unused ones included, of the ${budget} that it may have`;
  return minted === 0 ? standing : `${subject.name} would bring ${more(minted, certainty)}${byRuns(runs)}: ${standing}`;
}

/** Of a CronJob. */
function byRuns(runs: StandingRuns | undefined): string {
  if (runs === undefined) return '';
  return ` by ${scheduleText(runs)}, as each run is one that stays ${stayText(runs)}`;
}

function scheduleText({ certainty }: Pick<StandingRuns, 'certainty'>): string {
  return certainty === 'estimate' ? 'its schedule' : 'its schedule (too long to be read)';
}

function stayText({ minutes, unusedFrom }: Pick<StandingRuns, 'minutes' | 'unusedFrom'>): string {
  return `up to ${minutes} minutes${unusedFrom === 'deletion' ? ' after its Job is deleted' : ''}`;
}

function more(identities: number, certainty: Certainty): string {
  if (identities === 1) return 'one more Cilium identity';
  const amount = certainty === 'estimate' || certainty === 'upper-bound' ? AMOUNTS[certainty] : '';
  return `${amount}${identities} more Cilium identities`;
}

function mintRate({ subject, facts, details }: FindingOf<'mint-rate'>): string {
  const { perMinute, burst } = facts;
  const rate = `${burst} at once and ${perMinute} a minute`;
  return `${subject.name} would bring one more Cilium identity: ${tenantText(details.tenant)} has brought more than ${rate}`;
}

/** How many others have is told in one digit. */
function clusterHeadroom({ subject, facts, certainty, details }: FindingOf<'cluster-headroom'>): string {
  const { newIdentities: minted, identitiesInUse, identitySpace, fairShare } = facts;
  const full = `about ${roundedToOneDigit(identitiesInUse)} of ${identitySpace} Cilium identities of the cluster are in use`;
  const { owner } = details;
  if (owner === undefined) return `${full}; the fair share of a tenant is ${fairShare}`;
  const standing = `${tenantText(owner.tenant)} has ${owner.identities}`;
  const above = owner.identities + minted > fairShare;
  const share = above
    ? `, more than the about ${roundedDownToOneDigit(fairShare)} that are its fair share`
    : ', which is within its fair share';
  const brings = `${more(minted, certainty)}${byRuns(details.runs)}`;
  return `${subject.name} would bring ${brings} while ${full}: ${standing}${share}`;
}

function namespaceChurn({ facts, details }: FindingOf<'namespace-churn'>): string {
  const { identities, pattern } = facts;
  const left =
    details.tenant === undefined
      ? `about ${roundedToOneDigit(identities)} Cilium identities of deleted namespaces ${pattern}`
      : `${identities} Cilium identities of deleted namespaces of ${tenantText(details.tenant)}`;
  const limit = details.tenant === undefined ? '' : ` (limit ${MOST_LEFT_BEHIND})`;
  return `namespace ${details.namespace} is new, and ${left} wait for collection${limit}`;
}

function labelNotAllowed({ subject, facts, details }: FindingOf<'label-not-allowed'>): string {
  const labels = labelWord(facts.labels, details.labels);
  const are = details.labels === 1 ? 'is' : 'are';
  return `${labels} of ${subject.name} would be part of Cilium identities and ${are} not among the labels that may be`;
}

function gcStalled({ facts }: FindingOf<'gc-stalled'>): string {
  const { identities, oldestMinutes } = facts;
  const are = identities === 1 ? 'is' : 'are';
  return (
    `${count(identities, 'unused Cilium identity', 'unused Cilium identities')} ${are} not collected: ` +
    `the oldest was last used ${oldestMinutes} minutes ago`
  );
}

/** Labels, where they come from, and what they cost. */
function filterGap({ subject, facts, certainty, details }: FindingOf<'filter-gap'>): string {
  const { labels, entry, identitiesSaved: saved } = facts;
  const [come, make, them] = labels.length === 1 ? ['comes', 'makes', 'it'] : ['come', 'make', 'them'];
  const from = details.from === 'controller' ? 'from a controller' : 'with the binding to a node';
  const what = details.runs === undefined ? 'one more Cilium identity' : 'each run one more Cilium identity';
  const start = `${labelWord(labels, labels.length)} of ${subject.name} ${come} ${from} and ${make} ${what}`;
  const cost = saved > 0 ? [`without ${them} there would be ${AMOUNTS[certainty]}${saved} fewer`] : [];
  const { policies } = details;
  const asking = policies > 0 ? [`${count(policies, 'policy asks', 'policies ask')} for ${them}`] : [];
  const just = labels.length === 1 ? 'just this label' : 'just these labels';
  const noEntry = entry === undefined ? [`no value of \`labels\` was found that leaves out ${just}`] : [];
  const clauses = [...runsTexts(details), ...cost, ...asking, ...noEntry];
  return clauses.length === 0 ? start : `${start}: ${clauses.join('; ')}`;
}

/** What stands there by the schedule of CronJobs. */
function runsTexts({ runs, cronJobs = 1 }: FindingOf<'filter-gap'>['details']): readonly string[] {
  if (runs === undefined) return [];
  const whose = cronJobs === 1 ? scheduleText(runs) : `the schedules of ${cronJobs} CronJobs`;
  return [`${whose} would keep ${AMOUNTS[runs.certainty]}${runs.identities} there, each ${stayText(runs)}`];
}

function clusterChurn({ facts, details }: FindingOf<'cluster-churn'>): string {
  const { labels, entry, identitiesSaved, identitiesForeseen: foreseen, identitySpace: space } = facts;
  if (foreseen !== undefined && space !== undefined) {
    const made = count(details.identities, 'Cilium identity was', 'Cilium identities were');
    return `${made} made within ten minutes: if it goes on like that, ${foreseen} of ${space} are in use before unused ones are collected`;
  }
  const none = entry === undefined ? '; no value of `labels` was found that leaves out just this label' : '';
  return `without ${labelWord(labels, labels.length)} there would be ${identitiesSaved} of ${details.identities} Cilium identities fewer${none}`;
}

function relabelPod({ subject, facts, details }: FindingOf<'relabel-pod'>): string {
  const before = facts.identityBefore === 'new' ? '' : `, instead of ${facts.identityBefore}`;
  const start = `the labels give pod ${subject.name} a Cilium identity that does not exist yet${before}`;
  return details.trouble === undefined ? start : `${start}; ${troubleText(details.trouble)}`;
}

function troubleText(trouble: RelabelTrouble): string {
  if (trouble.kind === 'loop')
    return `relabels would then have given this pod ${trouble.minted} new identities within ten minutes (limit ${MOST_OF_ONE_POD})`;
  const { burst, perMinute } = RELABEL_RATE;
  return `pods of ${tenantText(trouble.tenant)} were relabelled more often than ${burst} times at once and ${perMinute} times a minute`;
}

/** Numbers first: a warning is cut at its end. */
function relabelNamespace({ subject, facts, details, effects }: FindingOf<'relabel-namespace'>): string {
  const { identitiesMinted: minted, identitiesMintedWorst: worst } = facts;
  return (
    `${count(facts.podsReidentified, 'pod')} of namespace ${subject.name} would change identity: ` +
    `${count(minted, 'identity', 'identities')} minted${worst > minted ? ` (at worst ${worst})` : ''}, ` +
    `${facts.identitiesOrphaned} left unused${gainText(facts.entriesGainedWorst)}` +
    `${brokenText(details.broken)}${effectsText(effects)}`
  );
}

function brokenText(broken: BrokenLimit | undefined): string {
  if (broken === undefined) return '';
  if (broken.kind === 'budget') return `; ${tenantText(broken.tenant)} would have more than it may have`;
  return `; at worst more than ${broken.limit} identities of the cluster would be in use, the limit for relabels`;
}

/** The map may be of another tenant, whose policies nobody else reads. */
function gainText(entries: number): string {
  const rounded = count(roundedToOneDigit(entries), 'entry', 'entries');
  return entries === 0 ? '' : `; a policy map gains up to ${entries < 10 ? '' : 'about '}${rounded}`;
}
