/**
 * Whether a change of a policy only adds denies: it is for safety then, and never refused for the size of a map.
 *
 * What a former deny took has to be taken still, by the denies of the new version together; no allow comes or goes. Where that
 * can't be found out within bounds, the change counts as one that only adds denies.
 * Cost: O(rules) where no deny went or changed; else a bounded number of proofs, asked for only where a map overflows.
 */
import { denyOf, uncoveredProduct, type AllowUnit, type Deny } from '../../cilium/policy/containment/product.ts';
import { universeFacts, type UniverseFacts } from '../../cilium/policy/containment/facts.ts';
import { ANY_PROTOCOL, listedSelectors, type Direction, type Ports, type Rule } from '../../cilium/policy/rule.ts';
import { WILDCARD } from '../../cilium/policy/selector.ts';
import type { Settings } from '../../cluster/settings.ts';
import { PAUSE, type Pause } from '../check.ts';

/** A deny that is looked at for a part of a former one. */
const MOST_LOOKS = 20_000;

export function* onlyAddsDenies(
  before: readonly Rule[],
  after: readonly Rule[],
  settings: Settings,
): Generator<Pause, boolean> {
  const [old, fresh] = [before.map(contentOf), after.map(contentOf)];
  const [known, kept] = [new Set(old), new Set(fresh)];
  const added = after.filter((_, index) => !known.has(fresh[index] ?? ''));
  const gone = before.filter((_, index) => !kept.has(old[index] ?? ''));
  if ([...added, ...gone].some(({ verdict }) => verdict === 'allow')) return false;
  return !(yield* lifts(gone, after, settings));
}

/** Whether something that these denies took is taken no more. */
function* lifts(gone: readonly Rule[], after: readonly Rule[], settings: Settings): Generator<Pause, boolean> {
  const { filter } = settings;
  if (gone.length === 0 || filter.kind !== 'known') return false;
  const facts = universeFacts(settings, (label) => filter.filter.keeps(label));
  const denies = { ingress: deniesOf(after, 'ingress'), egress: deniesOf(after, 'egress') };
  let looks = 0;
  for (const rule of gone) {
    for (const part of partsOf(rule)) {
      yield PAUSE;
      looks += denies[rule.direction].length + 1;
      if (looks > MOST_LOOKS) return false;
      if (isLifted(part, denies[rule.direction], facts)) return true;
    }
  }
  return false;
}

function isLifted(part: AllowUnit, denies: readonly Deny[], facts: UniverseFacts): boolean {
  return uncoveredProduct(part, denies, facts).kind === 'uncovered';
}

function deniesOf(rules: readonly Rule[], direction: Direction): readonly Deny[] {
  return rules
    .filter((rule) => rule.verdict === 'deny' && rule.direction === direction && rule.subjectKind === 'endpoint')
    .map((rule) => denyOf(rule, 'own'));
}

/** Port names depend on the pod and are left out. */
function* partsOf({ subject, peers, ports }: Rule): Iterable<AllowUnit> {
  const ranges = ports.kind === 'any' ? [{ protocol: ANY_PROTOCOL, first: 0, last: 0 }] : ports.items;
  const selectors = peers.kind === 'any' ? [WILDCARD] : listedSelectors(peers);
  for (const peer of selectors) for (const range of ranges) yield { subject, peer, ports: range };
}

/** What a rule says, wherever it stands. */
function contentOf({ direction, verdict, defaultDeny, subject, peers, ports }: Rule): string {
  const peerKeys =
    peers.kind === 'list' ? peers.items.map(({ selectors }) => selectors.map(({ key }) => key)) : peers.kind;
  return JSON.stringify([direction, verdict, defaultDeny, subject.key, peerKeys, portsContent(ports)]);
}

function portsContent(ports: Ports): readonly unknown[] {
  if (ports.kind === 'any') return ['any'];
  const ranges = ports.items.map(({ protocol, first, last, redirect }) => [protocol, first, last, redirect]);
  const names = (ports.names ?? []).map(({ protocol, name, redirect }) => [protocol, name, redirect]);
  return [ranges, names];
}
