/**
 * What becomes of one flow: each end that this cluster's agents police, by its own policy map, with the rules that are about it.
 *
 * The second evaluator is asked the same from the written policies; where the two do not agree nobody is told an answer, but that
 * this is a bug.
 * Cost: the policy maps of two endpoints, in one go; a replay of every policy at each end.
 */
import { verdictCertainty } from '../checks/facts/certainty.ts';
import { formatLabel } from '../cilium/identity/label.ts';
import { protocolName } from '../cilium/named-ports.ts';
import { formatVersion } from '../cilium/profile.ts';
import type { Certainty, ClusterView } from '../cluster/view.ts';
import type { AskedFlow, FlowPlace } from './flow-place.ts';
import { sideOf, type Side } from './flow-side.ts';
import type { FlowExplanation, FlowSide, FlowPlaceText } from './explanations.ts';

type Verdict = FlowSide['verdict'];

export function explainFlow(view: ClusterView, asked: AskedFlow): FlowExplanation {
  const { source, destination, protocol, port } = asked;
  const egress = sideOf({ direction: 'egress', subject: source, peer: destination, asked }, view);
  const ingress = sideOf({ direction: 'ingress', subject: destination, peer: source, asked }, view);
  const verdict = joined(egress.shown.verdict, ingress.shown.verdict);
  return {
    kind: 'FlowExplanation',
    ciliumVersion: formatVersion(view.settings.profile.version),
    source: placeText(source, ingress, view),
    destination: placeText(destination, egress, view),
    protocol: protocolName(protocol),
    port,
    verdict,
    certainty: certaintyOf(verdict, [egress, ingress], view),
    egress: egress.shown,
    ingress: ingress.shown,
  };
}

/** Either end can drop a packet. */
function joined(egress: Verdict, ingress: Verdict): Verdict {
  if (egress === 'deny' || ingress === 'deny') return 'deny';
  return egress === 'unknown' || ingress === 'unknown' ? 'unknown' : 'allow';
}

function certaintyOf(verdict: Verdict, sides: readonly Side[], { settings }: ClusterView): Certainty {
  if (verdict === 'unknown') return 'unknown';
  const certainty = verdictCertainty(settings);
  // One end that drops it for certain is enough.
  const deciding = sides.filter(({ shown }) => shown.verdict === verdict);
  const isOpen = ({ isEstimate }: Side): boolean => isEstimate;
  const isEstimate = verdict === 'deny' ? deciding.every(isOpen) : deciding.some(isOpen);
  return certainty === 'exact' && isEstimate ? 'estimate' : certainty;
}

/** The other end knows what an address or a host is taken for. */
function placeText(place: FlowPlace, { taken }: Side, view: ClusterView): FlowPlaceText {
  if (place.kind === 'address') return { address: place.address, labels: (taken ?? []).map(formatLabel) };
  const { identity, labels, pod } = place;
  return {
    ...(pod === undefined ? {} : { pod }),
    identity: view.hasNumber(identity) ? identity : 'new',
    labels: (taken ?? labels).map(formatLabel),
  };
}
