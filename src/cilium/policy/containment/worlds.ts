/**
 * The kinds of peers, which share no identity: each decides for itself whether the target escapes the covers.
 *
 * In 1.20 a policy map also asks the aggregate that stands for an identity, so a peer selector that takes the aggregate's
 * own labels reaches every member of the population, whatever else it says.
 */
import type { Budget } from '../../budget.ts';
import type { LabelArray } from '../../identity/label.ts';
import { addressGroups, findAddress, type AddressGroup } from './addresses.ts';
import { COVERED, undecided, type Containment, type PeerWitness, type Reach } from './answer.ts';
import type { UniverseFacts } from './facts.ts';
import { wantsLabel } from './domain.ts';
import {
  HOST_KEY,
  localPods,
  memberLabels,
  remoteNodes,
  remotePods,
  subjectPods,
  type Population,
} from './populations.ts';
import { findEscape, type Term } from './search.ts';
import { joinedTerms, termsOf } from './terms.ts';
import { isWildcard, matches } from '../selector.ts';

export interface Question {
  /** All of them have to reach it. */
  readonly targets: readonly Reach[];
  readonly covers: readonly Reach[];
  readonly facts: UniverseFacts;
  readonly budget: Budget;
}

export type World = (question: Question) => Containment;

/** Pods first: theirs is the witness that says most. */
export const PEER_WORLDS: readonly World[] = [
  amongLocalPods,
  amongRemotePods,
  amongAddresses,
  amongReserved,
  amongNodes,
  beyondIdentities,
];

export const SUBJECT_WORLDS: readonly World[] = [amongSubjectPods, amongReservedEndpoints];

function amongLocalPods(question: Question): Containment {
  const { facts, targets } = question;
  const policed = !(facts.hostLabelDisablesPolicy && targets.some(wantsHostLabel));
  return amongLabels(question, localPods(facts, policed), podWitness);
}

function wantsHostLabel({ selector }: Reach): boolean {
  return selector.requirements.some((requirement) => requirement.key === HOST_KEY && wantsLabel(requirement));
}

function amongSubjectPods(question: Question): Containment {
  return amongLabels(question, subjectPods(question.facts), podWitness);
}

function amongRemotePods(question: Question): Containment {
  return question.facts.localOnly ? COVERED : amongLabels(question, remotePods(question.facts), podWitness);
}

function amongNodes(question: Question): Containment {
  return question.facts.nodeLabels ? amongLabels(question, remoteNodes(question.facts), nodeWitness) : COVERED;
}

function podWitness(labels: LabelArray): PeerWitness {
  return { kind: 'pod', labels };
}

/** A node's own number is the business of each agent; its labels say the rest. */
function nodeWitness(labels: LabelArray): PeerWitness {
  return { kind: 'reserved', id: 6, labels };
}

function amongLabels(
  question: Question,
  population: Population,
  witness: (labels: LabelArray) => PeerWitness,
): Containment {
  const read = inTermsOf(population, question);
  if (read.kind !== 'open') return read;
  for (const term of read.target) {
    const result = findEscape(term, read.covers, { domainOf: population.domainOf, budget: question.budget });
    if (result.kind === 'exhausted') return undecided('step-limit');
    if (result.kind === 'none') continue;
    return { kind: 'uncovered', witness: witness(memberLabels(population, result.assignment)) };
  }
  return COVERED;
}

function amongAddresses(question: Question): Containment {
  for (const world of question.facts.worlds) {
    for (const group of addressGroups(world, question.facts)) {
      const answer = amongAddressGroup(question, group);
      if (answer.kind !== 'covered') return answer;
    }
  }
  return COVERED;
}

function amongAddressGroup(question: Question, group: AddressGroup): Containment {
  const read = inTermsOf(group.population, question);
  if (read.kind !== 'open') return read;
  const result = findAddress(read.target, read.covers, group, question.budget);
  switch (result.kind) {
    case 'none':
      return COVERED;
    case 'exhausted':
      return undecided('step-limit');
    case 'found':
      return { kind: 'uncovered', witness: { kind: 'address', ip: result.ip, labels: result.labels } };
  }
}

interface Read {
  readonly kind: 'open';
  readonly target: readonly Term[];
  readonly covers: readonly Term[];
}

/** The question in terms of one population, or its answer where all members are reached alike. */
function inTermsOf(population: Population, { targets, covers }: Question): Read | Containment {
  const { aggregate, policed } = population;
  const reaching = covers.filter(({ role }) => role === 'peer' || policed);
  if (reaching.some((cover) => reachesAggregate(cover, aggregate))) return COVERED;
  const told = targets.filter((target) => !reachesAggregate(target, aggregate));
  const targetTerms = joinedTerms(told.map(({ selector }) => termsOf(selector)));
  const coverTerms = reaching.map(({ selector }) => termsOf(selector));
  if (targetTerms === undefined || coverTerms.includes(undefined)) return undecided('too-many-terms');
  const read = (terms: readonly Term[]): readonly Term[] => terms.map((term) => term.map(population.read));
  return { kind: 'open', target: read(targetTerms), covers: read(coverTerms.flatMap((terms) => terms ?? [])) };
}

/** Subjects are told by their own labels, before there is a map. */
function reachesAggregate({ role, selector }: Reach, aggregate: LabelArray | undefined): boolean {
  return role === 'peer' && aggregate !== undefined && matches(selector, aggregate);
}

/** Health and init have a policy map of their own; the policy of the ingress endpoint is in the proxy. */
const POLICED: ReadonlySet<number> = new Set([4, 5]);

/** Lower ids have no aggregate but the wildcard; the higher ones that a user fixed to a number are pods to a map. */
const FIRST_AGGREGATED = 100;

/** In a mesh the endpoints of other clusters have the same reserved identities, and no policy of this cluster. */
function amongReserved(question: Question): Containment {
  const { reserved, localOnly } = question.facts;
  return amongIdentities(question, reserved, (id) => localOnly && POLICED.has(id));
}

function amongReservedEndpoints(question: Question): Containment {
  const endpoints = question.facts.reserved.filter(({ id }) => POLICED.has(id));
  return amongIdentities(question, endpoints, () => true);
}

function amongIdentities(
  { targets, covers, facts }: Question,
  identities: UniverseFacts['reserved'],
  isPoliced: (id: number) => boolean,
): Containment {
  // Such a number is one of cluster 0: in a cluster that has an id itself, that is another cluster.
  const fixed = facts.localOnly ? facts.aggregates?.cluster : facts.aggregates?.clusterMesh;
  for (const { id, labels } of identities) {
    const aggregate = id < FIRST_AGGREGATED ? undefined : fixed;
    const reaches = (reach: Reach): boolean => matches(reach.selector, labels) || reachesAggregate(reach, aggregate);
    if (!targets.every(reaches)) continue;
    if (covers.some((cover) => (cover.role === 'peer' || isPoliced(id)) && reaches(cover))) continue;
    return { kind: 'uncovered', witness: { kind: 'reserved', id, labels } };
  }
  return COVERED;
}

/** A packet whose sender is not known: the wildcard alone reaches it. */
function beyondIdentities({ targets, covers }: Question): Containment {
  const covered = covers.some(({ role, selector }) => role === 'peer' && isWildcard(selector));
  if (covered || !targets.every(({ selector }) => isWildcard(selector))) return COVERED;
  return { kind: 'uncovered', witness: { kind: 'reserved', id: 0, labels: [] } };
}
