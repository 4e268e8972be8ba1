/**
 * What the rules of one policy say to one flow, by the policy map that agents make of them and the look-up of the datapath.
 *
 * The map is made for the two ends of the flow alone: entries of one identity meet only those of its own and of its wildcard, so
 * that no other identity could change the answer. Default deny is taken to be on, whatever the policy says: another policy may
 * switch it on, and then these rules decide.
 * Cost: O(rules of the policy and their selectors), in steps; nothing of the cluster.
 */
import { identitySet } from '../../cilium/identity/identity-set.ts';
import { reservedIdentities } from '../../cilium/identity/numeric-identity.ts';
import { NO_PORTS } from '../../cilium/named-ports.ts';
import { wildcardFor } from '../../cilium/policy/map/aggregates.ts';
import { mapStateSteps } from '../../cilium/policy/map/map-state.ts';
import { lookup } from '../../cilium/policy/map/verdict.ts';
import { resolve, selectsSubject } from '../../cilium/policy/resolve.ts';
import type { Direction, Protocol, Rule } from '../../cilium/policy/rule.ts';
import { matches } from '../../cilium/policy/selector.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { Pause } from '../check.ts';
import { pausing } from '../facts/pausing.ts';
import type { End } from './flow-ends.ts';

export interface AskedFlow {
  readonly direction: Direction;
  /** The end that the policy is about. */
  readonly subject: End;
  readonly peer: End;
  readonly protocol: Protocol;
  /** For ICMP the type. */
  readonly port: number;
}

/** `none`: no rule is about it, so that default deny drops it. */
export type RuleVerdict = 'allow' | 'deny' | 'none' | 'unknown';

export function* verdictOf(
  rules: readonly Rule[],
  { direction, subject, peer, protocol, port }: AskedFlow,
  view: ClusterView,
): Generator<Pause, RuleVerdict> {
  const { labels, identity } = subject;
  const applying = rules
    .filter((rule) => rule.direction === direction && selectsSubject(rule, { labels, identity }))
    .map((rule): Rule => ({ ...rule, defaultDeny: true }));
  const resolved = resolve(applying, { labels, identity }, view.settings);
  if (!resolved.ok || !resolved.value[direction].enforced) return 'unknown';
  const present = [peer, ...aggregateOf(peer.identity, view)];
  const map = yield* pausing(
    mapStateSteps(resolved.value, {
      context: view.settings,
      namedPorts: view.namedPortsFor(NO_PORTS),
      selections: (selector) =>
        identitySet(present.filter((one) => matches(selector, one.labels)).map((one) => one.identity)),
    }),
  );
  const { verdict } = lookup(map, { direction, identity: peer.identity, protocol, port });
  return verdict === 'undecided' ? 'unknown' : verdict;
}

/** The aggregate that the datapath asks besides an identity; 0 is none, and no selector takes it. */
function aggregateOf(identity: number, { settings }: ClusterView): readonly Pick<End, 'identity' | 'labels'>[] {
  const wildcard = wildcardFor(identity, settings);
  const { labels = [] } = reservedIdentities(settings.profile).find(({ id }) => id === wildcard) ?? {};
  return labels.length === 0 ? [] : [{ identity: wildcard, labels }];
}
