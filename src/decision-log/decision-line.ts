/**
 * A decision as one line of the decision log: schemas/decision-record.schema.json.
 *
 * Every object is written out key by key, so that the order of keys is that of this file. Of the request only names are logged,
 * never its objects.
 * Invariant: a line is bounded, whatever was found: texts from outside are cut, and of the lists what fits is kept, in their
 * order, which is the most severe first. `leftOut` says how much is missing.
 * Cost: linear in the line.
 */
import type { Mode } from '../checks/settings.ts';
import { escapeInvisible, visible } from '../plain-text.ts';
import { findingJson, mismatchJson, unknownJson } from '../reports/json/finding.ts';
import type { Decision, JudgedObject } from '../review/results.ts';

export interface DecidedReview {
  readonly id: string;
  /** In milliseconds since 1970. */
  readonly time: number;
  readonly object: JudgedObject;
  readonly operation: string;
  readonly subresource?: string;
  readonly dryRun: boolean;
  readonly user: string;
  readonly decision: Decision;
  /** The API server had its answer already: allowed, as nothing was decided in time. */
  readonly isLate: boolean;
  readonly modelAgeSeconds: number;
  /** Names the configuration by which it was judged. */
  readonly settings: string;
}

/** Characters of a line, without its line feed. */
export const LONGEST_LINE = 64 * 1024;
const LONGEST_NAME = 512;
/** Kept for what is not in a list. */
const ROOM_FOR_NAMES = 8 * 1024;

export function decisionLine(review: DecidedReview): string {
  const { id, time, object, operation, subresource, decision, modelAgeSeconds, settings } = review;
  const lists = fittingLists(decision);
  return text({
    apiVersion: 'cilium-bulkhead/v1',
    kind: 'DecisionRecord',
    id,
    time: new Date(time).toISOString(),
    object: {
      apiVersion: name(object.apiVersion),
      kind: name(object.kind),
      namespace: object.namespace === undefined ? undefined : name(object.namespace),
      name: name(object.name),
    },
    operation: name(operation),
    subresource: subresource === undefined ? undefined : name(subresource),
    dryRun: review.dryRun,
    user: name(review.user),
    tenant: name(decision.tenant),
    verdict: review.isLate ? 'allow' : decision.verdict,
    late: review.isLate ? true : undefined,
    modes: modesOf(decision),
    ...lists,
    model: { revision: decision.modelRevision, ageSeconds: modelAgeSeconds },
    settings,
  });
}

function text(json: unknown): string {
  return escapeInvisible(JSON.stringify(json));
}

function name(given: string): string {
  return visible(given, LONGEST_NAME);
}

/** Of the checks that found something. */
function modesOf({ findings }: Decision): Readonly<Record<string, Mode>> {
  return Object.fromEntries(findings.map(({ check, mode }) => [check, mode]));
}

interface Lists {
  readonly findings: readonly object[];
  readonly warnings: readonly string[];
  readonly unknowns: readonly object[] | undefined;
  readonly replayMismatches: readonly object[] | undefined;
  /** Items of these lists that do not fit. */
  readonly leftOut: number | undefined;
}

function fittingLists({ findings, warnings, unknowns, replayMismatches }: Decision): Lists {
  const room = new Room(LONGEST_LINE - ROOM_FOR_NAMES);
  const lists = {
    findings: room.fitting(findings, findingJson),
    warnings: room.fitting(warnings, (warning) => warning),
    unknowns: unlessEmpty(room.fitting(unknowns, unknownJson)),
    replayMismatches: unlessEmpty(room.fitting(replayMismatches, mismatchJson)),
  };
  return { ...lists, leftOut: room.leftOut === 0 ? undefined : room.leftOut };
}

class Room {
  leftOut = 0;
  #characters: number;

  constructor(characters: number) {
    this.#characters = characters;
  }

  /** The first items, as long as there is room; after the first that does not fit nothing more does. */
  fitting<Item, Written>(items: readonly Item[], write: (item: Item) => Written): readonly Written[] {
    const kept: Written[] = [];
    for (const item of items) {
      const written = write(item);
      this.#characters -= text(written).length + 1;
      if (this.#characters < 0) break;
      kept.push(written);
    }
    this.leftOut += items.length - kept.length;
    return kept;
  }
}

function unlessEmpty<Item>(items: readonly Item[]): readonly Item[] | undefined {
  return items.length === 0 ? undefined : items;
}
