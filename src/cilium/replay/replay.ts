/**
 * The second evaluator: policies as they are written, and one flow -> verdict.
 *
 * It is the definition of what a policy map says about a flow, read straight off the written rules: no identities and no
 * map. It shares no code with src/cilium/policy/, so that a fault in one of the two shows as a disagreement
 * before a denial is sent. It judges what agents read; an object that they refuse or pass over is not to be given.
 * It speaks of layers 3 and 4: an allow with HTTP or DNS rules is an allow, whatever the proxy makes of it.
 * What it does not model (other L7 rules, FQDN, services, groups until 1.19, named ports, node labels, the host endpoint) makes
 * the answer `unknown` wherever it could change it.
 * Cost: O(rule elements of the policies given) a flow, in steps; prefixes and selectors are read once for many flows.
 * Sources: pkg/policy/repository.go (which rules apply, default deny), pkg/policy/types/entry.go (deny before allow),
 * pkg/policy/types/policyentry.go (tiers).
 */
import type { PolicyObject } from '../objects.ts';
import { parseAddress } from './address.ts';
import { ciliumClauses } from './cilium-policy.ts';
import type { Clause } from './clause.ts';
import { clusterNetworkPolicyClauses } from './cluster-network-policy.ts';
import type { ReplayContext, ReplayFlow, ReplayOptions, ReplayVerdict } from './flow.ts';
import { inLevels } from './levels.ts';
import { networkPolicyClauses } from './network-policy.ts';
import { Readings } from './readings.ts';

const CLAUSES_PER_STEP = 16;

/** Many flows, asked about the same policies: what is written is read once. */
export class Replayer {
  readonly #options: ReplayOptions;
  readonly #readings = new Map<PolicyObject, Readings>();

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  /** Yields where the caller may pause. */
  *verdictOf(flow: ReplayFlow, policies: readonly PolicyObject[]): Generator<undefined, ReplayVerdict> {
    const { profile, config } = this.#options;
    const outside = notModelled(flow) ?? notPoliced(flow, this.#options);
    if (outside !== undefined) return outside;
    const clauses: Clause[] = [];
    for (const policy of policies) {
      const readings = this.#readings.get(policy) ?? new Readings(policy);
      this.#readings.set(policy, readings);
      yield* readings.read();
      for (const clause of clausesOf(policy, flow, { profile, config, readings })) {
        if (clauses.push(clause) % CLAUSES_PER_STEP === 0) yield;
      }
    }
    return required(clauses) ?? shared(clauses) ?? decide(clauses, flow, this.#options);
  }
}

/** One flow, in one go. */
export function replay(flow: ReplayFlow, policies: Iterable<PolicyObject>, options: ReplayOptions): ReplayVerdict {
  const steps = new Replayer(options).verdictOf(flow, [...policies]);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

function clausesOf(policy: PolicyObject, flow: ReplayFlow, context: ReplayContext): Iterable<Clause> {
  switch (policy.kind) {
    case 'NetworkPolicy':
      return networkPolicyClauses(policy, flow, context);
    case 'ClusterNetworkPolicy':
      return clusterNetworkPolicyClauses(policy, flow, context);
    default:
      return ciliumClauses(policy, flow, context);
  }
}

function notModelled({ subject, peer }: ReplayFlow): ReplayVerdict | undefined {
  if (subject.some(({ source, key }) => source === 'reserved' && key === 'host')) {
    return verdict('unknown', [], 'the policy of the host endpoint is not modelled');
  }
  if (peer.kind === 'address' && parseAddress(peer.address) === undefined) {
    return verdict('unknown', [], 'the address of the peer cannot be read');
  }
  return undefined;
}

function notPoliced({ subject }: ReplayFlow, { profile, config }: ReplayOptions): ReplayVerdict | undefined {
  if (profile.hostLabelDisablesPolicy && !config.hostFirewall && subject.some(({ key }) => key === 'host')) {
    return verdict('allow', [], 'a label with key "host" switches policy off');
  }
  if (config.enforcement === 'never') return verdict('allow', [], 'enable-policy is "never"');
  return undefined;
}

function required(clauses: readonly Clause[]): ReplayVerdict | undefined {
  const requirements = clauses.filter(({ effect }) => effect === 'require');
  return requirements.length === 0
    ? undefined
    : verdict('unknown', requirements, 'a fromRequires or toRequires is in force');
}

function shared(clauses: readonly Clause[]): ReplayVerdict | undefined {
  const shares = clauses.filter(({ effect }) => effect === 'share');
  return shares.length === 0
    ? undefined
    : verdict('unknown', shares, 'a selector of CIDR groups names a source, as selectors of labels do');
}

function decide(clauses: readonly Clause[], flow: ReplayFlow, options: ReplayOptions): ReplayVerdict {
  /** Of the levels before: what may have allowed the flow. */
  const maybe: Clause[] = [];
  for (const level of inLevels(clauses)) {
    const denied = deny(level, flow, options);
    if (denied !== undefined) return maybe.length === 0 ? denied : verdict('unknown', maybe, 'an allow rule may match');
    const passing = level.filter(({ effect, applies }) => effect === 'pass' && applies !== 'no');
    if (passing.length > 0) return verdict('unknown', passing, 'a rule may pass the flow on');
    const allows = level.filter(({ effect, applies }) => effect === 'allow' && applies !== 'no');
    const certain = allows.filter(({ applies }) => applies === 'yes');
    if (certain.length > 0) return verdict('allow', certain, 'an allow rule matches');
    maybe.push(...allows);
  }
  return decideByDefault(clauses, maybe, { flow, options });
}

/** Any deny beats every allow of its level. undefined: nothing denies. */
function deny(clauses: readonly Clause[], flow: ReplayFlow, options: ReplayOptions): ReplayVerdict | undefined {
  const denies = clauses.filter(({ effect, applies }) => effect === 'deny' && applies !== 'no');
  const certain = denies.filter(
    ({ applies, wildcard }) => applies === 'yes' && !(wildcard === true && hostEscapesWildcards(flow, options)),
  );
  if (certain.length > 0) return verdict('deny', certain, 'a deny rule matches');
  if (denies.length > 0) return verdict('unknown', denies, 'a deny rule may match');
  return undefined;
}

/** No rule matches for certain. */
function decideByDefault(
  clauses: readonly Clause[],
  maybe: readonly Clause[],
  { flow, options }: { readonly flow: ReplayFlow; readonly options: ReplayOptions },
): ReplayVerdict {
  if (isLocalHost(flow, options) && hostIsAllowed(clauses, options)) {
    return verdict('allow', [], 'the local host reaches its endpoints');
  }
  const closing = clauses.filter(({ defaultDeny }) => defaultDeny);
  if (closing.length === 0 && !isAlwaysClosed(flow, options)) {
    return verdict('allow', [], 'no rule turns default deny on');
  }
  if (maybe.length > 0) return verdict('unknown', maybe, 'an allow rule may match');
  return verdict('default-deny', closing, 'no rule matches');
}

/** enable-policy=always, or a label with key `init`, whatever its source. */
function isAlwaysClosed({ subject }: ReplayFlow, { config }: ReplayOptions): boolean {
  return config.enforcement === 'always' || subject.some(({ key }) => key === 'init');
}

function isLocalHost({ direction, peer }: ReplayFlow, { config }: ReplayOptions): boolean {
  if (direction !== 'ingress' || config.allowLocalhost !== 'always' || peer.kind !== 'endpoint') return false;
  return peer.labels.some(({ source, key }) => source === 'reserved' && key === 'host');
}

/** From 1.20 the host's own entry is made only for an endpoint that some ingress rule selects. */
function hostIsAllowed(clauses: readonly Clause[], { profile }: ReplayOptions): boolean {
  return profile.hostEntry !== 'lowest-tier' || clauses.length > 0;
}

/** Up to 1.19.0 a deny on the wildcard key does not remove the host's own entry; which of the two wins is not modelled. */
function hostEscapesWildcards(flow: ReplayFlow, options: ReplayOptions): boolean {
  return options.profile.hostEntry === 'always' && isLocalHost(flow, options);
}

function verdict(kind: ReplayVerdict['verdict'], clauses: readonly Clause[], reason: string): ReplayVerdict {
  return { verdict: kind, by: clauses.map(({ ref }) => ref), reason };
}
