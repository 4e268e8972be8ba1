/**
 * What happens to a cluster that is kept up: events, and questions in between, so that counts are known, others are owed, and
 * answers are half given when the next event comes.
 *
 * The steps of a seed are the same whatever comes of them; fewer of them are the first of more.
 */
import fc from 'fast-check';
import { refOf } from '../../src/cilium/objects.ts';
import type { ClusterObject, Kind, ObjectRef } from '../../src/cilium/objects.ts';
import type { DNSAnswers } from '../../src/cilium/policy/prefixes/fqdn.ts';
import { decoded, type Json } from '../support/objects.ts';
import { anyDNSAnswers } from '../support/random-cluster.ts';
import { anyNewcomer, type Newcomer } from './newcomers.ts';
import { anyAgent, anyClusterObject, anyConfig, anyUser } from './random-objects.ts';

export type Step =
  | { readonly do: 'put'; readonly object: ClusterObject }
  | { readonly do: 'drop'; readonly ref: ObjectRef }
  /** The last event comes again, or one that was overtaken. */
  | { readonly do: 'again'; readonly back: number }
  /** A source lists the kind again and sees only some of its objects: each of which the bit is 1. */
  | { readonly do: 'list-again'; readonly kind: Kind; readonly bits: number }
  | { readonly do: 'learn'; readonly agent: string; readonly answers: DNSAnswers }
  | { readonly do: 'ask'; readonly question: Question };

/** `pick` chooses among what is there then. */
export type Question =
  | { readonly about: 'count' | 'map' | 'identity' | 'settled' | 'node' | 'everything'; readonly pick: number }
  /** Asked, and answered a few steps later. */
  | { readonly about: 'count-meanwhile'; readonly pick: number }
  | { readonly about: 'gains-meanwhile'; readonly newcomer: Newcomer }
  | { readonly about: 'go-on'; readonly steps: number }
  | { readonly about: 'gains' | 'unused'; readonly newcomer: Newcomer }
  | { readonly about: 'what-if' | 'what-if-meanwhile'; readonly object: ClusterObject; readonly pick: number };

const object = (any: fc.Arbitrary<Json>): fc.Arbitrary<ClusterObject> => any.map(decoded);
const put = (any: fc.Arbitrary<Json>): fc.Arbitrary<Step> => object(any).map((one) => ({ do: 'put', object: one }));
const drop = (any: fc.Arbitrary<Json>): fc.Arbitrary<Step> =>
  object(any).map((one) => ({ do: 'drop', ref: refOf(one) }));

const pick = fc.nat(1_000_000);

const anyQuestion: fc.Arbitrary<Question> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ about: fc.constantFrom('count', 'count', 'map', 'identity', 'settled', 'node'), pick }),
  },
  { weight: 1, arbitrary: fc.record({ about: fc.constant('everything'), pick }) },
  { weight: 2, arbitrary: fc.record({ about: fc.constant('count-meanwhile'), pick }) },
  { weight: 2, arbitrary: fc.record({ about: fc.constant('gains-meanwhile'), newcomer: anyNewcomer }) },
  { weight: 6, arbitrary: fc.record({ about: fc.constant('go-on'), steps: fc.constantFrom(1, 2, 1_000_000) }) },
  { weight: 3, arbitrary: fc.record({ about: fc.constantFrom('gains', 'unused'), newcomer: anyNewcomer }) },
  {
    weight: 3,
    arbitrary: fc.record({
      about: fc.constantFrom('what-if', 'what-if-meanwhile'),
      object: object(anyClusterObject),
      pick,
    }),
  },
);

const LISTED: readonly Kind[] = [
  'Pod',
  'CiliumIdentity',
  'CiliumEndpoint',
  'Service',
  'EndpointSlice',
  'CiliumNetworkPolicy',
];

const anyLesson: fc.Arbitrary<Step> = fc.record({
  do: fc.constant('learn'),
  agent: fc.constantFrom('a0', 'a1'),
  answers: anyDNSAnswers,
});

const anyRepetition: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('again'), back: fc.nat(3) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('list-again'), kind: fc.constantFrom(...LISTED), bits: fc.nat() }),
  },
);

/** Settings change seldom: all is derived again then, and nothing is kept up. */
const anySetting: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: put(anyConfig) },
  { weight: 1, arbitrary: drop(anyConfig) },
  { weight: 1, arbitrary: put(anyAgent) },
  { weight: 2, arbitrary: drop(anyAgent) },
);

const asking: fc.Arbitrary<Step> = fc.record({ do: fc.constant('ask'), question: anyQuestion });

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 400, arbitrary: put(anyClusterObject) },
  { weight: 160, arbitrary: drop(anyClusterObject) },
  { weight: 35, arbitrary: anyRepetition },
  { weight: 20, arbitrary: anyLesson },
  { weight: 7, arbitrary: anySetting },
  { weight: 300, arbitrary: asking },
);

/** Hardly anything but pods, identities and endpoints changes, so that counts are kept for long. */
const anyCalmStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 400, arbitrary: put(anyUser) },
  { weight: 160, arbitrary: drop(anyUser) },
  { weight: 10, arbitrary: put(anyClusterObject) },
  { weight: 35, arbitrary: anyRepetition },
  { weight: 20, arbitrary: anyLesson },
  { weight: 300, arbitrary: asking },
);

/** Pieces, so that few steps are the first of many; every other one is calm. */
const PIECE = 400;

export function* stepsOf(seed: number): Iterable<Step> {
  for (let piece = 0; ; piece += 1) {
    const options = { seed: Math.imul(seed, 0x9e3779b1) ^ Math.imul(piece + 1, 0x85ebca6b), numRuns: PIECE };
    yield* fc.sample(piece % 2 === 0 ? anyStep : anyCalmStep, options);
  }
}
