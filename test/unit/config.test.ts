import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Ajv } from 'ajv';
import { CHECK_IDS } from '../../src/checks/facts/finding-facts.ts';
import { DEFAULT_CHECK_SETTINGS, MODES, type CheckSettings } from '../../src/checks/settings.ts';
import type { Tenant } from '../../src/cluster/tenant.ts';
import { formatProblem, loadConfig } from '../../src/config.ts';
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

const KNOWN =
  'apiVersion, kind, maxMode, checks, enforceObjectsCreatedAfter, tenants, exemptions, systemNamespaces, staleAfter, docsUrl, workloads, unknown, cilium';

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
      '  identity-churn:',
      '    { mode: enforce, advice: warn, labelChurn: { unused: 200, ratio: 2.5 }, mintRate: { burst: 9 }, identityLabels: { allowed: [app] } }',
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
      '  fqdnIdentitiesPerSelector: 5',
      'maxMode: warn',
      'enforceObjectsCreatedAfter: 2026-12-01T00:00:00Z',
      'tenants:',
      '  label: example.com/tenant',
      '  overrides:',
      '    - tenants: [label/ci, namespace/team-a]',
      '      checks: { identity-churn: { mode: audit, advice: record, labelChurn: { unused: 500 } } }',
      '      identityBudget: 2000',
      '      identityLabels: { allowed: [app, tier] }',
      'exemptions:',
      '  - name: velero-restore',
      '    checks: [deny-contradiction, policy-map-overflow]',
      '    serviceAccounts: [velero/velero]',
      '    groups: [restorers]',
      '    tenants: [cluster]',
      '    reason: "restores put back what was there (OPS-1432)"',
      '    expires: 2027-01-31',
      'staleAfter: 5m',
      'docsUrl: https://example.com/docs',
      'workloads: [{ group: argoproj.io, version: v1alpha1, kind: Rollout, template: .spec.template }]',
      'unknown: { policies: deny }',
    );
    const everybody = config.checks;
    const ci: CheckSettings = {
      ...everybody,
      modes: { ...everybody.modes, 'identity-churn': 'audit' },
      adviceAsWarning: new Set(['reserved-labels']),
      labelChurn: { unused: 500, ratio: 2.5 },
      identityBudget: 2000,
      identityLabels: { allowed: ['app', 'tier'] },
    };
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
        mintRate: { perMinute: 60, burst: 9 },
        identityLabels: { allowed: ['app'] },
        policyMapOverflow: { advicePercent: 75 },
        policyPitfalls: { failOpen: 'violation' },
        systemNamespaces: ['kube-*', 'platform'],
      },
      staleAfterMs: 300_000,
      cilium: {
        version: { major: 1, minor: 19, patch: 7 },
        namespace: 'cilium',
        labelPrefixFile: '{"version": 1}\n',
        fqdnIdentitiesPerSelector: 5,
      },
      rules: {
        maxMode: 'warn',
        tenants: new Map([
          ['label/ci' as Tenant, ci],
          ['namespace/team-a' as Tenant, ci],
        ]),
        exemptions: [
          {
            name: 'velero-restore',
            reason: 'restores put back what was there (OPS-1432)',
            expires: Date.parse('2027-02-01T00:00:00Z'),
            checks: new Set(['deny-contradiction', 'policy-map-overflow']),
            requesters: {
              users: new Set(['system:serviceaccount:velero:velero']),
              groups: new Set(['restorers']),
            },
            tenants: new Set(['cluster' as Tenant]),
          },
        ],
        createdAfter: Date.parse('2026-12-01T00:00:00Z'),
        unknownPolicies: 'deny',
      },
      tenants: { label: 'example.com/tenant' },
      workloads: [{ group: 'argoproj.io', version: 'v1alpha1', kind: 'Rollout', template: ['spec', 'template'] }],
      docsUrl: 'https://example.com/docs',
    } satisfies Config);
  });

  test('a setting that is left out keeps its default beside one that is given', () => {
    const { checks } = accepted('checks: { identity-churn: { labelChurn: { unused: 9 } } }');
    assert.deepEqual(checks.labelChurn, { unused: 9, ratio: DEFAULT_CHECK_SETTINGS.labelChurn.ratio });
    assert.deepEqual(checks.modes, DEFAULT_CHECK_SETTINGS.modes);
  });

  test('the namespace of Cilium is a system namespace, unless the file lists them', () => {
    const listed = (...lines: readonly string[]) => accepted(...lines).checks.systemNamespaces;
    assert.deepEqual(listed('cilium: { namespace: networking }'), ['kube-*', 'cilium-*', 'networking']);
    assert.deepEqual(listed('cilium: { namespace: cilium-a }'), ['kube-*', 'cilium-*']);
    assert.deepEqual(listed('systemNamespaces: [own]', 'cilium: { namespace: networking }'), ['own']);
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
      name: 'a workload that every cluster has',
      lines: ['workloads:', '  - { group: apps, version: v1, kind: Deployment, template: .spec.template }'],
      says: 'config.yaml:4:39 workloads[0].kind: Deployment of apps is read without being named here',
    },
    {
      name: 'a workload of a group that no custom resource has',
      lines: ['workloads:', '  - { group: argoproj, version: v1, kind: Rollout, template: .spec.template }'],
      says: 'config.yaml:4:14 workloads[0].group: a group of custom resources has a dot, and "argoproj" has none',
    },
    {
      name: 'a workload that stands there twice',
      lines: [
        'workloads:',
        '  - { group: argoproj.io, version: v1, kind: Rollout, template: .spec.template }',
        '  - { group: argoproj.io, version: v2, kind: Rollout, template: .spec.template }',
        '  - { group: argoproj.io, version: v1, kind: Rollout, template: .spec.other }',
      ],
      says: 'config.yaml:6:46 workloads[2].kind: Rollout of argoproj.io/v1 stands here already',
    },
    {
      name: 'a path that is none, or too deep',
      lines: [
        'workloads:',
        '  - { group: a.io, version: v1, kind: A, template: spec.template }',
        `  - { group: a.io, version: v1, kind: B, template: ${'.a'.repeat(11)} }`,
      ],
      says: [
        'config.yaml:4:52 workloads[0].template must be a path such as .spec.template, of at most ten fields (is "spec.template")',
        `config.yaml:5:52 workloads[1].template must be a path such as .spec.template, of at most ten fields (is "${'.a'.repeat(11)}")`,
      ],
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
      says: 'config.yaml:3:11 cilium.colour is not a known setting; known here: version, namespace, labelPrefixFile, fqdnIdentitiesPerSelector',
    },
    {
      name: 'a key of the prototype',
      lines: ['__proto__: { polluted: true }', 'checks: { constructor: {} }'],
      says: [
        `config.yaml:3:1 __proto__ is not a known setting; known here: ${KNOWN}`,
        'config.yaml:4:11 checks.constructor is not a known setting; known here: identity-churn, deny-contradiction, policy-map-overflow, invalid-policy, policy-pitfalls, reserved-labels, label-filter',
      ],
    },
    {
      name: 'a key that no terminal should see',
      lines: ['"a\\e[31m\\u202eb": 1'],
      says: String.raw`config.yaml:3:1 ["a\u001b[31m\u202eb"] is not a known setting; known here: apiVersion, kind, maxMode, checks, enforceObjectsCreatedAfter, tenants, exemptions, systemNamespaces, staleAfter, docsUrl, workloads, unknown, cilium`,
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
      name: 'a tenant with two overrides, each of a tenant that nobody can be',
      lines: ['tenants:', '  overrides:', '    - tenants: [label/ci]', '    - tenants: [cluster, label/ci]'],
      says: [
        'config.yaml:5:17 tenants.overrides[0].tenants[0]: no tenant has such a name: tenants.label is not set',
        'config.yaml:6:26 tenants.overrides[1].tenants[1]: no tenant has such a name: tenants.label is not set',
        'config.yaml:6:26 tenants.overrides[1].tenants[1]: label/ci has an override already',
      ],
    },
    {
      name: 'a tenant that is called in no way that tenants are',
      lines: ['tenants: { overrides: [{ tenants: [ci] }] }'],
      says: 'config.yaml:3:36 tenants.overrides[0].tenants[0] must be label/<value>, namespace/<name> or cluster (is "ci")',
    },
    {
      name: 'what an override says twice',
      lines: [
        'tenants:',
        '  overrides:',
        '    - tenants: [cluster]',
        '      checks: { identity-churn: { identityLabels: { allowed: [app] } } }',
        '      identityLabels: { allowed: [] }',
      ],
      says: 'config.yaml:7:23 tenants.overrides[0].identityLabels: checks.identity-churn.identityLabels says it already',
    },
    {
      name: 'an exemption without reason and end',
      lines: ['exemptions:', '  - name: velero', '    users: [velero]'],
      says: ['config.yaml:4:5 exemptions[0].reason is missing', 'config.yaml:4:5 exemptions[0].expires is missing'],
    },
    {
      name: 'an exemption of nobody, and one of an empty list',
      lines: [
        'exemptions:',
        '  - { name: all, reason: none, expires: 2027-01-31 }',
        '  - { name: all, reason: none, expires: 2027-01-31, users: [] }',
      ],
      says: 'config.yaml:5:60 exemptions[1].users must be a list of 1 to 1000 items (is a list of 0)',
    },
    {
      name: 'an exemption that everybody would have, and a name that is there twice',
      lines: [
        'exemptions:',
        '  - { name: all, reason: none, expires: 2027-01-31 }',
        '  - { name: all, reason: none, expires: 2027-01-31, users: [velero] }',
      ],
      says: [
        'config.yaml:4:5 exemptions[0]: exempts nobody: serviceAccounts, users, groups or tenants must say whom',
        'config.yaml:5:13 exemptions[1].name: all is there twice',
      ],
    },
    {
      name: 'an exemption from what is no check',
      lines: ['exemptions: [{ name: a, reason: b, expires: 2027-01-31, users: [c], checks: [identity-chrun] }]'],
      says: `config.yaml:3:78 exemptions[0].checks[0] must be one of ${CHECK_IDS.join(', ')} (is "identity-chrun")`,
    },
    {
      name: 'a day that does not exist',
      lines: [
        'enforceObjectsCreatedAfter: 2026-02-30T00:00:00Z',
        'exemptions: [{ name: a, reason: b, expires: 2027-13-01, users: [c] }]',
      ],
      says: [
        'config.yaml:3:29 enforceObjectsCreatedAfter: there is no day 2026-02-30T00:00:00Z',
        'config.yaml:4:45 exemptions[0].expires: there is no day 2027-13-01',
      ],
    },
    {
      name: 'an end that is no time',
      lines: ['exemptions: [{ name: a, reason: b, expires: never, users: [c] }]'],
      says: 'config.yaml:3:45 exemptions[0].expires must be a day such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z (is "never")',
    },
    {
      name: 'an address that a terminal would not open',
      lines: ['docsUrl: docs'],
      says: 'config.yaml:3:10 docsUrl must be an address such as https://example.com/docs (is "docs")',
    },
    {
      name: 'an address that is none, though it looks like one',
      lines: ['docsUrl: "https://[docs"'],
      says: 'config.yaml:3:10 docsUrl: must be an address such as https://example.com/docs',
    },
    {
      name: 'an address of which nobody can go on to a page',
      lines: ['docsUrl: https://example.com/docs?version=1'],
      says: 'config.yaml:3:10 docsUrl: must not have a query or a fragment: paths of pages are added to it',
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
      says: `config.yaml:3:1 ["<<"] is not a known setting; known here: ${KNOWN}`,
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

describe('a moment', () => {
  const expiryOf = (text: string): number | undefined =>
    accepted(`exemptions: [{ name: a, reason: b, users: [c], expires: ${text} }]`).rules.exemptions[0]?.expires;

  test('at which an exemption expires is the end of a day in UTC, or a time', () => {
    assert.equal(expiryOf('2027-01-31'), Date.parse('2027-02-01T00:00:00Z'));
    assert.equal(expiryOf('2027-01-31T12:00:00+02:00'), Date.parse('2027-01-31T10:00:00Z'));
  });

  test('from which on objects are judged in earnest is the start of a day', () => {
    const { createdAfter } = accepted('enforceObjectsCreatedAfter: 2026-12-01').rules;
    assert.equal(createdAfter, Date.parse('2026-12-01T00:00:00Z'));
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
    readonly definitions: Readonly<Record<'mode' | 'check', { readonly enum: readonly string[] }>>;
    readonly properties: {
      readonly maxMode: { readonly enum: readonly string[] };
      readonly checks: { readonly properties: Readonly<Record<string, { readonly $ref?: string }>> };
    };
  };

  test('stands alone in a strict validator', () => {
    assert.doesNotThrow(() => new Ajv({ strict: true }).compile(schema));
  });

  test('knows the modes and the checks of the code', () => {
    const checks = Object.entries(schema.properties.checks.properties);
    assert.deepEqual(schema.definitions.mode.enum, MODES);
    assert.deepEqual(schema.properties.maxMode.enum, MODES);
    assert.deepEqual(schema.definitions.check.enum, CHECK_IDS);
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
    const rate = checks.properties['identity-churn']?.properties['mintRate']?.properties;
    assert.deepEqual(
      {
        labelChurn: { unused: churn?.['unused']?.default, ratio: churn?.['ratio']?.default },
        mintRate: { perMinute: rate?.['perMinute']?.default, burst: rate?.['burst']?.default },
        advicePercent: checks.properties['policy-map-overflow']?.properties['advicePercent']?.default,
        systemNamespaces: systemNamespaces.default,
        namespace: cilium.properties['namespace']?.default,
      },
      {
        labelChurn: DEFAULT_CHECK_SETTINGS.labelChurn,
        mintRate: DEFAULT_CHECK_SETTINGS.mintRate,
        advicePercent: DEFAULT_CHECK_SETTINGS.policyMapOverflow.advicePercent,
        systemNamespaces: DEFAULT_CHECK_SETTINGS.systemNamespaces,
        namespace: DEFAULT_CONFIG.cilium.namespace,
      },
    );
  });
});
