import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';

import { formatLabel, type LabelArray } from '../../../../../src/cilium/identity/label.ts';
import {
  canMeet,
  denyOf,
  uncoveredProduct,
  type AllowUnit,
  type Deny,
  type ProductContainment,
} from '../../../../../src/cilium/policy/containment/product.ts';
import type { PortRange, Ports, Rule } from '../../../../../src/cilium/policy/rule.ts';
import {
  endpointSelector,
  matches,
  WILDCARD,
  type EndpointSelector,
} from '../../../../../src/cilium/policy/selector.ts';
import { CLUSTER, facts, labels, NAMESPACE, NAMESPACE_NAME, requirement, selector } from './build.ts';

const TCP = 6;
const UDP = 17;
const FACTS = facts();
const REF = { object: { kind: 'CiliumClusterwideNetworkPolicy', name: 'd' }, field: 'spec' } as const;

const ANY_PORT: Ports = { kind: 'any' };

function tcp(...bounds: readonly (readonly [number, number])[]): Ports {
  return { kind: 'list', items: bounds.map(([first, last]) => ({ protocol: TCP, first, last, ref: REF })) };
}

function range(protocol: number, first: number, last = first): PortRange {
  return { protocol, first, last, ref: REF };
}

const EVERY_PACKET = range(0, 0);

function unit(more: Partial<AllowUnit> = {}): AllowUnit {
  return {
    subject: selector(`${NAMESPACE}=a`, 'k8s:app=web'),
    peer: selector(`${NAMESPACE}=a`),
    ports: range(TCP, 80),
    ...more,
  };
}

function deny(more: Partial<Deny> = {}): Deny {
  return { subject: WILDCARD, peers: [selector(NAMESPACE)], ports: ANY_PORT, side: 'own', ...more };
}

function answerOf(found: ProductContainment): string {
  if (found.kind !== 'uncovered') return found.kind === 'covered' ? 'covered' : found.reason;
  const { subject, peer, protocol, port } = found.witness;
  const brief = (own: LabelArray): string =>
    own
      .filter(({ key }) => !key.startsWith('io.'))
      .map(formatLabel)
      .join();
  return `${brief(subject)} <- ${brief(peer.labels)} ${protocol}/${port}`;
}

interface Row {
  readonly says: string;
  readonly target: AllowUnit;
  readonly denies: readonly Deny[];
  readonly is: string;
}

const ROWS: readonly Row[] = [
  { says: 'a deny of every pod at every pod covers all', target: unit(), denies: [deny()], is: 'covered' },
  { says: 'without denies everything escapes', target: unit(), denies: [], is: 'k8s:app=web <-  6/80' },
  {
    says: 'a deny of another namespace is no deny here',
    target: unit(),
    denies: [deny({ subject: selector(`${NAMESPACE}=b`) })],
    is: 'k8s:app=web <-  6/80',
  },
  {
    says: 'two denies that share the peers cover together',
    target: unit({ peer: selector(`${NAMESPACE}=a`, 'k8s:app in x,y') }),
    denies: [deny({ peers: [selector('k8s:app=x')] }), deny({ peers: [selector('k8s:app=y')] })],
    is: 'covered',
  },
  {
    says: 'each piece of a range is judged by the denies of its ports alone',
    target: unit({ ports: range(TCP, 80, 90) }),
    denies: [deny({ ports: tcp([80, 84]) }), deny({ ports: tcp([85, 90]), peers: [selector('k8s:app=x')] })],
    is: 'k8s:app=web <-  6/85',
  },
  {
    says: 'two denies that share the subjects cover together',
    target: unit({ subject: selector(`${NAMESPACE}=a`, 'k8s:tier in x,y') }),
    denies: [deny({ subject: selector('k8s:tier=x') }), deny({ subject: selector('k8s:tier=y') })],
    is: 'covered',
  },
  {
    says: 'a chess board of denies leaves the other fields',
    target: unit({
      subject: selector(`${NAMESPACE}=a`, 'k8s:tier in x,y'),
      peer: selector(`${NAMESPACE}=a`, 'k8s:app in x,y'),
    }),
    denies: [
      deny({ subject: selector('k8s:tier=x'), peers: [selector('k8s:app=x')] }),
      deny({ subject: selector('k8s:tier=y'), peers: [selector('k8s:app=y')] }),
    ],
    is: 'k8s:tier=y <- k8s:app=x 6/80',
  },
  {
    says: 'three quarters leave the fourth',
    target: unit({
      subject: selector(`${NAMESPACE}=a`, 'k8s:tier in x,y'),
      peer: selector(`${NAMESPACE}=a`, 'k8s:app in x,y'),
    }),
    denies: [
      deny({ subject: selector('k8s:tier=x'), peers: [selector('k8s:app=x')] }),
      deny({ subject: selector('k8s:tier=y'), peers: [selector('k8s:app=y')] }),
      deny({ subject: selector('k8s:tier=y'), peers: [selector('k8s:app=x')] }),
    ],
    is: 'k8s:tier=x <- k8s:app=y 6/80',
  },
  {
    says: 'four quarters are the whole',
    target: unit({
      subject: selector(`${NAMESPACE}=a`, 'k8s:tier in x,y'),
      peer: selector(`${NAMESPACE}=a`, 'k8s:app in x,y'),
    }),
    denies: ['x', 'y'].flatMap((tier) =>
      ['x', 'y'].map((app) => deny({ subject: selector(`k8s:tier=${tier}`), peers: [selector(`k8s:app=${app}`)] })),
    ),
    is: 'covered',
  },

  // The other side.
  {
    says: 'a deny at the far end forbids the flow too',
    target: unit(),
    denies: [deny({ side: 'other', subject: WILDCARD, peers: [selector(`${NAMESPACE}=a`)] })],
    is: 'covered',
  },
  {
    says: 'a far deny needs the subject among its peers',
    target: unit(),
    denies: [deny({ side: 'other', peers: [selector('k8s:app=db')] })],
    is: 'k8s:app=web <-  6/80',
  },
  {
    says: 'a near and a far deny cover together',
    target: unit({ peer: selector(`${NAMESPACE}=a`, 'k8s:app in x,y') }),
    denies: [
      deny({ peers: [selector('k8s:app=x')] }),
      deny({ side: 'other', subject: selector('k8s:app=y'), peers: [selector(NAMESPACE)] }),
    ],
    is: 'covered',
  },
  {
    says: 'no policy stands at an address',
    target: unit({ peer: selector('reserved:world') }),
    denies: [deny({ side: 'other', subject: WILDCARD, peers: [WILDCARD] })],
    is: 'k8s:app=web <- reserved:world 6/80',
  },

  // Ports.
  {
    says: 'another protocol covers nothing',
    target: unit(),
    denies: [deny({ ports: { kind: 'list', items: [range(UDP, 80)] } })],
    is: 'k8s:app=web <-  6/80',
  },
  {
    says: 'ranges cover jointly',
    target: unit({ ports: range(TCP, 80, 90) }),
    denies: [deny({ ports: tcp([70, 84]) }), deny({ ports: tcp([85, 90]) })],
    is: 'covered',
  },
  {
    says: 'one port left over escapes',
    target: unit({ ports: range(TCP, 80, 90) }),
    denies: [deny({ ports: tcp([70, 84], [86, 95]) })],
    is: 'k8s:app=web <-  6/85',
  },
  {
    says: 'the first port that escapes is shown',
    target: unit({ ports: range(TCP, 80, 99) }),
    denies: [deny({ ports: tcp([90, 95], [80, 84]) })],
    is: 'k8s:app=web <-  6/85',
  },
  {
    says: 'a deny of one port leaves the rest of a range',
    target: unit({ ports: range(TCP, 80, 90) }),
    denies: [deny({ ports: tcp([80, 80]) })],
    is: 'k8s:app=web <-  6/81',
  },
  {
    says: 'port 0 of a deny is every port',
    target: unit({ ports: range(TCP, 80, 90) }),
    denies: [deny({ ports: tcp([0, 0]) })],
    is: 'covered',
  },
  {
    says: 'every numbered port leaves packets without one',
    target: unit({ ports: range(TCP, 0) }),
    denies: [deny({ ports: tcp([1, 65_535]) })],
    is: 'k8s:app=web <-  6/0',
  },
  {
    says: 'an allow without ports outlives denies of TCP, UDP and SCTP',
    target: unit({ ports: EVERY_PACKET }),
    denies: [deny({ ports: { kind: 'list', items: [range(6, 0), range(17, 0), range(132, 0)] } })],
    is: 'k8s:app=web <-  1/0',
  },
  {
    says: 'an allow without ports is covered by a deny without ports',
    target: unit({ ports: EVERY_PACKET }),
    denies: [deny()],
    is: 'covered',
  },
  {
    says: 'an allow without ports shows a protocol that no deny names',
    target: unit({ ports: EVERY_PACKET }),
    denies: [deny({ ports: tcp([80, 80]) })],
    is: 'k8s:app=web <-  17/0',
  },
  {
    says: 'an allow without ports outlives denies of every protocol that has a name',
    target: unit({ ports: EVERY_PACKET }),
    denies: [1, 2, 4, 6, 17, 41, 47, 50, 51, 58, 112, 132].map((protocol) =>
      deny({ ports: { kind: 'list', items: [range(protocol, 0)] } }),
    ),
    is: 'k8s:app=web <-  255/0',
  },
  {
    says: 'a deny that lists no ports denies nothing',
    target: unit(),
    denies: [deny({ ports: tcp() })],
    is: 'k8s:app=web <-  6/80',
  },
  {
    says: 'on each port other denies may cover',
    target: unit({ ports: range(TCP, 80, 81), peer: selector(`${NAMESPACE}=a`, 'k8s:app in x,y') }),
    denies: [
      deny({ ports: tcp([80, 80]) }),
      deny({ ports: tcp([81, 81]), peers: [selector('k8s:app=x')] }),
      deny({ ports: tcp([81, 90]), peers: [selector('k8s:app=y')] }),
    ],
    is: 'covered',
  },
];

for (const { says, target, denies, is } of ROWS) {
  test(says, () => {
    assert.equal(answerOf(uncoveredProduct(target, denies, FACTS)), is);
  });
}

test('a rule becomes a deny of its peers: any, none, or a list of items', () => {
  const rule: Rule = {
    ref: REF,
    direction: 'ingress',
    verdict: 'deny',
    subject: WILDCARD,
    subjectKind: 'endpoint',
    defaultDeny: true,
    peers: { kind: 'any' },
    ports: ANY_PORT,
    unsupported: [],
  };
  const [one, two] = [selector('reserved:host'), selector('reserved:world')];
  const items = [
    { selectors: [one], ref: REF },
    { selectors: [two], ref: REF },
  ];
  assert.deepEqual(denyOf(rule, 'own').peers, [WILDCARD]);
  assert.deepEqual(denyOf({ ...rule, peers: { kind: 'none' } }, 'own').peers, []);
  assert.deepEqual(denyOf({ ...rule, peers: { kind: 'list', items } }, 'other').peers, [one, two]);
});

test('where no policy of this cluster stands, a deny at the far end takes nothing', () => {
  const everywhere = deny({ side: 'other', subject: WILDCARD, peers: [WILDCARD] });
  const ask = (peer: string, more: readonly Deny[], ...universe: Parameters<typeof facts>) =>
    uncoveredProduct(unit({ peer: selector(peer) }), [everywhere, ...more], facts(...universe)).kind;
  const mesh = { clusterID: 1 };
  assert.equal(ask(`${NAMESPACE}=a`, [], '1.19.7', mesh), 'uncovered');
  // A pod of another cluster does not have the name of this one.
  assert.equal(ask(`${CLUSTER}=default`, [], '1.19.7', mesh), 'covered');
  assert.equal(ask('reserved:remote-node', [], '1.19.7'), 'uncovered');
  assert.equal(ask('node:zone=x', [], '1.19.7', { nodeSelectorLabels: true }), 'uncovered');
  assert.equal(ask('fqdn:example.com', [], '1.19.7'), 'uncovered');
  // Since 1.20 what is no world takes, through its aggregate, every address that something names, and no other.
  assert.equal(ask('reserved:world', [deny({ peers: [selector('!reserved:world')] })], '1.20.2'), 'uncovered');
});

test('a deny can meet an allow only where it takes something of both ends', () => {
  const inA = selector(`${NAMESPACE}=a`);
  const inB = selector(`${NAMESPACE}=b`);
  const meets = (more: Partial<Deny>): boolean => canMeet(unit(), deny(more), FACTS);
  assert.equal(meets({ subject: inA, peers: [inA] }), true);
  assert.equal(meets({ subject: selector('k8s:tier=x'), peers: [inB, selector('k8s:app=x')] }), true);
  assert.equal(meets({ subject: inB, peers: [inA] }), false);
  assert.equal(meets({ subject: inA, peers: [inB] }), false);
  const meetsPeer = (peer: string, taken: string): boolean =>
    canMeet(unit({ peer: selector(peer) }), deny({ peers: [selector(taken)] }), FACTS);
  assert.deepEqual(
    [meetsPeer('reserved:health', 'any:health'), meetsPeer('reserved:health', 'reserved:host')],
    [true, false],
  );
  const everybody = (taken: string): boolean =>
    canMeet(unit({ peer: WILDCARD }), deny({ peers: [selector(taken)] }), FACTS);
  assert.deepEqual([everybody('reserved:health'), everybody('reserved:none')], [true, false]);
});

/** So many terms that nobody looks at them: whether it takes a subject is not found out. */
const UNREADABLE = selector(`cidrgroup:role in ${Array.from({ length: 65 }, (_, index) => `v${index}`).join()}`);

test('what is not found out of one end leaves open what the other end does not escape', () => {
  const here = { subject: UNREADABLE };
  const rest = deny({ peers: [selector('k8s:app notin x')] });
  const open = [deny({ ...here, peers: [selector('k8s:app=x')] }), rest];
  assert.equal(answerOf(uncoveredProduct(unit(), open, FACTS)), 'too-many-terms');
});

test('what is not found out where the subject escapes is not found out, though it is covered where the peer does', () => {
  const rest = [selector('k8s:app notin x')];
  const denies = [
    deny({ subject: UNREADABLE, peers: [selector('k8s:app=x')] }),
    deny({ subject: selector('k8s:tier=t'), peers: rest }),
    deny({ subject: selector('k8s:tier notin t'), peers: rest }),
  ];
  assert.equal(answerOf(uncoveredProduct(unit(), denies, FACTS)), 'too-many-terms');
});

test('what is not found out does not matter beside a deny that takes everything', () => {
  const denies = [deny(), deny({ subject: UNREADABLE, peers: [selector('k8s:app=x')] })];
  assert.equal(answerOf(uncoveredProduct(unit(), denies, FACTS)), 'covered');
});

test('what lies inside of what one end has escaped is no choice any more', () => {
  const around = deny({ subject: selector('k8s:tier'), peers: [selector('k8s:app=x')] });
  const inside = Array.from({ length: 40 }, (_, index) =>
    deny({ subject: selector(`k8s:tier=v${index}`), peers: [selector('k8s:app=x', `k8s:zone=v${index}`)] }),
  );
  const quarters = ['k8s:role', '!k8s:role'].flatMap((one) =>
    ['k8s:part', '!k8s:part'].map((other) => deny({ subject: selector(one), peers: [selector(other)] })),
  );
  assert.equal(answerOf(uncoveredProduct(unit(), [around, ...inside, ...quarters], FACTS)), 'covered');
});

test('to ask about the same denies again and again is not free, though each answer is', () => {
  const peer = selector('reserved:remote-node');
  const sides = ['k8s:tier', '!k8s:tier'].flatMap((tier) =>
    ['reserved:kube-apiserver', '!reserved:kube-apiserver'].map((one) =>
      deny({ subject: selector(tier), peers: [selector(one)] }),
    ),
  );
  const ask = (count: number): string => {
    const others = Array.from({ length: count }, () => deny({ peers: [selector('reserved:health')] }));
    return answerOf(uncoveredProduct(unit({ peer }), [...sides, ...others], FACTS));
  };
  assert.deepEqual([ask(100), ask(2_000)], ['covered', 'step-limit']);
});

test('what is not found out on one port is not found out, though other ports are covered', () => {
  const target = unit({ ports: range(TCP, 80, 81) });
  const denies = [deny({ subject: UNREADABLE, ports: tcp([80, 80]) }), deny({ ports: tcp([81, 81]) })];
  assert.equal(answerOf(uncoveredProduct(target, denies, FACTS)), 'too-many-terms');
});

test('a pod that is asked for by a label host is taken for one without policy until 1.20.1', () => {
  const far = deny({ side: 'other', subject: WILDCARD, peers: [WILDCARD] });
  const peer = selector(`${NAMESPACE}=a`, 'k8s:app=x', 'k8s:host');
  const ask = (version: string) => uncoveredProduct(unit({ peer }), [far], facts(version)).kind;
  assert.deepEqual([ask('1.19.7'), ask('1.20.2')], ['uncovered', 'covered']);
});

test('what is not found out of one end does not matter where the other end escapes it', () => {
  const denies = [
    deny({ subject: UNREADABLE, peers: [selector('k8s:app=x')] }),
    deny({ subject: selector('k8s:tier=y'), peers: [selector('k8s:app notin x')] }),
  ];
  assert.equal(answerOf(uncoveredProduct(unit(), denies, FACTS)), 'k8s:app=web <-  6/80');
});

test('a negative deny takes through its aggregate even the peers that it excludes (1.20)', () => {
  const negative = deny({ peers: [selector(`${NAMESPACE} notin a`)] });
  assert.equal(answerOf(uncoveredProduct(unit(), [negative], facts('1.20.2'))), 'covered');
  assert.equal(answerOf(uncoveredProduct(unit(), [negative], facts('1.19.7'))), 'k8s:app=web <-  6/80');
});

test('a witness of what an aggregate lets in escapes every deny (1.20)', () => {
  const target = unit({ peer: selector('reserved:aggregate-cluster') });
  const denies = [
    deny({ subject: selector('!k8s:tier'), peers: [selector('!k8s:tier', NAMESPACE)] }),
    deny({ subject: selector('k8s:tier'), peers: [selector('!k8s:tier', NAMESPACE)] }),
  ];
  assert.equal(answerOf(uncoveredProduct(target, denies, facts('1.20.2'))), 'k8s:app=web <- k8s:tier=other 6/80');
});

test('a thousand denies of other namespaces cost little', () => {
  const halves = [deny({ peers: [selector('k8s:app')] }), deny({ peers: [selector('!k8s:app')] })];
  const others = Array.from({ length: 1_000 }, (_, index) =>
    deny({ subject: selector(`${NAMESPACE}=n${index}`), peers: [selector('k8s:app=x')] }),
  );
  assert.equal(answerOf(uncoveredProduct(unit(), [...others, ...halves], FACTS)), 'covered');
});

test('as many denies of single pairs as a search takes leave everything else', () => {
  const pairs = Array.from({ length: 64 }, (_, index) =>
    deny({ subject: selector(`k8s:tier=v${index}`), peers: [selector(`k8s:app=v${index}`)] }),
  );
  assert.equal(answerOf(uncoveredProduct(unit(), pairs, FACTS)), 'k8s:app=web <-  6/80');
});

test('a search that one end alone has used up goes no deeper', () => {
  // Pigeons and holes at the peer, beside denies that each leave the choice between the two ends.
  const size = 9;
  const keys = Array.from({ length: size }, (_, index) => `k8s:key-${index}`);
  const values = Array.from({ length: size - 1 }, (_, index) => `v${index}`);
  const clashes = values.flatMap((value) =>
    keys.flatMap((left, index) =>
      keys.slice(index + 1).map((right) => deny({ peers: [selector(`${left}=${value}`, `${right}=${value}`)] })),
    ),
  );
  const partial = Array.from({ length: 60 }, (_, index) =>
    deny({ subject: selector(`k8s:tier=v${index}`), peers: [selector(`k8s:app=v${index}`)] }),
  );
  const peer = selector(`${NAMESPACE}=a`, ...keys.map((key) => `${key} in ${values.join(',')}`));
  assert.equal(answerOf(uncoveredProduct(unit({ peer }), [...clashes, ...partial], FACTS)), 'step-limit');
});

test('denies that take all of one end are no part of a search, however many', () => {
  const rows = Array.from({ length: 65 }, (_, index) => deny({ subject: selector(`k8s:tier=v${index}`) }));
  const columns = Array.from({ length: 65 }, (_, index) => deny({ peers: [selector(`k8s:app=v${index}`)] }));
  assert.equal(answerOf(uncoveredProduct(unit(), [...rows, ...columns], FACTS)), 'k8s:app=web <-  6/80');
});

test('more denies that take a part of both ends than a search can take are undecided', () => {
  const partial = Array.from({ length: 65 }, (_, index) =>
    deny({ subject: selector(`k8s:tier=v${index}`), peers: [selector(`k8s:app=v${index}`)] }),
  );
  assert.equal(answerOf(uncoveredProduct(unit(), partial, FACTS)), 'step-limit');
});

// Against brute force.

const VALUES = ['', '=x', '=y', '=other'];
const ENDS: readonly LabelArray[] = ['a', 'b'].flatMap((namespace) =>
  VALUES.flatMap((app) =>
    VALUES.map((tier) =>
      labels(
        `${NAMESPACE}=${namespace}`,
        `${NAMESPACE_NAME}=${namespace}`,
        `${CLUSTER}=default`,
        ...(app === '' ? [] : [`k8s:app${app}`]),
        ...(tier === '' ? [] : [`k8s:tier${tier}`]),
      ),
    ),
  ),
);

const endRequirement = fc
  .constantFrom(
    'k8s:app=x',
    'k8s:app in x,y',
    'k8s:app notin x',
    'any:app',
    '!k8s:app',
    'k8s:tier=x',
    'k8s:tier=y',
    'any:tier notin x',
    '!any:tier',
    `${NAMESPACE}=a`,
  )
  .map(requirement);

const end = fc.array(endRequirement, { maxLength: 2 }).map((list) => endpointSelector(list));

const interval = fc
  .tuple(fc.integer({ min: 79, max: 84 }), fc.integer({ min: 0, max: 4 }))
  .map(([first, length]): readonly [number, number] => [first, first + length]);

const someDeny: fc.Arbitrary<Deny> = fc.record({
  subject: end,
  peers: fc.array(end, { minLength: 1, maxLength: 2 }),
  ports: fc.oneof(
    fc.constant(ANY_PORT),
    fc.array(interval, { maxLength: 2 }).map((list) => tcp(...list)),
  ),
  side: fc.constantFrom('own', 'own', 'other'),
});

function within(base: EndpointSelector): fc.Arbitrary<EndpointSelector> {
  return end.map(({ requirements }) => endpointSelector([...base.requirements, ...requirements]));
}

function isDenied(denies: readonly Deny[], subject: LabelArray, peer: LabelArray, port: number): boolean {
  return denies.some((one) => {
    const [near, far] = one.side === 'own' ? [subject, peer] : [peer, subject];
    const onPort = one.ports.kind === 'any' || one.ports.items.some(({ first, last }) => first <= port && port <= last);
    return onPort && matches(one.subject, near) && one.peers.some((candidate) => matches(candidate, far));
  });
}

interface Asked {
  readonly subject: EndpointSelector;
  readonly peer: EndpointSelector;
  readonly last: number;
  readonly denies: readonly Deny[];
}

/** Asks both ways, and says whether it is covered. */
function compare({ subject, peer, last, denies }: Asked): boolean {
  const found = uncoveredProduct({ subject, peer, ports: range(TCP, 80, last) }, denies, FACTS);
  const ports = Array.from({ length: last - 79 }, (_, index) => 80 + index);
  const subjects = ENDS.filter((candidate) => matches(subject, candidate));
  const peers = ENDS.filter((candidate) => matches(peer, candidate));
  const escapes = ports.some((port) =>
    subjects.some((one) => peers.some((other) => !isDenied(denies, one, other, port))),
  );
  assert.equal(found.kind, escapes ? 'uncovered' : 'covered');
  if (found.kind !== 'uncovered') return true;
  const { witness } = found;
  assert.ok(matches(subject, witness.subject) && matches(peer, witness.peer.labels));
  assert.ok(ports.includes(witness.port));
  assert.ok(!isDenied(denies, witness.subject, witness.peer.labels, witness.port));
  return false;
}

const ofA = within(selector(`${NAMESPACE}=a`));

test('a product is covered exactly if brute force finds no escape', () => {
  const counts = { covered: 0, uncovered: 0 };
  const asked = fc.record({
    subject: ofA,
    peer: ofA,
    last: fc.integer({ min: 80, max: 83 }),
    denies: fc.array(someDeny, { maxLength: 8 }),
  });
  fc.assert(
    fc.property(asked, (question) => {
      counts[compare(question) ? 'covered' : 'uncovered'] += 1;
    }),
    { seed: 20261123, numRuns: 2_000 },
  );
  assert.ok(counts.covered > 200 && counts.uncovered > 200, JSON.stringify(counts));
});

test('denies that each take a part of both ends cover exactly if brute force finds no escape', () => {
  const counts = { covered: 0, uncovered: 0 };
  const part = fc
    .constantFrom('k8s:app=x', 'k8s:app=y', 'k8s:app notin x', '!k8s:app', 'k8s:app', 'k8s:tier=x', 'k8s:tier notin x')
    .map((text) => selector(text));
  const partial = fc.record({ subject: part, peer: part }).map(({ subject, peer }) => deny({ subject, peers: [peer] }));
  const inA = selector(`${NAMESPACE}=a`);
  fc.assert(
    fc.property(fc.array(partial, { minLength: 8, maxLength: 24 }), (denies) => {
      const covered = compare({ subject: inA, peer: inA, last: 80, denies });
      counts[covered ? 'covered' : 'uncovered'] += 1;
    }),
    { seed: 20261123, numRuns: 500 },
  );
  assert.ok(counts.covered > 50 && counts.uncovered > 50, JSON.stringify(counts));
});

test('a range about every protocol takes what a rule without ports takes, in a list too', () => {
  const everything: Ports = { kind: 'list', items: [EVERY_PACKET] };
  for (const ports of [range(TCP, 80), range(UDP, 0), EVERY_PACKET]) {
    assert.equal(uncoveredProduct(unit({ ports }), [deny({ ports: everything })], FACTS).kind, 'covered');
  }
});
