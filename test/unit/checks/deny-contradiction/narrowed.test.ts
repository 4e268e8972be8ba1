/**
 * An update is denied for what becomes dead by it: not for what its old form had dead already, however that is written now.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { clusterwidePolicy, namespace, pod, storeWith, type Json } from '../../../support/objects.ts';
import { web } from '../../../support/team-a.ts';
import { findings, submit } from '../../../support/review.ts';

const LIVING = '203.0.113.7/32';

const denies = clusterwidePolicy('deny', {
  endpointSelector: {},
  egressDeny: [{ toCIDR: ['10.0.0.0/8'] }, { toEndpoints: [{ matchLabels: { tier: 'vault' } }] }],
  ingressDeny: [{ fromCIDR: ['10.0.0.0/8'] }],
});

interface Port {
  readonly port: string;
  readonly endPort?: number;
  readonly protocol?: string;
}

function prefixes(toCIDR: readonly string[], ...ports: readonly Port[]): Json {
  return { toCIDR, ...(ports.length === 0 ? {} : { toPorts: [{ ports }] }) };
}

function vault(...requirements: readonly Json[]): Json {
  return { matchLabels: { tier: 'vault' }, matchExpressions: requirements };
}

function among(...values: readonly string[]): Json {
  return { key: 'app', operator: 'In', values };
}

const tcp80: Port = { port: '80', protocol: 'TCP' };
const tcp81: Port = { port: '81', protocol: 'TCP' };
const tcp80to81: Port = { ...tcp80, endPort: 81 };
const PREFIX = '10.1.0.0/16';

interface Case {
  readonly name: string;
  readonly before: Json;
  readonly after: Json;
}

const admitted: readonly Case[] = [
  {
    name: 'writes a port of any protocol as one for each',
    before: web({ egress: [prefixes([PREFIX], { port: '80' })] }),
    after: web({ egress: [prefixes([PREFIX], tcp80, { port: '80', protocol: 'UDP' })] }),
  },
  {
    name: 'writes an interval as its ports',
    before: web({ egress: [prefixes([PREFIX], tcp80to81)] }),
    after: web({ egress: [prefixes([PREFIX], tcp80, tcp81)] }),
  },
  {
    name: 'writes ports as an interval, and the rule twice',
    before: web({ egress: [prefixes([PREFIX], tcp80), prefixes([PREFIX], tcp81)] }),
    after: web({ egress: Array.from({ length: 3 }, () => prefixes([PREFIX], tcp80to81)) }),
  },
  {
    name: 'writes a list of values as selectors',
    before: web({ egress: [{ toEndpoints: [vault(among('x', 'y'))] }] }),
    after: web({ egress: [{ toEndpoints: [vault(among('x')), vault(among('y'))] }] }),
  },
  {
    name: 'writes a prefix as its halves',
    before: web({ egress: [prefixes([PREFIX])] }),
    after: web({ egress: [prefixes(['10.1.0.0/17', '10.1.128.0/17'])] }),
  },
  {
    name: 'drops the living prefix of a list, and all but one port of an interval',
    before: web({ egress: [prefixes([LIVING, PREFIX], { ...tcp80, endPort: 90 })] }),
    after: web({ egress: [prefixes([PREFIX], tcp80)] }),
  },
  {
    name: 'names two ports where it named none',
    before: web({ egress: [prefixes([PREFIX])] }),
    after: web({ egress: [prefixes([PREFIX], tcp80, tcp81)] }),
  },
  {
    name: 'names subjects one by one',
    before: web({ endpointSelector: {}, egress: [prefixes([PREFIX])] }),
    after: web({ egress: [prefixes([PREFIX], tcp80, tcp81)] }),
  },
  {
    name: 'leaves out what the model does not cover',
    before: web({ egress: [{ ...prefixes([PREFIX], tcp80to81), authentication: { mode: 'required' } }] }),
    after: web({ egress: [prefixes([PREFIX], tcp80)] }),
  },
];

const old = web({ egress: [prefixes([PREFIX], tcp80)] });

const denied: readonly Case[] = [
  { name: 'adds a port', before: old, after: web({ egress: [prefixes([PREFIX], tcp80, tcp81)] }) },
  {
    name: 'widens a port beside the old one',
    before: old,
    after: web({ egress: [prefixes([PREFIX], tcp80), prefixes([PREFIX], tcp80to81)] }),
  },
  {
    name: 'adds a protocol',
    before: old,
    after: web({ egress: [prefixes([PREFIX], tcp80, { port: '80', protocol: 'UDP' })] }),
  },
  { name: 'adds a peer', before: old, after: web({ egress: [prefixes([PREFIX, '10.2.0.0/16'], tcp80)] }) },
  {
    name: 'widens a peer beside the old one',
    before: old,
    after: web({ egress: [prefixes([PREFIX, '10.0.0.0/15'], tcp80)] }),
  },
  {
    name: 'adds a direction',
    before: old,
    after: web({
      egress: [prefixes([PREFIX], tcp80)],
      ingress: [{ fromCIDR: [PREFIX], toPorts: [{ ports: [tcp80] }] }],
    }),
  },
  {
    name: 'is about other subjects, and has more',
    before: old,
    after: web({ endpointSelector: {}, egress: [prefixes([PREFIX], tcp80), prefixes([PREFIX], tcp80)] }),
  },
  {
    name: 'leaves only what is denied of what was alive',
    before: web({ egress: [prefixes(['0.0.0.0/0'], tcp80)] }),
    after: web({ egress: [prefixes([PREFIX], tcp80)] }),
  },
  {
    name: 'crosses peers with ports that it had apart',
    before: web({ egress: [prefixes([PREFIX], tcp80), prefixes(['10.2.0.0/16'], tcp81)] }),
    after: web({ egress: [prefixes([PREFIX, '10.2.0.0/16'], tcp80, tcp81)] }),
  },
];

function update({ before, after }: Case, version?: string) {
  const objects = [namespace('team-a'), pod('team-a/web-0', { app: 'web' }), denies, before];
  return submit(version === undefined ? storeWith(objects) : storeWith(objects, version), after, { before });
}

describe('an update that only narrows, or says the same otherwise, is admitted where it', () => {
  for (const entry of admitted) {
    for (const version of ['1.18.8', '1.19.7', '1.20.2']) {
      test(`${entry.name} (${version})`, () => {
        const decision = update(entry, version);
        assert.equal(decision.verdict, 'allow', decision.findings.map(({ message }) => message).join('\n'));
        const severities = findings(decision, 'dead-allow').map(({ severity }) => severity);
        assert.ok(severities.length > 0 && severities.every((severity) => severity === 'advice'));
      });
    }
  }
});

describe('an update is denied where it', () => {
  for (const entry of denied) {
    test(entry.name, () => {
      assert.equal(update(entry).verdict, 'deny');
    });
  }
});

test('only what is new is a violation', () => {
  const after = web({ egress: [prefixes([PREFIX], tcp80), prefixes([PREFIX], tcp81)] });
  assert.deepEqual(
    findings(update({ name: '', before: old, after }), 'dead-allow').map(({ severity, field }) => [severity, field]),
    [
      ['violation', 'spec.egress[1].toCIDR[0]'],
      ['advice', 'spec.egress[0].toCIDR[0]'],
    ],
  );
});
