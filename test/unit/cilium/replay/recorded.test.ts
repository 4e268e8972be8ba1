/**
 * The second evaluator against what Cilium computed: the recorded verdicts, and, for many more flows, the recorded
 * policy-map entries, looked up as the datapath does.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { isPolicy, type PolicyObject } from '../../../../src/cilium/objects.ts';
import { parseAddress, parsePrefix, isInside } from '../../../../src/cilium/replay/address.ts';
import type { ReplayFlow, ReplayPeer } from '../../../../src/cilium/replay/flow.ts';
import { replay } from '../../../../src/cilium/replay/replay.ts';
import { decodeObject } from '../../../../src/kubernetes/decode/decode-object.ts';
import { labels, options } from './build.ts';

interface Entry {
  readonly dir: 'ingress' | 'egress';
  readonly id: number;
  readonly proto: number;
  readonly port: number;
  readonly plen: number;
  readonly deny?: boolean;
  readonly prec: number;
}

interface Lookup {
  readonly peer: number | string;
  readonly direction: 'ingress' | 'egress';
  readonly proto: string;
  readonly port: number;
}

interface Answer {
  readonly version: string;
  readonly entries?: readonly Entry[];
  readonly localIdentities?: readonly { readonly id: number; readonly labels: readonly string[] }[];
  readonly parseErrors?: readonly { readonly index: number }[];
  readonly resolveError?: string;
  readonly verdicts?: readonly { readonly bpf: string }[];
}

interface World {
  readonly name: string;
  readonly identities: readonly { readonly id: number; readonly labels: Readonly<Record<string, string>> }[];
  readonly policies: readonly {
    readonly kind: string;
    readonly metadata: { readonly name: string; readonly labels?: Record<string, string> };
    readonly spec?: { readonly externalCIDRs?: readonly string[] };
  }[];
  readonly subject: number;
  readonly options: Readonly<Record<string, boolean | string>>;
  readonly lookups: readonly Lookup[];
}

interface Case {
  readonly world: World;
  readonly answers: Readonly<Record<string, Answer>>;
}

const PROTOCOLS = new Map([
  ['TCP', 6],
  ['UDP', 17],
  ['SCTP', 132],
  ['ICMP', 1],
]);

const RESERVED = new Map<number, readonly string[]>([
  [1, ['host']],
  [2, ['world']],
  [3, ['unmanaged']],
  [4, ['health']],
  [5, ['init']],
  [6, ['remote-node']],
  [7, ['kube-apiserver', 'remote-node']],
  [8, ['ingress']],
  [9, ['world-ipv4']],
  [10, ['world-ipv6']],
]);

const WORLD_LABELS = ['reserved:world', 'reserved:world-ipv4', 'reserved:world-ipv6'];

/** Whether a service resolves is not asked here. */
const UNDECIDED: ReadonlySet<string> = new Set(['services-unresolved-with-ports']);

/** Worlds that ask about what the second evaluator leaves out, whatever the flow. */
function isModelled({ world }: Case, answer: Answer): boolean {
  const hostSubject = world.subject === 1;
  const clusterNetworkPolicy =
    answer.version === '1.20.2' && world.policies.some(({ kind }) => kind === 'ClusterNetworkPolicy');
  return answer.resolveError === undefined && !hostSubject && !clusterNetworkPolicy;
}

/** What the agent accepted: a refused object is stored and has no effect. */
function acceptedPolicies({ world }: Case, answer: Answer): PolicyObject[] {
  const refused = new Set(answer.parseErrors?.map(({ index }) => index));
  return world.policies.flatMap((raw, index) => {
    if (refused.has(index) || raw.kind === 'CiliumCIDRGroup' || raw.kind === 'ClusterNetworkPolicy') return [];
    const decoded = decodeObject(raw, { offline: true });
    assert.ok(decoded.ok, `${world.name} policies[${index}] decodes`);
    return isPolicy(decoded.value) ? [decoded.value] : [];
  });
}

function identityLabels(world: World, id: number): ReplayFlow['subject'] {
  const reserved = RESERVED.get(id);
  if (reserved !== undefined) return labels(...reserved.map((key) => `reserved:${key}`));
  const identity = world.identities.find((candidate) => candidate.id === id);
  assert.ok(identity !== undefined, `${world.name} has identity ${id}`);
  return labels(...Object.entries(identity.labels).map(([key, value]) => `${key}=${value}`));
}

/** What an address carries besides its world and cidr labels: the labels of the groups that hold it. */
function addressPeer(world: World, text: string): ReplayPeer {
  const address = parseAddress(text);
  assert.ok(address !== undefined);
  const groups = world.policies.filter(
    ({ kind, spec }) =>
      kind === 'CiliumCIDRGroup' &&
      (spec?.externalCIDRs ?? []).some((cidr) => {
        const prefix = parsePrefix(cidr);
        return prefix !== undefined && isInside(address, prefix);
      }),
  );
  const carried = groups.flatMap(({ metadata }) => [
    `cidrgroup:io.cilium.policy.cidrgroupname/${metadata.name}`,
    ...Object.entries(metadata.labels ?? {}).flatMap(([key, value]) => [
      `cidrgroup:${key}=${value}`,
      `cidrgroup:${key}+${value}`,
    ]),
  ]);
  // Of two groups that disagree on a label the first stays.
  const byKey = new Map(carried.reverse().map((label) => [label.split('=')[0], label]));
  return { kind: 'address', address: text, labels: labels(...byKey.values()) };
}

function peerOf(world: World, peer: Lookup['peer']): ReplayPeer {
  if (typeof peer === 'string') return addressPeer(world, peer.slice('ip:'.length));
  return { kind: 'endpoint', labels: identityLabels(world, peer) };
}

function verdictOf(found: Case, answer: Answer, flow: ReplayFlow): string {
  const { verdict } = replay(flow, acceptedPolicies(found, answer), options(answer.version, found.world.options));
  return verdict === 'default-deny' ? 'nomatch' : verdict;
}

/** An address of each node-local identity that no other one of them is closer to. */
function localPeers(answer: Answer): { id: number; peer: ReplayPeer }[] {
  const local = answer.localIdentities ?? [];
  const prefixes = local.flatMap(({ labels: own }) => own.flatMap(prefixOfCIDRLabel));
  return local.flatMap(({ id, labels: own }) => {
    const [cidr] = own.flatMap(prefixOfCIDRLabel);
    const prefix = cidr === undefined ? undefined : parsePrefix(cidr);
    if (cidr === undefined || prefix === undefined || prefix.family === 6) return [];
    const nearest = (address: string): string | undefined => narrowest(prefixes, address);
    const address = candidates(prefix.value, prefix.length).find((text) => nearest(text) === cidr);
    const carried = own.filter((label) => !label.startsWith('cidr:') && !WORLD_LABELS.includes(label));
    return address === undefined ? [] : [{ id, peer: { kind: 'address', address, labels: labels(...carried) } }];
  });
}

function prefixOfCIDRLabel(label: string): string[] {
  return label.startsWith('cidr:') && !label.includes('--') && !label.includes('-')
    ? [label.slice('cidr:'.length)]
    : [];
}

/** First, middle and last address of an IPv4 prefix. */
function candidates(value: bigint, length: number): string[] {
  const size = 1n << BigInt(32 - length);
  return [value, value + size / 2n, value + size - 1n].map((number) =>
    [24n, 16n, 8n, 0n].map((shift) => (number >> shift) & 255n).join('.'),
  );
}

function narrowest(prefixes: readonly string[], text: string): string | undefined {
  const address = parseAddress(text);
  const holding = prefixes.filter((cidr) => {
    const prefix = parsePrefix(cidr);
    return address !== undefined && prefix !== undefined && isInside(address, prefix);
  });
  return holding.sort((a, b) => Number(b.split('/')[1]) - Number(a.split('/')[1]))[0];
}

const AGGREGATES = { cluster: 11, mesh: 12, world: 13 };

/** bpf/lib/policy.h: the identity and its aggregate, and the wildcard (before 1.20 always, later if both miss). */
function datapath(answer: Answer, id: number, flow: ReplayFlow): string {
  const aggregated = answer.version.startsWith('1.20');
  const found = (ids: readonly number[]): Entry[] => ids.flatMap((key) => longest(answer, key, flow) ?? []);
  const own = aggregated ? found([id, aggregateOf(id)]) : found([id, 0]);
  const hits = own.length > 0 ? own : found([0]);
  const best = hits.sort(byPrecedence)[0];
  if (best === undefined) return 'nomatch';
  return best.deny === true ? 'deny' : 'allow';
}

function aggregateOf(id: number): number {
  if (id < 100) return 0;
  if (id >= 1 << 24) return AGGREGATES.world;
  return id >> 16 === 0 ? AGGREGATES.cluster : AGGREGATES.mesh;
}

function byPrecedence(a: Entry, b: Entry): number {
  const precedence = (entry: Entry): number => (entry.deny === true ? 2 ** 32 : entry.prec);
  return precedence(b) - precedence(a) || prefixLength(b) - prefixLength(a);
}

function prefixLength({ proto, port, plen }: Entry): number {
  return proto === 0 ? 0 : 8 + (port === 0 ? 0 : plen);
}

function longest(answer: Answer, id: number, { direction, protocol, port }: ReplayFlow): Entry | undefined {
  return (answer.entries ?? [])
    .filter((entry) => entry.dir === direction && entry.id === id && (entry.proto === 0 || entry.proto === protocol))
    .filter((entry) => entry.port === 0 || entry.port >> (16 - entry.plen) === port >> (16 - entry.plen))
    .sort((a, b) => prefixLength(b) - prefixLength(a))[0];
}

const PACKETS: readonly (readonly [number, number])[] = [
  [6, 80],
  [6, 8080],
  [6, 443],
  [6, 81],
  [17, 53],
  [17, 80],
  [132, 80],
  [1, 8],
  [58, 128],
];

const cases = ['policy.ndjson', 'found.ndjson']
  .map((file) => readFileSync(new URL(`../../../conformance/${file}`, import.meta.url), 'utf8'))
  .flatMap((text) => text.trimEnd().split('\n'))
  .map((line) => JSON.parse(line) as Case);

let asked = 0;
let decided = 0;

for (const found of cases) {
  for (const answer of Object.values(found.answers)) {
    if (!isModelled(found, answer)) continue;
    const { world } = found;

    world.lookups.forEach((lookup, index) => {
      test(`${world.name}: recorded verdict ${index} of ${answer.version}`, () => {
        const flow: ReplayFlow = {
          direction: lookup.direction,
          subject: identityLabels(world, world.subject),
          peer: peerOf(world, lookup.peer),
          protocol: PROTOCOLS.get(lookup.proto) ?? 0,
          port: lookup.port,
        };
        const expected = UNDECIDED.has(world.name) ? 'unknown' : answer.verdicts?.[index]?.bpf;
        assert.equal(verdictOf(found, answer, flow), expected);
      });
    });

    test(`${world.name}: flows through the recorded policy map of ${answer.version}`, () => {
      const pods = world.identities.map(({ id }) => ({ id, peer: peerOf(world, id) }));
      const reserved = [...RESERVED.keys()].map((id) => ({ id, peer: peerOf(world, id) }));
      for (const { id, peer } of [...pods, ...reserved, ...localPeers(answer)]) {
        for (const direction of ['ingress', 'egress'] as const) {
          for (const [protocol, port] of PACKETS) {
            const flow = { direction, subject: identityLabels(world, world.subject), peer, protocol, port };
            const verdict = verdictOf(found, answer, flow);
            asked += 1;
            if (verdict === 'unknown') continue;
            decided += 1;
            assert.equal(verdict, datapath(answer, id, flow), `peer ${id} ${direction} ${protocol}/${port}`);
          }
        }
      }
    });
  }
}

test('most flows through the recorded policy maps are decided', () => {
  assert.ok(asked > 80_000, `${asked} asked`);
  assert.ok(decided > 0.9 * asked, `${decided} of ${asked} decided`);
});
