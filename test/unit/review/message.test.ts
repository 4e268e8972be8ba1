import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Finding, FindingOf } from '../../../src/checks/check.ts';
import { messageOf } from '../../../src/review/message.ts';
import type { RuleRef } from '../../../src/cilium/objects.ts';
import type { WrittenPeer } from '../../../src/checks/facts/findings/deny-contradiction.ts';

const common = { severity: 'advice', certainty: 'exact', audience: 'author', proposals: [] } as const;
const policy = { kind: 'CiliumNetworkPolicy', namespace: 'team-a', name: 'web' } as const;
const denies = ['a', 'b', 'c', 'd', 'e'].map((name) => ({
  object: { kind: 'CiliumClusterwideNetworkPolicy', name } as const,
  field: 'spec.egressDeny[0]',
}));

/** The end of the message of a dead-today finding. */
function matchedNow(matching: number): string | undefined {
  const message = messageOf({
    ...common,
    id: 'dead-today',
    subject: policy,
    field: 'spec.egress[0].toEndpoints[0]',
    facts: { direction: 'egress', protocol: 'TCP', port: 443 },
    details: { content: '', peer: { kind: 'everybody' }, matching },
    causes: denies.slice(0, 1),
  });
  return / allows nothing today: (.*) denied by CiliumClusterwideNetworkPolicy a spec\.egressDeny\[0\]$/.exec(
    message,
  )?.[1];
}

test('a number of identities is exact below ten, and said to be rounded from there on', () => {
  assert.equal(matchedNow(1), 'the one identity that it matches now is');
  assert.equal(matchedNow(2), 'both identities that it matches now are');
  assert.equal(matchedNow(3), 'all 3 identities that it matches now are');
  assert.equal(matchedNow(20), 'all of about 20 identities that it matches now are');
  assert.equal(matchedNow(37), 'all of about 40 identities that it matches now are');
});

function deadAllow(peer: WrittenPeer, causes: readonly RuleRef[]): string {
  return messageOf({
    ...common,
    id: 'dead-allow',
    subject: policy,
    field: 'spec.egress[0]',
    facts: { direction: 'egress', protocol: 'TCP', port: 443 },
    details: { content: '', peer, unpoliced: 0 },
    causes,
  });
}

test('of many denies the first three are named', () => {
  assert.equal(
    deadAllow({ kind: 'everybody' }, denies),
    'CiliumNetworkPolicy team-a/web spec.egress[0] (to everybody, TCP/443) allows nothing: all that it could allow is denied by ' +
      ['a', 'b', 'c'].map((name) => `CiliumClusterwideNetworkPolicy ${name} spec.egressDeny[0]`).join(', ') +
      ' and 2 more',
  );
});

test('what cannot be seen of a peer shows, and takes no place of what can', () => {
  const labels = [{ key: 'app', operator: 'In', values: ['d\u001b[2Jb\u202e'] }];
  const message = deadAllow({ kind: 'endpoints', labels }, denies.slice(0, 1));
  assert.match(message, /\(to pods with app=d\ufffd\[2Jb\ufffd, TCP\/443\) allows nothing/);
});

describe('a map that is too full', () => {
  const overflow: FindingOf<'policy-map-overflow'> = {
    ...common,
    id: 'policy-map-overflow',
    subject: policy,
    facts: { identity: 4711, endpoints: 4, entriesBefore: 3, entriesAfter: 302, entriesSettled: 152, limit: 256 },
    details: { shares: [99], pod: 'team-a/web-1' },
    causes: [{ object: policy, field: 'spec.ingress[0]' }],
  };
  const saying = (facts: Partial<typeof overflow.facts>, details: Partial<typeof overflow.details> = {}): string =>
    messageOf({ ...overflow, facts: { ...overflow.facts, ...facts }, details: { ...overflow.details, ...details } });

  test('is told with its sizes before and later, an example of its pods, and what fills it', () => {
    assert.equal(
      saying({}),
      'the policy map of identity 4711 needs 302 entries, limit 256 (3 before, and 152 once unused identities are collected), ' +
        'for 4 endpoints such as pod team-a/web-1; 99 % from CiliumNetworkPolicy team-a/web spec.ingress[0]',
    );
  });

  test('that was not there before is compared with nothing', () => {
    assert.match(saying({ entriesBefore: 0 }), /limit 256 \(152 once unused identities are collected\), for /);
    assert.match(saying({ entriesBefore: 0, entriesSettled: 302 }), /302 entries, limit 256, for /);
  });

  test('of an identity without a number is told by a pod', () => {
    assert.match(
      saying({ identity: 'new', endpoints: 1 }),
      /^a policy map needs 302 entries, .* for pod team-a\/web-1;/,
    );
  });

  test('of a host endpoint is told by a node', () => {
    const text = messageOf({ ...overflow, details: { shares: [99], node: 'n1' } });
    assert.match(text, /, for 4 endpoints such as the host endpoint of node n1;/);
  });

  test('says no number twice', () => {
    assert.match(saying({ entriesSettled: 302 }), /limit 256 \(3 before\), for/);
    assert.match(saying({ entriesBefore: 302, entriesSettled: 302 }), /limit 256, for/);
  });

  for (const [certainty, amount] of [
    ['exact', '302'],
    ['lower-bound', 'at least 302'],
    ['upper-bound', 'at most 302'],
    ['estimate', 'about 302'],
    ['unknown', 'perhaps 302'],
  ] as const) {
    test(`by a number that is ${certainty} is told so`, () => {
      const message = messageOf({ ...overflow, certainty });
      assert.ok(message.startsWith(`the policy map of identity 4711 needs ${amount} entries,`), message);
    });
  }

  test('now and later, by lower bounds, is told once', () => {
    const bound = (entriesSettled: number): string =>
      messageOf({ ...overflow, certainty: 'lower-bound', facts: { ...overflow.facts, entriesSettled } });
    assert.match(bound(300), / limit 256 \(3 before\), for /);
    assert.match(bound(152), / limit 256 \(3 before, and at least 152 once unused identities are collected\), for /);
  });

  test('by entries that are from several rules says why the shares are more than all', () => {
    const causes = ['spec.ingress[0]', 'spec.ingress[1]'].map((field) => ({ object: policy, field }));
    const shared = (...shares: readonly number[]): string =>
      messageOf({ ...overflow, causes, details: { ...overflow.details, shares } });
    assert.match(
      shared(99, 90),
      / and 90 % from CiliumNetworkPolicy team-a\/web spec\.ingress\[1\], some from more than one rule$/,
    );
    assert.match(shared(51, 50), / and 50 % from CiliumNetworkPolicy team-a\/web spec\.ingress\[1\]$/);
  });

  test('for prefixes of other tenants is told with who names how many', () => {
    const foreign = {
      prefixes: 12,
      policies: 3,
      namers: [
        { policy: { ...policy, namespace: 'team-b' }, prefixes: 9 },
        { policy: { ...policy, namespace: 'team-c' }, prefixes: 2 },
      ],
    };
    assert.match(
      saying({}, { foreign }),
      /; 12 prefixes in it are named only by other tenants: CiliumNetworkPolicy team-b\/web \(9\), CiliumNetworkPolicy team-c\/web \(2\) and 1 more$/,
    );
  });

  test('whose rules all have a small part never says 0 %', () => {
    assert.match(saying({}, { shares: [0] }), /; less than 1 % from /);
  });
});

test('what is cut off a warning are no figures', () => {
  const name = 'n'.repeat(63);
  const relabel: Finding = {
    ...common,
    id: 'relabel-namespace',
    subject: { kind: 'Namespace', name },
    causes: [],
    facts: {
      podsReidentified: 12_345,
      identitiesMinted: 12_345,
      identitiesMintedWorst: 65_280,
      identitiesOrphaned: 12_345,
      entriesGainedWorst: 16_384,
    },
    details: {},
  };
  assert.match(`[identity-churn/relabel-namespace] ${messageOf(relabel)}`.slice(0, 253), /gains up to about 20000 ent/);
});

test('a namespace that is relabelled tells no exact number of entries in maps of others', () => {
  for (const [entriesGainedWorst, told] of [
    [0, ''],
    [1, '; a policy map gains up to 1 entry'],
    [9, '; a policy map gains up to 9 entries'],
    [37, '; a policy map gains up to about 40 entries'],
    [7_400, '; a policy map gains up to about 7000 entries'],
  ] as const) {
    const relabel: FindingOf<'relabel-namespace'> = {
      ...common,
      id: 'relabel-namespace',
      subject: { kind: 'Namespace', name: 'team-a' },
      causes: [],
      facts: {
        podsReidentified: 200,
        identitiesMinted: 200,
        identitiesMintedWorst: 200,
        identitiesOrphaned: 200,
        entriesGainedWorst,
      },
      details: {},
    };
    assert.ok(messageOf(relabel).endsWith(`, 200 left unused${told}`), messageOf(relabel));
  }
});

test('a pod that is relabelled had an identity with a number, or nothing is said about it', () => {
  const relabel: FindingOf<'relabel-pod'> = {
    ...common,
    id: 'relabel-pod',
    subject: { kind: 'Pod', namespace: 'team-a', name: 'web' },
    facts: { identityBefore: 5004, identityAfter: 'new' },
    details: {},
    causes: [],
  };
  const start = 'the labels give pod web a Cilium identity that does not exist yet';
  assert.equal(messageOf(relabel), `${start}, instead of 5004`);
  const unnumbered: FindingOf<'relabel-pod'> = { ...relabel, facts: { identityBefore: 'new', identityAfter: 'new' } };
  assert.equal(messageOf(unnumbered), start);
});
