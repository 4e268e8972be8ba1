/**
 * The list of misreadings. A new one is one file and one line here.
 */
import { cidrGroupNegation } from './cidr-group-negation.ts';
import { cidrOfPods } from './cidr-of-pods.ts';
import { deniedServices } from './denied-services.ts';
import type { Pause } from '../check.ts';
import type { Element } from './element.ts';
import { emptyCIDRGroupSelector } from './empty-cidr-group-selector.ts';
import { emptyListOfEverybody } from './empty-list-of-everybody.ts';
import { emptyListOfNobody } from './empty-list-of-nobody.ts';
import { emptyPorts } from './empty-ports.ts';
import { endPortBelowPort } from './end-port-below-port.ts';
import { icmpTypeZero } from './icmp-type-zero.ts';
import { rulesWithoutParser } from './rules-without-parser.ts';
import type { Ground, Misreading, MisreadingsIn } from './misreading.ts';
import { negationTakesExcluded } from './negation-takes-excluded.ts';
import { negationTakesWorld } from './negation-takes-world.ts';
import { portZeroRange } from './port-zero-range.ts';
import { unresolvedServices } from './unresolved-services.ts';

const MISREADINGS: readonly MisreadingsIn[] = [
  unresolvedServices,
  emptyListOfEverybody,
  portZeroRange,
  icmpTypeZero,
  negationTakesExcluded,
  negationTakesWorld,
  rulesWithoutParser,
  emptyCIDRGroupSelector,
  cidrGroupNegation,
  cidrOfPods,
  emptyPorts,
  emptyListOfNobody,
  deniedServices,
  endPortBelowPort,
];

export function* misreadingsOf(element: Element, ground: Ground): Iterable<Misreading | Pause> {
  for (const misreadingsIn of MISREADINGS) yield* misreadingsIn(element, ground);
}
