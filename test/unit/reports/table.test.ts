import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Rendered } from '../../../src/reports/renderer.ts';
import { tableRenderer } from '../../../src/reports/table.ts';
import { ansi, plain } from '../../../src/reports/table/paint.ts';
import { assertGolden } from './golden.ts';
import {
  CHECK_EXAMPLE,
  checkResult,
  DEAD_ALLOW,
  DEAD_TODAY,
  decision,
  entry,
  finding,
  judged,
  FLOW_EXAMPLE,
  MAP_EXAMPLE,
  mapExplanation,
  OVERFLOW,
  POD_EXAMPLE,
  podExplanation,
  ref,
  report,
  REPORT_EXAMPLE,
  rule,
} from './results.ts';
import { anyText } from '../../support/any-text.ts';

const wide = tableRenderer({ width: 100, paint: plain });
const unwrapped = tableRenderer({ width: Infinity, paint: plain });

const EXAMPLES: readonly { readonly name: string; readonly result: Rendered }[] = [
  { name: 'check', result: CHECK_EXAMPLE },
  { name: 'report', result: REPORT_EXAMPLE },
  { name: 'pod', result: POD_EXAMPLE },
  { name: 'map', result: MAP_EXAMPLE },
  { name: 'flow', result: FLOW_EXAMPLE },
];

describe('what a person reads', () => {
  for (const { name, result } of EXAMPLES) {
    test(`${name} at 100 columns`, () => assertGolden(`${name}.txt`, wide(result)));

    test(`${name} at 60 columns breaks no word`, () => {
      const text = tableRenderer({ width: 60, paint: plain })(result);
      assertGolden(`${name}-narrow.txt`, text);
      const words = (lines: string): readonly string[] => lines.split(/\s+/).sort();
      assert.deepEqual(words(text), words(wide(result)));
    });

    test(`${name} in colour has the same letters`, () => {
      const colour = tableRenderer({ width: 100, paint: ansi })(result);
      assert.notEqual(colour, wide(result));
      assert.equal(colour.replace(/\u001b\[[0-9;]*m/g, ''), wide(result));
    });
  }

  test('results with nothing in them still say so', () => {
    const texts = [checkResult(), report(), podExplanation(), mapExplanation()].map(wide);
    assertGolden('empty.txt', texts.join('\n'));
  });
});

describe('check', () => {
  const denied = judged({ decision: decision({ verdict: 'deny', findings: [DEAD_ALLOW] }) });

  test('a finding about another object names it', () => {
    assert.match(unwrapped(checkResult(denied)), /^ +on {2}CiliumNetworkPolicy\/team-a\/web$/m);
  });

  test('a finding about the object itself does not repeat its name', () => {
    assert.doesNotMatch(wide(CHECK_EXAMPLE), /^ +on {2}/m);
  });

  test('what is for the platform team is named and counted, and not shown', () => {
    const text = unwrapped(checkResult(judged({ decision: decision({ findings: [DEAD_TODAY] }) })));
    assert.ok(!text.includes(DEAD_TODAY.message));
    assert.match(text, /^ +platform {2}advice dead-today, for the platform team \(-o json shows it\)$/m);
    assert.match(text, /no findings, 1 for the platform team/);
  });

  test('an object that no check looked at says why, and is not summed up as if it were clean', () => {
    const text = wide(checkResult(judged({ notJudged: 'a deletion' }), judged()));
    assert.match(text, /^allow {2}Pod\/team-a\/web-0 {2}create; not judged: a deletion$/m);
    assert.match(text, /^2 objects: none denied, no findings, 1 not judged\.$/m);
  });

  test('a warning without a finding is shown', () => {
    const text = unwrapped(checkResult(judged({ decision: decision({ warnings: ['exemption "x" has expired'] }) })));
    assert.match(text, /^ +warning {2}exemption "x" has expired$/m);
  });

  test('a disagreement of the two evaluators is called a bug', () => {
    const replayMismatches = [{ finding: 'dead-allow' as const, detail: 'the replay allows TCP 80' }];
    const text = unwrapped(checkResult(judged({ decision: decision({ replayMismatches }) })));
    assert.match(text, /^ +bug {2}the second evaluator disagrees about dead-allow: the replay allows TCP 80\./m);
  });

  test('the end of a flow without a pod is its labels', () => {
    const labels = [
      { source: 'k8s', key: 'app', value: 'web' },
      { source: 'reserved', key: 'init', value: '' },
    ];
    const flow = { direction: 'ingress', protocol: 47, port: 0 } as const;
    const witness = {
      ...flow,
      source: { kind: 'endpoint', labels },
      destination: { kind: 'endpoint', labels, pod: 'a/b' },
    } as const;
    const text = unwrapped(checkResult(judged({ decision: decision({ findings: [finding({ witness })] }) })));
    assert.match(text, /example {2}ingress from \{k8s:app=web reserved:init\} to pod a\/b, 47 any port$/m);
  });
});

describe('audit', () => {
  test('a violation comes before the advice of its namespace', () => {
    const findings = [OVERFLOW, { ...DEAD_ALLOW, denies: false }];
    const text = unwrapped(report({ findings }));
    assert.ok(text.indexOf(DEAD_ALLOW.message) < text.indexOf(OVERFLOW.message));
  });

  test('namespaces are in order, clusterwide objects last, a Namespace in its own place', () => {
    const subjects = [
      ref('CiliumClusterwideNetworkPolicy', 'x'),
      ref('Pod', 'b/p'),
      ref('Namespace', 'c'),
      ref('Pod', 'a/p'),
    ];
    const text = unwrapped(report({ findings: subjects.map((subject) => finding({ subject })) }));
    const headings = text.split('\n').filter((line) => line.endsWith('  1 violation'));
    assert.deepEqual(
      headings.map((line) => line.split(' ')[0]),
      ['a', 'b', 'c', 'clusterwide'],
    );
  });

  test('what is for the platform team is shown', () => {
    assert.ok(unwrapped(report({ findings: [DEAD_TODAY] })).includes(DEAD_TODAY.message));
  });

  test('a map below its limit is never called full, nor one with entries empty', () => {
    const policyMaps = [16_385, 16_384, 16_383, 1, 0].map((entries) => ({
      identity: 1,
      namespace: 'n',
      endpoints: 1,
      entries,
      certainty: 'exact' as const,
      doubts: [],
    }));
    const text = unwrapped(report({ capacity: { ...report().capacity, policyMaps } }));
    const shares = [...text.matchAll(/(\S+ %) {2}exact +1 +1 {2}namespace n$/gm)].map(([, share]) => share);
    assert.deepEqual(shares, ['100 %', '100 %', '99 %', '<1 %', '0 %']);
  });
});

describe('explain', () => {
  const identities: readonly { readonly identities: readonly number[]; readonly says: string }[] = [
    { identities: [7], says: '7' },
    { identities: [7, 9], says: '7, 9 (the same labels, allocated more than once)' },
    { identities: [], says: 'none yet: this pod would mint one' },
  ];
  for (const { identities: numbers, says } of identities) {
    test(`a pod whose key has ${numbers.length} identities says "${says}"`, () => {
      assert.equal(unwrapped(podExplanation({ identities: numbers })).split('\n')[2], `   identity  ${says}`);
    });
  }

  test('a pod without a key has no identity, and the scope says why', () => {
    const pod = ref('Pod', 'team-a/web-0');
    const parts = { kind: 'PodExplanation', pod, ciliumVersion: '1.20.2', certainty: 'exact', labels: [] } as const;
    const text = unwrapped({ ...parts, scope: 'hostNetwork: the pod has the identity of its node', identities: [] });
    assert.match(text, /^ {3}identity {2}none\n {6}scope {2}hostNetwork: /m);
  });

  const ports: readonly {
    readonly protocol: number;
    readonly port: number;
    readonly prefixLength: number;
    readonly says: string;
  }[] = [
    { protocol: 0, port: 0, prefixLength: 0, says: 'any port' },
    { protocol: 6, port: 0, prefixLength: 0, says: 'TCP any port' },
    { protocol: 132, port: 80, prefixLength: 16, says: 'SCTP 80' },
    { protocol: 17, port: 8_080, prefixLength: 15, says: 'UDP 8080-8081' },
    { protocol: 6, port: 32_768, prefixLength: 1, says: 'TCP 32768-65535' },
    { protocol: 58, port: 0, prefixLength: 16, says: 'ICMPv6 0' },
  ];
  for (const { says, ...parts } of ports) {
    test(`a port prefix of ${parts.prefixLength} bits at ${parts.port} is "${says}"`, () => {
      const text = unwrapped(mapExplanation({ entries: [entry(parts)] }));
      assert.ok(text.includes(`1  allow ${says} from any peer\n`), text);
    });
  }

  test('entries of the same rules are one group, of other rules another, the larger one first', () => {
    const object = ref('NetworkPolicy', 'a/b');
    const entries = ['x', 'y', 'y'].map((field, identity) => entry({ identity, rules: [rule(object, field)] }));
    const text = unwrapped(mapExplanation({ entries }));
    assert.ok(
      text.indexOf('2  allow any port from identity 1, identity 2') < text.indexOf('1  allow any port from any peer'),
    );
  });

  test('a group with thousands of ports and peers is a short line', () => {
    const entries = Array.from({ length: 5_000 }, (_, index) =>
      entry({ identity: 1_000 + index, protocol: 6, port: index, prefixLength: 16 }),
    );
    const text = unwrapped(mapExplanation({ entries }));
    assert.match(text, /5,000 {2}allow TCP 0, TCP 1, TCP 2, TCP 3 and 4,996 more from 5,000 identities$/m);
  });
});

describe('hostile names', () => {
  /** Every place where text of an object reaches a report. */
  function everywhere(text: string): readonly Rendered[] {
    const object = { kind: 'Pod', namespace: text, name: text } as const;
    const label = { source: text, key: text, value: text };
    const end = { kind: 'endpoint', labels: [label] } as const;
    const found = finding({
      subject: object,
      field: text,
      message: text,
      causes: [rule(object, text)],
      fix: { kind: 'words', text },
      witness: { direction: 'ingress', source: end, destination: { ...end, pod: text }, protocol: 6, port: 1 },
    });
    const unknowns = [{ reason: text, path: text }];
    return [
      checkResult(
        judged({
          object: { apiVersion: text, ...object },
          origin: { file: text, line: 1 },
          decision: decision({ findings: [found], unknowns }),
        }),
        judged({ decision: decision({ warnings: [text] }) }),
      ),
      report({
        ciliumVersion: text,
        findings: [found, finding({ subject: { kind: 'Namespace', name: text } })],
        unknowns,
        capacity: {
          ...report().capacity,
          policyMaps: [
            { identity: 1, namespace: text, endpoints: 1, entries: 1, certainty: 'estimate', doubts: [text] },
          ],
        },
      }),
      podExplanation({
        pod: object,
        ciliumVersion: text,
        scope: text,
        labels: [true, false].map((kept) => ({ label: text, kept, rule: text })),
      }),
      mapExplanation({
        labels: [text],
        entries: [entry({ identity: 1, labels: [`reserved:${text}`], rules: [rule(object, text)] })],
        unsupported: [{ object, field: text, feature: text }],
      }),
    ];
  }

  test('no control character, no line that ends in a space, no blank start', () => {
    const text = fc.oneof(
      anyText({ maxLength: 40 }),
      fc.constantFrom(
        '\u001b]0;owned\u0007',
        'a\u202eb',
        'x\r\nallow  Pod/b',
        '\u009b2J',
        'a\ud800',
        '__proto__',
        ' ',
        '',
      ),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 200 }), (hostile, width) => {
        for (const result of everywhere(hostile)) {
          const rendered = tableRenderer({ width, paint: plain })(result);
          assert.ok(rendered.endsWith('\n') && !rendered.startsWith('\n'));
          assert.match(rendered, /^(?:[^\p{C}\p{Zl}\p{Zp}]|\n)*$/u);
          assert.doesNotMatch(rendered, /[ \t]$/m);
        }
      }),
      { seed: 20260101, numRuns: 300 },
    );
  });

  test('a name cannot add a line of its own', () => {
    const name = 'web\n\nallow  Pod/team-b/db';
    const lines = unwrapped(checkResult(judged({ object: { apiVersion: 'v1', kind: 'Pod', name } }))).split('\n');
    assert.deepEqual(lines, [
      'allow  Pod/web\ufffd\ufffdallow  Pod/team-b/db  create',
      '',
      '1 object: none denied, no findings.',
      '',
    ]);
  });

  test('a name of a megabyte is cut', () => {
    const text = unwrapped(
      checkResult(judged({ object: { apiVersion: 'v1', kind: 'Pod', name: 'x'.repeat(1_000_000) } })),
    );
    assert.ok(text.length < 3_000, `${text.length} characters`);
  });
});
