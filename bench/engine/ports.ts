/**
 * Ports of the policies: one in seven is a range. Denied ones are none that is allowed.
 */
import type { Json } from '../workload/json.ts';
import type { Random } from '../workload/random.ts';

const RANGE = 0.15;

/** One at least. */
export function allowedPorts(random: Random, most: number): readonly Json[] {
  const ports = Array.from({ length: 1 + random.below(most) }, (_, index) => allowedPort(8_000 + index * 400, random));
  return [{ ports }];
}

function allowedPort(from: number, random: Random): Json {
  const port = from + random.below(200);
  const single = { port: String(port), protocol: 'TCP' };
  return random.next() < RANGE ? { ...single, endPort: port + 1 + random.below(200) } : single;
}

/** For peers that are a good part of the cluster: a range of ports would be as many entries as a map can hold. */
export function singlePort(random: Random): readonly Json[] {
  return [{ ports: [{ port: String(8_000 + random.below(200)), protocol: 'TCP' }] }];
}

export function deniedPorts(random: Random): readonly Json[] {
  const port = 20_000 + random.below(100) * 100;
  return [{ ports: [{ port: String(port), endPort: port + random.below(100), protocol: 'TCP' }] }];
}
