/**
 * A long list of prefixes: each is an identity, and an entry for each port, where those of a CiliumCIDRGroup are one.
 *
 * Members of a group with the same labels are one identity (pkg/ipcache); one that others name as well stays apart, which the
 * what-if counts.
 */
import { isCiliumPolicy, type CiliumCIDRGroup, type PolicyObject } from '../../cilium/objects.ts';
import type { CIDRRuleSpec, TrafficRuleSpec } from '../../cilium/policy-spec.ts';
import { peerField } from '../../cilium/policy/parse/peer-field.ts';
import type { ClusterView } from '../../cluster/view.ts';
import type { CheaperForm } from './cheaper-form.ts';
import type { Element } from './element.ts';
import { rewritten, withoutList } from './rewritten.ts';

/** Shorter lists are read at a glance. */
const LONG = 16;

export function* prefixesWithoutGroup(
  policy: PolicyObject,
  elements: readonly Element[],
  view: ClusterView,
): Iterable<CheaperForm> {
  if (!isCiliumPolicy(policy)) return;
  const long = elements.filter(({ written }) => written !== undefined && plainPrefixes(written.traffic).length >= LONG);
  const [first] = long;
  if (first?.written === undefined) return;
  const { traffic, place } = first.written;
  const kind = (traffic.cidrSet ?? []).length > 0 ? 'cidrSet' : 'cidr';
  const field = peerField(traffic, place, kind);
  const isLong = new Set(long.map(({ rule }) => rule.ref.field));
  yield {
    id: 'prefixes-without-group',
    reason: 'cidr-group',
    field,
    rules: long.map(({ rule }) => rule),
    make: () => {
      const groups = new Groups(policy.name, view);
      const grouped = rewritten(policy, (one) => (isLong.has(one.path) ? groups.insteadOfPrefixes(one) : one));
      return { policy: grouped, groups: groups.all };
    },
    prefixes: plainPrefixes(traffic).length,
    fix: {
      kind: 'words',
      text: `have the platform team make a CiliumCIDRGroup of the prefixes in ${field} of ${policy.name}, and name it by cidrGroupRef`,
    },
  };
}

function plainPrefixes({ cidr = [], cidrSet = [] }: TrafficRuleSpec): readonly string[] {
  return [...cidr, ...cidrSet.filter(isPlain).flatMap((rule) => rule.cidr ?? [])];
}

function isPlain({ cidr, except }: CIDRRuleSpec): boolean {
  return cidr !== undefined && except.length === 0;
}

/** One for each list. */
class Groups {
  readonly #byPrefixes = new Map<string, CiliumCIDRGroup>();
  readonly #name: string;
  readonly #view: ClusterView;

  constructor(name: string, view: ClusterView) {
    this.#name = name;
    this.#view = view;
  }

  get all(): readonly CiliumCIDRGroup[] {
    return [...this.#byPrefixes.values()];
  }

  insteadOfPrefixes(traffic: TrafficRuleSpec): TrafficRuleSpec {
    const kept = (traffic.cidrSet ?? []).filter((rule) => !isPlain(rule));
    const { name } = this.#groupOf(plainPrefixes(traffic));
    return { ...withoutList(traffic, 'cidr'), cidrSet: [...kept, { cidrGroupRef: name, except: [] }] };
  }

  #groupOf(cidrs: readonly string[]): CiliumCIDRGroup {
    const key = [...new Set(cidrs)].sort().join();
    const known = this.#byPrefixes.get(key);
    if (known !== undefined) return known;
    const group: CiliumCIDRGroup = {
      kind: 'CiliumCIDRGroup',
      name: this.#freeName(),
      uid: '',
      terminating: false,
      labels: new Map(),
      cidrs,
    };
    this.#byPrefixes.set(key, group);
    return group;
  }

  #freeName(): string {
    let number = this.#byPrefixes.size;
    while (this.#view.cidrGroup(`${this.#name}-${number}`) !== undefined) number += 1;
    return `${this.#name}-${number}`;
  }
}
