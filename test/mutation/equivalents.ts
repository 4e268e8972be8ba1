/**
 * Mutants that are the same program to whoever sees its answers, and why: looked at once, so that nobody has to again.
 *
 * One stands here only where no input can tell it from the source. What differs in an answer is a gap of the tests, however rare:
 * a change of how much work is done is one too, where a bound of work turns it into another answer.
 * A line that changes is to be looked at anew: entries that name no mutant any more fail a test.
 */
import type { Mutant } from './mutant.ts';

interface Equivalents {
  readonly why: string;
  /** File below src/cilium, the line that the mutant starts on, and the change. */
  readonly mutants: readonly (readonly [file: string, line: string, change: string])[];
}

export const EQUIVALENTS: readonly Equivalents[] = [
  {
    why: 'a shortcut: what comes after it answers the same',
    mutants: [
      ['policy/prefixes/cidr.ts', 'if (slash < 0) return undefined;', '0 -> (0 + 1)'],
      ['policy/prefixes/known-prefixes.ts', 'return this.#carrierLengths[family].size > 0;', '> -> >='],
      [
        'policy/prefixes/local-identities.ts',
        'const around = own?.cidr === undefined ? this.#known.around(prefix) : this.#known.carriersAround(prefix);',
        'own?.cidr === undefined -> true',
      ],
      [
        'policy/parse/breakdown.ts',
        "if (text.includes('%')) yield { field: `${peerField(traffic, place, 'cidr')}[${index}]`, text };",
        "text.includes('%') -> true",
      ],

      ['policy/prefixes/cidr.ts', 'if (slash < 0) return undefined;', 'slash < 0 -> false'],
      ['policy/prefixes/cidr.ts', 'if (slash < 0) return undefined;', '< -> <='],
      [
        'policy/containment/search.ts',
        'if (requirements.length === 1) return requirements;',
        'requirements.length === 1 -> false',
      ],
      ['policy/containment/search.ts', 'if (requirements.length === 1) return requirements;', '1 -> (1 + 1)'],
      ['identity/label.ts', 'if (a === b) return 0;', 'a === b -> false'],
      [
        'identity/identity-set.ts',
        'return size === ids.length ? ids : ids.slice(0, size);',
        'size === ids.length -> false',
      ],
      [
        'policy/filter-entry.ts',
        'return a.length >= MOST_ORIGINS ? a : [...a, ...b].slice(0, MOST_ORIGINS);',
        'a.length >= MOST_ORIGINS -> false',
      ],
      [
        'policy/filter-entry.ts',
        'return a.length >= MOST_ORIGINS ? a : [...a, ...b].slice(0, MOST_ORIGINS);',
        '>= -> >',
      ],
    ],
  },
  {
    why: 'the page of the last look-up is looked up again',
    mutants: [
      ['policy/map/identity-slots.ts', 'this.#number = number;', 'this.#number = number; -> ;'],
      ['policy/map/identity-slots.ts', 'if (number !== this.#number) {', 'number !== this.#number -> true'],
      [
        'policy/map/identity-slots.ts',
        'if (number === this.#number) return this.#page;',
        'number === this.#number -> false',
      ],
      ['policy/map/identity-slots.ts', '#number = -1;', '1 -> (1 + 1)'],
    ],
  },
  {
    why: 'a place that no selector has',
    mutants: [
      ['policy/map/alike-identities.ts', 'askedBy = -1;', '1 -> (1 + 1)'],
      [
        'policy/map/alike-identities.ts',
        'this.#ofNeighbours = getOrMake(this.#unselected, alike, () => this.#open(-1, undefined));',
        '1 -> (1 + 1)',
      ],
    ],
  },
  {
    why: 'of those that were found no other is looked for, and looking on finds none',
    mutants: [['policy/map/alike-identities.ts', 'if (wanted.size === 0) break;', 'wanted.size === 0 -> false']],
  },
  {
    why: 'when it gives way to others',
    mutants: [
      ['policy/parse/breakdown.ts', 'let steps = 0;', '0 -> (0 + 1)'],
      ['policy/parse/cidr-peers.ts', 'let seen = 0;', '0 -> (0 + 1)'],
      ['policy/parse/service-references.ts', 'let seen = 0;', '0 -> (0 + 1)'],
      ['policy/prefixes/fqdn.ts', 'let seen = 0;', '0 -> (0 + 1)'],
      ['policy/parse/sanitize-peers.ts', 'return index % ITEMS_PER_PAUSE === ITEMS_PER_PAUSE - 1;', '=== -> !=='],
      ['policy/parse/sanitize-peers.ts', 'return index % ITEMS_PER_PAUSE === ITEMS_PER_PAUSE - 1;', '1 -> (1 + 1)'],

      ['policy/map/alike-identities.ts', 'const IDENTITIES_PER_SELECTOR = 16;', '16 -> (16 + 1)'],
      ['policy/map/contributions.ts', 'const KEYS_PER_SELECTOR = 64;', '64 -> (64 + 1)'],
      ['policy/map/contributions.ts', 'const KEYS_PER_IDENTITY = 4;', '4 -> (4 + 1)'],
      ['policy/map/distill.ts', 'const STEPS_PER_LOOK = 8;', '8 -> (8 + 1)'],
    ],
  },
  {
    why: 'how many stand together in one chunk or page, and how much room is made for those to come',
    mutants: [
      ['policy/prefixes/prefix-order.ts', 'const CHUNK = 512;', '512 -> (512 + 1)'],
      [
        'policy/prefixes/prefix-order.ts',
        'const at = Math.min(this.#chunkFor(place), this.#chunks.length - 1);',
        '- -> +',
      ],

      ['policy/map/entry-list.ts', '#values = new Uint32Array(16);', '16 -> (16 + 1)'],
      ['policy/map/entry-list.ts', 'const grown = new Uint32Array(this.#count * 2);', '2 -> (2 + 1)'],
      ['policy/map/identity-slots.ts', 'const PAGE_BITS = 12;', '12 -> (12 + 1)'],
      ['policy/map/identity-marks.ts', 'const PAGE_BITS = 12;', '12 -> (12 + 1)'],
      ['policy/map/alike-identities.ts', 'const BITS_OF_NEIGHBOURS = 12;', '12 -> (12 + 1)'],
      ['policy/map/identity-marks.ts', 'if (written > this.#highest) this.#highest = written;', '> -> >='],
      ['policy/map/identity-marks.ts', 'if (this.#base < HIGHEST) return;', '< -> <='],
      [
        'policy/prefixes/prefix-order.ts',
        'if (chunk.places.length >= 2 * CHUNK) this.#split(at, chunk);',
        '2 -> (2 + 1)',
      ],
      ['policy/prefixes/prefix-order.ts', 'if (chunk.places.length >= 2 * CHUNK) this.#split(at, chunk);', '>= -> >'],
    ],
  },
  {
    why: 'whether a deny says more than one thing nobody asks',
    mutants: [['policy/map/distill-authenticated.ts', 'isMixed: false,', 'false -> true']],
  },
  {
    why: 'only which is longer counts',
    mutants: [
      [
        'policy/map/verdict.ts',
        'return (entry.protocol === ANY_PROTOCOL ? 0 : 8) + portLength(entry);',
        '0 -> (0 + 1)',
      ],
      [
        'policy/map/verdict.ts',
        'return (entry.protocol === ANY_PROTOCOL ? 0 : 8) + portLength(entry);',
        '8 -> (8 + 1)',
      ],
    ],
  },
  {
    why: 'other names for the same things, of which no two have one',
    mutants: [
      [
        'policy/redirect.ts',
        "const scope = configKind === 'CiliumClusterwideEnvoyConfig' ? 'cluster' : 'namespace';",
        '=== -> !==',
      ],
      ['policy/map/origin-table.ts', 'const pair = Math.min(a, b) * 2 ** 26 + Math.max(a, b);', '+ -> -'],
      ['policy/map/origin-table.ts', 'const pair = Math.min(a, b) * 2 ** 26 + Math.max(a, b);', '* -> /'],
      ['policy/map/origin-table.ts', 'const pair = Math.min(a, b) * 2 ** 26 + Math.max(a, b);', '2 -> (2 + 1)'],
      ['policy/map/origin-table.ts', 'const pair = Math.min(a, b) * 2 ** 26 + Math.max(a, b);', '26 -> (26 + 1)'],
    ],
  },
  {
    why: 'only the order of priorities counts',
    mutants: [['replay/cluster-network-policy.ts', 'priority: spec.priority + index / 100,', '100 -> (100 + 1)']],
  },
  {
    why: 'how many earlier answers are at hand, or are made in steps beforehand',
    mutants: [
      ['policy/selector.ts', 'prefixes.set(holder, { prefix });', 'prefixes.set(holder, { prefix }); -> ;'],
      ['replay/replay.ts', 'this.#readings.set(policy, readings);', 'this.#readings.set(policy, readings); -> ;'],
      ['replay/replay.ts', 'yield* readings.read();', 'yield* readings.read(); -> ;'],
      [
        'replay/readings.ts',
        'if (this.#address.text !== text) this.#address = { text, address: parseAddress(text) };',
        'this.#address.text !== text -> true',
      ],
      ['replay/readings.ts', 'if (known !== undefined || this.#prefixes.has(text)) return known;', '|| -> &&'],
      [
        'replay/readings.ts',
        'this.#conditions.set(role, ofRole.set(selector, conditions));',
        'this.#conditions.set(role, ofRole.set(selector, conditions)); -> ;',
      ],
      ['identity/label-filter.ts', 'if (label.key.length > LONGEST_KEPT_KEY) return kept;', '> -> >='],
      ['identity/label-filter.ts', 'if (this.#decided.size >= KEPT_DECISIONS) this.#decided.clear();', '>= -> >'],
    ],
  },
  {
    why: 'behind the end of a text is no character, and a range that ends before it begins is its first port',
    mutants: [
      ['identity/label-prefix-file.ts', 'for (let index = 0; index < content.length; index += 1) {', '< -> <='],
      [
        'replay/ports.ts',
        "{ protocol: protocol === '' ? 'TCP' : protocol, port: String(port), endPort: endPort ?? 0 },",
        '0 -> (0 + 1)',
      ],
    ],
  },
  {
    why: 'a deny and an allow never have one precedence',
    mutants: [
      [
        'policy/map/distill-authenticated.ts',
        'if (deny > allow && ![...around.own, ...around.general].some(isUnder)) {',
        '> -> >=',
      ],
      [
        'policy/map/distill-authenticated.ts',
        'return isDeny(one.precedence) && one.precedence > leastPrecedence && !isBefore;',
        '> -> >=',
      ],
    ],
  },
  {
    why: 'what is asked about is never there: a second or third part is enough, no address is so long, no rule for DNS names has a listener, no element is at -1',
    mutants: [
      ['policy/prefixes/cidr.ts', "const parts = text.split('.', 5);", '5 -> (5 + 1)'],
      ['policy/parse/sanitize-selector.ts', "const parts = key.split(':', 3);", '3 -> (3 + 1)'],
      [
        'policy/prefixes/prefix-order.ts',
        'for (let at = this.#chunkFor(place); at < this.#chunks.length; at += 1) {',
        '< -> <=',
      ],
      [
        'policy/parse/cidr-peers.ts',
        'if (groupSelectorOf(rule, context.profile) === undefined) return [];',
        'groupSelectorOf(rule, context.profile) === undefined -> false',
      ],

      ['policy/prefixes/cidr.ts', "if (text.length > 64 || text.includes('%')) return undefined;", '64 -> (64 + 1)'],
      ['policy/prefixes/cidr.ts', "if (text.length > 64 || text.includes('%')) return undefined;", '> -> >='],
      ['policy/any-order.ts', "const [spec = ''] = origin.field.split('.', 1);", '1 -> (1 + 1)'],
      ['policy/parse/label-syntax.ts', "const [first = '', second, ...others] = text.split('/', 3);", '3 -> (3 + 1)'],
      [
        'policy/parse/cluster-network-policy-ports.ts',
        'const redirect = redirectOf(rule, protocol, { profile, host: false });',
        'false -> true',
      ],
      ['policy/map/distill.ts', 'if (wildcard >= 0) {', 'wildcard >= 0 -> true'],
      [
        'policy/prefixes/prefix-order.ts',
        'for (let at = this.#chunkFor(start); at < this.#chunks.length; at += 1) {',
        '< -> <=',
      ],
      ['identity/identity-set.ts', 'if (next < b.length && at(b, next) === id) next += 1;', '< -> <='],
      ['identity/identity-set.ts', 'while (next < b.length && at(b, next) < id) next += 1;', '< -> <='],
    ],
  },
  {
    why: 'which of two that are the same is taken, or comes first',
    mutants: [
      [
        'policy/containment/address-set.ts',
        'else if (interval.last > previous.last) merged[merged.length - 1] = { first: previous.first, last: interval.last };',
        '> -> >=',
      ],
      ['policy/containment/address-set.ts', 'const first = a.first > b.first ? a.first : b.first;', '> -> >='],
      ['policy/containment/address-set.ts', 'const last = a.last < b.last ? a.last : b.last;', '< -> <='],
      ['policy/containment/address-set.ts', 'if (a.last < b.last) l += 1;', '< -> <='],
      ['policy/containment/address-set.ts', 'return Number(a > b) - Number(a < b);', '> -> >='],
      ['policy/containment/address-set.ts', 'return Number(a > b) - Number(a < b);', '< -> <='],
    ],
  },
  {
    why: 'what is left to ask about is outside of all covers that are whole',
    mutants: [
      ['policy/containment/addresses.ts', 'const partial = covering.filter(({ rest }) => rest.length > 0);', '> -> >='],
    ],
  },
  {
    why: 'what is kept as gone is as good as what is not kept',
    mutants: [
      [
        'policy/prefixes/known-prefixes.ts',
        'if (this.#below === undefined) this.#known.delete(text);',
        'this.#below === undefined -> false',
      ],
    ],
  },
  {
    why: 'a field that says undefined is read as one that is not there',
    mutants: [
      ['policy/filters.ts', '...(log === undefined ? {} : { log }),', 'log === undefined -> false'],
      ['policy/map/contributions.ts', '...(log === undefined ? {} : { log }),', 'log === undefined -> false'],
      [
        'policy/filters.ts',
        '...(authentication === undefined ? {} : { authentication }),',
        'authentication === undefined -> false',
      ],
    ],
  },
];

const BY_PLACE: ReadonlyMap<string, string> = new Map(
  EQUIVALENTS.flatMap(({ why, mutants }) => mutants.map((place) => [JSON.stringify(place), why] as const)),
);

/** Why nobody can tell it from the source; undefined: one can. `text`: the file as it is. */
export function whyEquivalent(mutant: Mutant, text: string): string | undefined {
  return BY_PLACE.get(JSON.stringify(placeOf(mutant, text)));
}

export function placeOf({ file, line, before, after }: Mutant, text: string): readonly [string, string, string] {
  const written = text.split('\n')[line - 1] ?? '';
  const change = `${before} -> ${after}`.replaceAll(/\s+/g, ' ');
  return [file.replace('src/cilium/', ''), written.trim(), change];
}
