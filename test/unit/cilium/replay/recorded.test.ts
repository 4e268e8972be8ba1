/**
 * The second evaluator against what Cilium computed: the recorded verdicts, and, for many more flows, the recorded
 * policy-map entries, looked up as the datapath does.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { parseAddress, parsePrefix, isInside } from '../../../../src/cilium/replay/address.ts';
import type { ReplayFlow, ReplayPeer } from '../../../../src/cilium/replay/flow.ts';
import {
  isReplayed,
  replayedVerdicts,
  WorldReplay,
  type AnsweredByCilium,
  type ReplayedWorld,
} from '../../../conformance/replayed-world.ts';
import { rawWorlds } from '../../../conformance/recorded-worlds.ts';

interface Entry {
  readonly dir: 'ingress' | 'egress';
  readonly id: number;
  readonly proto: number;
  readonly port: number;
  readonly plen: number;
  readonly deny?: boolean;
  readonly prec: number;
}

interface Answer extends AnsweredByCilium {
  readonly version: string;
  readonly nondeterministic?: boolean;
  readonly entries?: readonly Entry[];
}

interface World extends ReplayedWorld {
  readonly name: string;
}

interface Case {
  readonly world: World;
  readonly answers: Readonly<Record<string, Answer>>;
}

const RESERVED = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

/**
 * Labels of nodes are not modelled, nor the policy of a host: no flow of it is decided. Redirects are made sooner or later. What Cilium leaves
 * open says nothing.
 */
function isModelled({ world }: Case, answer: Answer): boolean {
  const isSettled = world.options?.noRedirects !== true && answer.nondeterministic !== true;
  return isSettled && world.subject !== 1 && world.nodes === undefined && isReplayed(answer);
}

/** An address of each node-local identity that no other one of them is closer to. */
function localPeers(answer: Answer, replayed: WorldReplay): { id: number; peer: ReplayPeer }[] {
  const local = answer.localIdentities ?? [];
  const prefixes = local.flatMap(({ labels: own }) => own.flatMap(prefixOfCIDRLabel));
  return local.flatMap(({ id, labels: own }) => {
    const [cidr] = own.flatMap(prefixOfCIDRLabel);
    const prefix = cidr === undefined ? undefined : parsePrefix(cidr);
    if (cidr === undefined || prefix === undefined || prefix.family === 6) return [];
    const nearest = (address: string): string | undefined => narrowest(prefixes, address);
    const address = candidates(prefix.value, prefix.length).find((text) => nearest(text) === cidr);
    return address === undefined ? [] : [{ id, peer: replayed.address(address, id) }];
  });
}

function prefixOfCIDRLabel(label: string): string[] {
  return label.startsWith('cidr:') && !label.includes('-') ? [label.slice('cidr:'.length)] : [];
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

const AGGREGATES = { cluster: 11, mesh: 12, world: 13, remoteNode: 14 };

type Flow = Omit<ReplayFlow, 'subject'>;

/** bpf/lib/policy.h: the identity and its aggregate, and the wildcard (before 1.20 always, later if both miss). */
function datapath(answer: Answer, { id, clusterID }: Aggregated, flow: Flow): string {
  const aggregated = answer.version.startsWith('1.20');
  const found = (ids: readonly number[]): Entry[] => ids.flatMap((key) => longest(answer, key, flow) ?? []);
  const own = aggregated ? found([id, aggregateOf({ id, clusterID })]) : found([id, 0]);
  const hits = own.length > 0 ? own : found([0]);
  const best = hits.sort(byPrecedence)[0];
  if (best === undefined) return 'nomatch';
  return best.deny === true ? 'deny' : 'allow';
}

/** An identity, and the cluster that it is looked at from. */
interface Aggregated {
  readonly id: number;
  readonly clusterID: number;
}

function aggregateOf({ id, clusterID }: Aggregated): number {
  if (id < 100) return 0;
  if (id >= 2 << 24) return AGGREGATES.remoteNode;
  if (id >= 1 << 24) return AGGREGATES.world;
  return id >> 16 === clusterID ? AGGREGATES.cluster : AGGREGATES.mesh;
}

function byPrecedence(a: Entry, b: Entry): number {
  // Until 1.18 a deny is a flag of its own.
  const precedence = ({ deny, prec }: Entry): number => (deny === true && prec === 0 ? 2 ** 32 : prec);
  return precedence(b) - precedence(a) || prefixLength(b) - prefixLength(a);
}

function prefixLength({ proto, port, plen }: Entry): number {
  return proto === 0 ? 0 : 8 + (port === 0 ? 0 : plen);
}

function longest(answer: Answer, id: number, { direction, protocol, port }: Flow): Entry | undefined {
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

const cases = rawWorlds() as readonly unknown[] as readonly Case[];

let asked = 0;
let decided = 0;
let recorded = 0;
let definite = 0;

for (const found of cases) {
  for (const answer of Object.values(found.answers)) {
    if (!isModelled(found, answer)) continue;
    const { world } = found;

    test(`${world.name}: the recorded verdicts of ${answer.version}`, () => {
      const told = replayedVerdicts(answer.version, world, answer);
      // Nothing is said of names, Services, TLS and the like; what is said is what Cilium says.
      assert.deepEqual(
        told,
        answer.verdicts?.map(({ bpf }, index) => (told[index] === 'unknown' ? 'unknown' : bpf)) ?? [],
      );
      recorded += told.length;
      definite += told.filter((verdict) => verdict !== 'unknown').length;
    });

    test(`${world.name}: flows through the recorded policy map of ${answer.version}`, () => {
      const replayed = new WorldReplay(answer.version, world, answer);
      const clusterID = world.options?.clusterID ?? 0;
      const endpoints = [...RESERVED, ...world.identities.map(({ id }) => id)];
      const peers = endpoints.map((id) => ({ id, peer: replayed.endpoint(id) }));
      for (const { id, peer } of [...peers, ...localPeers(answer, replayed)]) {
        for (const direction of ['ingress', 'egress'] as const) {
          for (const [protocol, port] of PACKETS) {
            const flow = { direction, peer, protocol, port };
            const verdict = replayed.verdict(flow);
            asked += 1;
            if (verdict === 'unknown') continue;
            decided += 1;
            assert.equal(
              verdict,
              datapath(answer, { id, clusterID }, flow),
              `peer ${id} ${direction} ${protocol}/${port}`,
            );
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

test('most recorded verdicts are decided', () => {
  assert.ok(definite > 0.6 * recorded, `${definite} of ${recorded} decided`);
});
