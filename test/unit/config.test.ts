import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Ajv } from 'ajv';
import { CHECK_IDS } from '../../src/checks/facts/finding-facts.ts';
import { DEFAULT_CHECK_SETTINGS, MODES } from '../../src/checks/settings.ts';
import { formatProblem, loadConfig, readEnvironment } from '../../src/config.ts';
import { DEFAULT_CONFIG, type Config } from '../../src/config/settings.ts';
import { anyText } from '../support/any-text.ts';

const HEAD = 'apiVersion: cilium-bulkhead/v1\nkind: Config\n';

/** A valid start, then these lines. */
function load(...lines: readonly string[]): ReturnType<typeof loadConfig> {
  return loadConfig(HEAD + lines.join('\n'), 'config.yaml');
}

function accepted(...lines: readonly string[]): Config {
  const result = load(...lines);
  if (!result.ok) assert.fail(result.error.map(formatProblem).join('\n'));
  return result.value;
}

function problems(result: ReturnType<typeof loadConfig>): readonly string[] {
  return result.ok ? [] : result.error.map(formatProblem);
}

describe('a configuration that is accepted', () => {
  test('a file that sets nothing gives the defaults', () => {
    assert.deepEqual(accepted(), DEFAULT_CONFIG);
  });

  test('every setting of this version reaches its place', () => {
    const config = accepted(
      'checks:',
      '  identity-churn: { mode: enforce, advice: warn, labelChurn: { unused: 200, ratio: 2.5 } }',
      '  deny-contradiction: { mode: warn }',
      '  policy-map-overflow: { mode: off, advice: record, advicePercent: 75 }',
      '  invalid-policy: { mode: enforce }',
      '  policy-pitfalls: { mode: warn, failOpen: violation }',
      '  reserved-labels: { mode: enforce, advice: warn }',
      '  label-filter: { mode: off }',
      'systemNamespaces: [kube-*, platform]',
      'cilium:',
      '  version: v1.19.7-cee.1',
      '  namespace: cilium',
      '  labelPrefixFile: |',
      '    {"version": 1}',
      'tenants: { label: example.com/tenant }',
    );
    assert.deepEqual(config, {
      checks: {
        modes: {
          'identity-churn': 'enforce',
          'deny-contradiction': 'warn',
          'policy-map-overflow': 'off',
          'invalid-policy': 'enforce',
          'policy-pitfalls': 'warn',
          'reserved-labels': 'enforce',
          'label-filter': 'off',
        },
        adviceAsWarning: new Set(['identity-churn', 'reserved-labels']),
        labelChurn: { unused: 200, ratio: 2.5 },
        mintRate: { perMinute: 60, burst: 120 },
        identityLabels: {},
        policyMapOverflow: { advicePercent: 75 },
        policyPitfalls: { failOpen: 'violation' },
        systemNamespaces: ['kube-*', 'platform'],
      },
      cilium: {
        version: { major: 1, minor: 19, patch: 7 },
        namespace: 'cilium',
        labelPrefixFile: '{"version": 1}\n',
      },
      tenants: { label: 'example.com/tenant' },
    } satisfies Config);
  });

  test('a setting that is left out keeps its default beside one that is given', () => {
    const { checks } = accepted('checks: { identity-churn: { labelChurn: { unused: 9 } } }');
    assert.deepEqual(checks.labelChurn, { unused: 9, ratio: DEFAULT_CHECK_SETTINGS.labelChurn.ratio });
    assert.deepEqual(checks.modes, DEFAULT_CHECK_SETTINGS.modes);
  });

  test('JSON is YAML', () => {
    const text = JSON.stringify({ apiVersion: 'cilium-bulkhead/v1', kind: 'Config', systemNamespaces: [] });
    const result = loadConfig(text, 'config.json');
    assert.deepEqual(result.ok && result.value.checks.systemNamespaces, []);
  });

  test('off is a mode, not a truth value', () => {
    assert.equal(accepted('checks: { reserved-labels: { mode: off } }').checks.modes['reserved-labels'], 'off');
  });
});

describe('a configuration that is refused', () => {
  const table: readonly { name: string; lines: readonly string[]; says: string | readonly string[] }[] = [
    {
      name: 'a misspelt mode',
      lines: ['checks:', '  identity-churn:', '    mode: enfroce'],
      says: 'config.yaml:5:11 checks.identity-churn.mode must be one of off, audit, warn, enforce (is "enfroce")',
    },
    {
      name: 'a misspelt check',
      lines: ['checks:', '  identity-chrun: { mode: audit }'],
      says: 'config.yaml:4:3 checks.identity-chrun is not a known setting; did you mean identity-churn?',
    },
    {
      name: 'a setting in other letters',
      lines: ['checks: { identity-churn: { labelchurn: {} } }'],
      says: 'config.yaml:3:29 checks.identity-churn.labelchurn is not a known setting; did you mean labelChurn?',
    },
    {
      name: 'a key like no other',
      lines: ['cilium: { colour: red }'],
      says: 'config.yaml:3:11 cilium.colour is not a known setting; known here: version, namespace, labelPrefixFile',
    },
    {
      name: 'a key of the prototype',
      lines: ['__proto__: { polluted: true }', 'checks: { constructor: {} }'],
      says: [
        'config.yaml:3:1 __proto__ is not a known setting; known here: apiVersion, kind, checks, systemNamespaces, cilium, tenants',
        'config.yaml:4:11 checks.constructor is not a known setting; known here: identity-churn, deny-contradiction, policy-map-overflow, invalid-policy, policy-pitfalls, reserved-labels, label-filter',
      ],
    },
    {
      name: 'a key that no terminal should see',
      lines: ['"a\\e[31m\\u202eb": 1'],
      says: String.raw`config.yaml:3:1 ["a\u001b[31m\u202eb"] is not a known setting; known here: apiVersion, kind, checks, systemNamespaces, cilium, tenants`,
    },
    {
      name: 'a key that is there twice',
      lines: ['checks: {}', 'checks: {}'],
      says: 'config.yaml:4:1 checks is there twice',
    },
    {
      name: 'a tab',
      lines: ['checks:', '\tidentity-churn: {}'],
      says: 'config.yaml:4:1 a tab cannot indent YAML; use spaces',
    },
    {
      name: 'a version that YAML takes for a number',
      lines: ['cilium: { version: 1.20 }'],
      says: 'config.yaml:3:20 cilium.version must be auto, or a version such as 1.20.2 (is 1.20)',
    },
    {
      name: 'a Cilium that is not modelled',
      lines: ['cilium: { version: 1.17.4 }'],
      says: 'config.yaml:3:20 cilium.version: Cilium 1.17.4 is not supported; supported are 1.18, 1.19, 1.20',
    },
    {
      name: 'a list where a mapping belongs',
      lines: ['checks: [identity-churn]'],
      says: 'config.yaml:3:9 checks must be a mapping (is a list of 1)',
    },
    {
      name: 'a section with nothing in it',
      lines: ['checks:', 'cilium: { namespace: kube-system }'],
      says: 'config.yaml:3:8 checks must be a mapping (is empty)',
    },
    {
      name: 'a number outside its range',
      lines: ['checks: { policy-map-overflow: { advicePercent: 120 } }'],
      says: 'config.yaml:3:49 checks.policy-map-overflow.advicePercent must be a whole number from 1 to 100 (is 120)',
    },
    {
      name: 'a number that is none',
      lines: ['checks: { identity-churn: { labelChurn: { unused: 2.5, ratio: .inf } } }'],
      says: [
        'config.yaml:3:51 checks.identity-churn.labelChurn.unused must be a whole number from 1 (is 2.5)',
        'config.yaml:3:63 checks.identity-churn.labelChurn.ratio must be a number from 0 (is .inf)',
      ],
    },
    {
      name: 'a tenant label that no namespace can have',
      lines: ['tenants: { label: "tenant=web" }'],
      says: 'config.yaml:3:19 tenants.label must be a label key such as tenant or example.com/tenant (is "tenant=web")',
    },
    {
      name: 'a pattern that takes in every namespace',
      lines: ['systemNamespaces:', '  - kube-*', '  - "*"'],
      says: 'config.yaml:5:5 systemNamespaces[1] must be a namespace name, or a prefix such as kube-* (is "*")',
    },
    {
      name: 'an alias',
      lines: ['checks:', '  identity-churn: &strict { mode: enforce }', '  reserved-labels: *strict'],
      says: 'config.yaml:5:20 aliases are not supported; write out what "*strict" stands for',
    },
    {
      name: 'an explicit type that passes for a mapping',
      lines: ['checks: !!set { identity-churn }'],
      says: 'config.yaml:3:15 explicit types are not supported; leave out "tag:yaml.org,2002:set"',
    },
    {
      name: 'a merge key',
      lines: ['<<: { checks: {} }'],
      says: 'config.yaml:3:1 ["<<"] is not a known setting; known here: apiVersion, kind, checks, systemNamespaces, cilium, tenants',
    },
    {
      name: 'a second document',
      lines: ['---', 'kind: Config'],
      says: 'config.yaml:3:1 the configuration must be one YAML document',
    },
    {
      name: 'a list as key',
      lines: ['? [checks]', ': {}'],
      says: 'config.yaml:3:3 a key must be a word',
    },
  ];
  for (const { name, lines, says } of table) {
    test(`${name} is named with its place`, () => {
      assert.deepEqual(problems(load(...lines)), typeof says === 'string' ? [says] : says);
    });
  }

  test('an empty file is not taken for the defaults', () => {
    assert.deepEqual(problems(loadConfig('', 'config.yaml')), [
      'config.yaml:1:1 the configuration must be a mapping (is empty)',
    ]);
  });

  test('a file of another kind is refused, with both problems', () => {
    assert.deepEqual(problems(loadConfig('apiVersion: v1\nkind: ConfigMap\n', 'config.yaml')), [
      'config.yaml:1:13 apiVersion must be cilium-bulkhead/v1 (is "v1")',
      'config.yaml:2:7 kind must be Config (is "ConfigMap")',
    ]);
  });

  test('what has to be there is asked for', () => {
    assert.deepEqual(problems(loadConfig('kind: Config\n', 'config.yaml')), ['config.yaml:1:1 apiVersion is missing']);
  });

  test('all problems come together, in the order of the file', () => {
    const lines = problems(load('systemNamespaces: no', 'checks: { nothing: 1 }', 'cilium: { namespace: 7 }'));
    assert.deepEqual(
      lines.map((line) => line.split(' ', 1)[0]),
      ['config.yaml:3:19', 'config.yaml:4:11', 'config.yaml:5:22'],
    );
  });
});

describe('what a later version will support', () => {
  const later = [
    'maxMode: audit',
    'enforceObjectsCreatedAfter: 2026-12-01T00:00:00Z',
    'tenants: { overrides: [] }',
    'exemptions: []',
    'staleAfter: 180s',
    'docsUrl: https://example.com/docs',
    'workloads: []',
    'unknown: { policies: allow }',
    'identityLabels: { allowed: [app] }',
    'identityBudget: 2000',
    'cilium: { fqdnIdentitiesPerSelector: 2 }',
    'checks: { identity-churn: { mintRate: { perMinute: 60, burst: 120 } } }',
  ];
  for (const line of later) {
    test(`"${line}" is refused, not ignored`, () => {
      const [first, ...rest] = problems(load(line));
      assert.match(first ?? '', / is not supported yet by this version$/);
      assert.deepEqual(rest, []);
    });
  }

  test('the place is the key', () => {
    assert.deepEqual(problems(load('checks: { identity-churn: { mintRate: { burst: 1 } } }')), [
      'config.yaml:3:29 checks.identity-churn.mintRate is not supported yet by this version',
    ]);
  });
});

describe('a hostile file', () => {
  const table: readonly { name: string; text: string }[] = [
    { name: 'a bomb of aliases', text: `${HEAD}a: &a [x, x]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n` },
    { name: 'brackets without end', text: '['.repeat(100_000) },
    { name: 'lists in lists', text: '- '.repeat(100_000) },
    { name: 'keys of keys', text: '? '.repeat(20_000) },
    { name: 'a NUL', text: `${HEAD}\u0000` },
    { name: 'an alias without anchor', text: `${HEAD}checks: *nowhere` },
    { name: 'a file beyond the limit', text: ' '.repeat(300 * 1024) },
  ];
  for (const { name, text } of table) {
    test(`${name} is a problem, not an exception`, () => {
      const lines = problems(loadConfig(text, 'config.yaml'));
      assert.ok(lines.length >= 1 && lines.length <= 21, `${lines.length} problems`);
    });
  }

  test('ten thousand unknown keys are a short answer', () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => `k${index}: 1`);
    const lines = problems(load(...keys));
    assert.equal(lines.length, 21);
    assert.match(lines[0] ?? '', /^config\.yaml:3:1 k0 /);
    assert.match(lines[20] ?? '', /and more problems/);
  });

  test('no text makes it throw, and a refusal has a place and no control character', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'checks',
        'mode',
        'enforce',
        'cilium',
        'version',
        ': ',
        '\n',
        '  ',
        '- ',
        '{',
        '}',
        '[',
        ']',
        '&a ',
        '*a',
      ),
      fc.constantFrom('"', "'", '|', '>', '!!set ', '#', '? ', '%', '\t', '\u001b[2J', '\u0000', '__proto__'),
      anyText({ maxLength: 8 }),
    );
    const text = fc.array(word, { maxLength: 40 }).map((words) => words.join(''));
    fc.assert(
      fc.property(text, fc.boolean(), (body, withHead) => {
        for (const problem of problems(loadConfig(withHead ? HEAD + body : body, 'config.yaml'))) {
          assert.match(problem, /^config\.yaml:[1-9]\d*:[1-9]\d* [^\p{C}]+$/u);
        }
      }),
      { seed: 20260101, numRuns: 500 },
    );
  });
});

describe('the published schema', () => {
  const schema = JSON.parse(readFileSync(new URL('../../schemas/config.schema.json', import.meta.url), 'utf8')) as {
    readonly definitions: { readonly mode: { readonly enum: readonly string[] } };
    readonly properties: {
      readonly checks: { readonly properties: Readonly<Record<string, { readonly $ref?: string }>> };
    };
  };

  test('stands alone in a strict validator', () => {
    assert.doesNotThrow(() => new Ajv({ strict: true }).compile(schema));
  });

  test('knows the modes and the checks of the code', () => {
    const checks = Object.entries(schema.properties.checks.properties);
    assert.deepEqual(schema.definitions.mode.enum, MODES);
    assert.deepEqual(
      checks.filter(([, check]) => check.$ref === undefined).map(([id]) => id),
      CHECK_IDS,
    );
  });

  test('states the defaults that the code has', () => {
    const { checks, systemNamespaces, cilium } = JSON.parse(JSON.stringify(schema.properties)) as Record<
      string,
      unknown
    > as {
      readonly checks: {
        properties: Record<
          string,
          { properties: Record<string, { default: unknown; properties: Record<string, { default: unknown }> }> }
        >;
      };
      readonly systemNamespaces: { default: unknown };
      readonly cilium: { properties: Record<string, { default: unknown }> };
    };
    const churn = checks.properties['identity-churn']?.properties['labelChurn']?.properties;
    assert.deepEqual(
      {
        labelChurn: { unused: churn?.['unused']?.default, ratio: churn?.['ratio']?.default },
        advicePercent: checks.properties['policy-map-overflow']?.properties['advicePercent']?.default,
        systemNamespaces: systemNamespaces.default,
        namespace: cilium.properties['namespace']?.default,
      },
      {
        labelChurn: DEFAULT_CHECK_SETTINGS.labelChurn,
        advicePercent: DEFAULT_CHECK_SETTINGS.policyMapOverflow.advicePercent,
        systemNamespaces: DEFAULT_CHECK_SETTINGS.systemNamespaces,
        namespace: DEFAULT_CONFIG.cilium.namespace,
      },
    );
  });
});

describe('the environment', () => {
  test('NO_COLOR counts when it is not empty', () => {
    assert.deepEqual(readEnvironment({ NO_COLOR: '1' }), { noColor: true });
    assert.deepEqual(readEnvironment({ NO_COLOR: '' }), { noColor: false });
    assert.deepEqual(readEnvironment({}), { noColor: false });
  });
});
