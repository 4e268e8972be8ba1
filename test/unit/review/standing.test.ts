import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CHECK_IDS, type CheckId } from '../../../src/checks/facts/finding-facts.ts';
import { MODES, type CheckSettings } from '../../../src/checks/settings.ts';
import type { Change } from '../../../src/cluster/change.ts';
import { ClusterStore } from '../../../src/cluster/store.ts';
import type { Tenant } from '../../../src/cluster/tenant.ts';
import { runToEnd } from '../../../src/cilium/run-to-end.ts';
import { audit } from '../../../src/review/audit.ts';
import { DEFAULT_RULES, type DecisionRules, type Exemption } from '../../../src/review/decision-rules.ts';
import { standingOf } from '../../../src/review/standing.ts';
import { clusterwidePolicy, decoded, namespace, pod, policy, storeWith, type Json } from '../../support/objects.ts';
import { ENFORCE, finding, settingsWith, submit, submitChange } from '../../support/review.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const DAY = 24 * 60 * 60 * 1000;

function tenant(name: string): Tenant {
  return name as Tenant;
}

/** For every check and until tomorrow, unless it says otherwise. */
function exemption(parts: Partial<Exemption> = {}): Exemption {
  return { name: 'some', reason: 'OPS-1', expires: NOW + DAY, checks: new Set(CHECK_IDS), ...parts };
}

function of(...names: readonly string[]): Pick<Exemption, 'tenants'> {
  return { tenants: new Set(names.map(tenant)) };
}

function by({ users = [], groups = [] }: { readonly users?: readonly string[]; readonly groups?: readonly string[] }) {
  return { requesters: { users: new Set(users), groups: new Set(groups) } };
}

/** `team-a` and `team-b`, of tenants `web` and `db`. Its label `init` makes the pod of a submission a violation. */
function cluster(...objects: readonly Json[]): ClusterStore {
  const namespaces = [namespace('team-a', { tenant: 'web' }), namespace('team-b', { tenant: 'db' })];
  return storeWith([...namespaces, ...objects], '1.20.2', { tenantLabel: 'tenant' });
}

function spoof(path: string): Json {
  return pod(path, { init: 'x' });
}

describe('the off switch', () => {
  for (const maxMode of MODES) {
    test(`caps every mode at ${maxMode}, those of tenants too`, () => {
      const rules = { maxMode, tenants: new Map([[tenant('label/web'), ENFORCE]]) };
      const decision = submit(cluster(), spoof('team-a/p'), { rules });
      assert.equal(decision.verdict, maxMode === 'enforce' ? 'deny' : 'allow');
      assert.equal(decision.findings[0]?.mode, maxMode === 'off' ? undefined : maxMode);
      assert.equal(decision.warnings.length, maxMode === 'warn' ? 1 : 0);
    });
  }

  test('makes no mode stricter', () => {
    const settings = settingsWith('audit');
    assert.equal(submit(cluster(), spoof('team-a/p'), { settings }).findings[0]?.mode, 'audit');
  });

  test('at audit lets no advice be a warning either', () => {
    const settings = settingsWith('enforce', { adviceAsWarning: new Set(['reserved-labels']) });
    const raw = pod('team-a/p', { cluster: 'x' });
    assert.equal(submit(cluster(), raw, { settings }).warnings.length, 1);
    assert.deepEqual(submit(cluster(), raw, { settings, rules: { maxMode: 'audit' } }).warnings, []);
  });
});

describe('a tenant with settings of its own', () => {
  const rules = { tenants: new Map([[tenant('label/web'), settingsWith('warn')]]) };

  test('is judged by these, and nobody else is', () => {
    assert.equal(submit(cluster(), spoof('team-a/p'), { rules }).verdict, 'allow');
    assert.equal(submit(cluster(), spoof('team-b/p'), { rules }).verdict, 'deny');
  });

  test('is judged by the stricter of old and new where a Namespace changes hands', () => {
    const tenants = new Map([
      [tenant('label/web'), settingsWith('warn')],
      [tenant('label/other'), settingsWith('off')],
    ]);
    const modeOf = (after: string, before: string) =>
      standingOf({ tenants: [tenant(after), tenant(before)] }, question({ tenants })).settings.modes['identity-churn'];
    assert.deepEqual([modeOf('label/web', 'label/db'), modeOf('label/db', 'label/web')], ['enforce', 'enforce']);
    assert.deepEqual([modeOf('label/web', 'label/other'), modeOf('label/other', 'label/web')], ['warn', 'warn']);
  });

  test('who has it afterwards counts for the numbers, and what either allows is what both allow', () => {
    const settingsOf = (rest: Partial<CheckSettings>): CheckSettings => ({ ...ENFORCE, ...rest });
    const web = settingsOf({
      identityBudget: 10,
      identityLabels: { allowed: ['app', 'tier'] },
      policyMapOverflow: { advicePercent: 60 },
    });
    const db = settingsOf({ identityBudget: 99, identityLabels: { allowed: ['tier', 'zone'] } });
    const tenants = new Map([
      [tenant('label/web'), web],
      [tenant('label/db'), db],
    ]);
    const { settings } = standingOf({ tenants: [tenant('label/db'), tenant('label/web')] }, question({ tenants }));
    assert.deepEqual(
      [settings.identityBudget, settings.identityLabels.allowed, settings.policyMapOverflow.advicePercent],
      [99, ['tier'], 60],
    );
  });
});

function question(rules: Partial<DecisionRules> = {}) {
  return { settings: ENFORCE, rules: { ...DEFAULT_RULES, ...rules }, now: NOW };
}

describe('an exemption', () => {
  const table: readonly { readonly name: string; readonly who: Partial<Exemption>; readonly applies: boolean }[] = [
    { name: 'of the tenant', who: of('label/web'), applies: true },
    { name: 'of another tenant', who: of('label/db', 'namespace/team-a'), applies: false },
    { name: 'of the user', who: by({ users: ['alice'] }), applies: true },
    { name: 'of another user', who: by({ users: ['alicea'] }), applies: false },
    { name: 'of a group of the user', who: by({ groups: ['restorers'] }), applies: true },
    { name: 'of the user in the tenant', who: { ...by({ users: ['alice'] }), ...of('label/web') }, applies: true },
    { name: 'of the user in another tenant', who: { ...by({ users: ['alice'] }), ...of('label/db') }, applies: false },
    { name: 'of another user in the tenant', who: { ...by({ users: ['bob'] }), ...of('label/web') }, applies: false },
    {
      name: 'of another check',
      who: { ...of('label/web'), checks: new Set<CheckId>(['label-filter']) },
      applies: false,
    },
    { name: 'that has expired', who: { ...of('label/web'), expires: NOW }, applies: false },
    { name: 'that expires in a moment', who: { ...of('label/web'), expires: NOW + 1 }, applies: true },
  ];
  for (const { name, who, applies } of table) {
    test(`${name} ${applies ? 'makes a violation a record with its name' : 'changes nothing'}`, () => {
      const rules = { exemptions: [exemption({ name: 'velero', ...who })] };
      const decision = submit(cluster(), spoof('team-a/p'), { rules, now: NOW, groups: ['restorers', 'others'] });
      const { mode, exemption: applied, severity } = finding(decision, 'reserved-labels');
      const expected = applies ? ['allow', 'audit', 'velero'] : ['deny', 'enforce', undefined];
      assert.deepEqual([decision.verdict, mode, applied, severity, decision.warnings], [...expected, 'violation', []]);
    });
  }

  test('is above what the tenant has for itself', () => {
    const rules = {
      tenants: new Map([[tenant('label/web'), settingsWith('enforce')]]),
      exemptions: [exemption(of('label/web'))],
    };
    assert.equal(submit(cluster(), spoof('team-a/p'), { settings: settingsWith('audit'), rules }).verdict, 'allow');
  });

  test('does not switch on what is off', () => {
    const rules = { exemptions: [exemption(of('label/web'))] };
    assert.deepEqual(submit(cluster(), spoof('team-a/p'), { settings: settingsWith('off'), rules }).findings, []);
  });

  test('of a tenant has to match both where a Namespace changes hands', () => {
    const tenants = ['label/db', 'label/web'].map(tenant) as [Tenant, Tenant];
    const modeUnder = (...names: readonly string[]) =>
      standingOf({ tenants }, question({ exemptions: [exemption(of(...names))] })).settings.modes['identity-churn'];
    assert.deepEqual(
      [modeUnder('label/db'), modeUnder('label/web'), modeUnder('label/web', 'label/db')],
      ['enforce', 'enforce', 'audit'],
    );
  });

  test('of several that match, the one for most checks is what is recorded', () => {
    const narrow = exemption({ name: 'narrow', ...of('label/web'), checks: new Set<CheckId>(['reserved-labels']) });
    const wide = exemption({ name: 'wide', ...of('label/web') });
    for (const exemptions of [
      [narrow, wide],
      [wide, narrow],
    ]) {
      const decision = submit(cluster(), spoof('team-a/p'), { rules: { exemptions } });
      assert.equal(finding(decision, 'reserved-labels').exemption, 'wide');
    }
  });

  test('of who asks does not count in an audit, one of the tenant does, and what has expired is reported', () => {
    const exemptions = [
      exemption({ name: 'velero', ...by({ users: ['alice'] }) }),
      exemption({ name: 'web', ...of('label/web') }),
      exemption({ name: 'old', ...of('label/db'), expires: NOW - DAY }),
    ];
    const rules = { ...DEFAULT_RULES, exemptions };
    const view = cluster(spoof('team-a/p'), spoof('team-b/p')).view();
    const report = runToEnd(audit(view, ENFORCE, { rules, today: NOW }));
    assert.deepEqual(
      report.findings.map(({ subject, mode, exemption: name }) => [subject.namespace, mode, name]),
      [
        ['team-a', 'audit', 'web'],
        ['team-b', 'enforce', undefined],
      ],
    );
    assert.deepEqual(
      report.expiredExemptions.map(({ name }) => name),
      ['old'],
    );
  });
});

describe('in an audit', () => {
  test('a check that is off for a tenant finds nothing of it, and one that is on for a tenant alone finds that', () => {
    const view = cluster(spoof('team-a/p'), spoof('team-b/p')).view();
    const places = (everybody: CheckSettings, web: CheckSettings): (string | undefined)[] => {
      const rules = { ...DEFAULT_RULES, tenants: new Map([[tenant('label/web'), web]]) };
      return runToEnd(audit(view, everybody, { rules })).findings.map(({ subject }) => subject.namespace);
    };
    assert.deepEqual(places(settingsWith('audit'), settingsWith('off')), ['team-b']);
    assert.deepEqual(places(settingsWith('off'), settingsWith('audit')), ['team-a']);
  });
});

describe('the ramp', () => {
  const createdAfter = Date.parse('2026-11-01T00:00:00Z');
  const created = (raw: Json, creationTimestamp: string): Json => ({
    ...raw,
    metadata: { ...(raw['metadata'] as Json), creationTimestamp },
  });
  const clean = pod('team-a/p', { app: 'web' });

  test('gives an older object advice only, with the reason', () => {
    const before = created(clean, '2026-10-31T23:59:59Z');
    const settings = settingsWith('enforce', { adviceAsWarning: new Set(['reserved-labels']) });
    const decision = submit(cluster(), spoof('team-a/p'), { before, settings, rules: { createdAfter }, now: NOW });
    const { severity, eased, denies } = finding(decision, 'reserved-labels');
    assert.deepEqual([decision.verdict, severity, eased, denies], ['allow', 'advice', 'created-before', false]);
    assert.equal(decision.warnings.length, 1);
  });

  test('denies what is created since', () => {
    const before = created(clean, '2026-11-01T00:00:00Z');
    assert.equal(submit(cluster(), spoof('team-a/p'), { before, rules: { createdAfter }, now: NOW }).verdict, 'deny');
  });

  test('does not ask a new object when it was created: an API server writes that itself', () => {
    const claimed = created(spoof('team-a/p'), '2026-10-31T00:00:00Z');
    assert.equal(submit(cluster(), claimed, { rules: { createdAfter }, now: NOW }).verdict, 'deny');
  });

  test('takes what is new for created now, also where the day has not come yet', () => {
    const verdictAt = (now: number | undefined) =>
      submit(cluster(), spoof('team-a/p'), { rules: { createdAfter }, ...(now === undefined ? {} : { now }) }).verdict;
    assert.deepEqual(
      [verdictAt(createdAfter - 1), verdictAt(createdAfter), verdictAt(undefined)],
      ['allow', 'deny', 'deny'],
    );
  });
});

describe('a policy that cannot be judged', () => {
  const DENY: Partial<DecisionRules> = { unknownPolicies: 'deny' };
  const denyCrawlers = clusterwidePolicy('deny', {
    endpointSelector: {},
    ingressDeny: [{ fromEndpoints: [{ matchLabels: { app: 'crawler' } }] }],
  });
  /** What the model knows nothing of: what the deny takes of a group. */
  const unknown = (...objects: readonly Json[]) => storeWith([namespace('team-a'), denyCrawlers, ...objects], '1.20.2');
  const open = policy('team-a/web', { endpointSelector: {}, ingress: [{ fromGroups: [{ aws: { region: 'eu' } }] }] });

  test('goes through, unless the operator wants it refused', () => {
    const { verdict, unknowns } = submit(unknown(), open);
    assert.equal(verdict, 'allow');
    assert.notEqual(unknowns.length, 0);
    const refused = submit(unknown(), open, { rules: DENY });
    assert.deepEqual([refused.verdict, refused.refusedFor], ['deny', unknowns]);
  });

  test('is refused under enforce only, and not where it is exempt, capped or older', () => {
    const verdict = (settings: CheckSettings, rules: Partial<DecisionRules> = {}) =>
      submit(unknown(), open, { settings, rules: { ...DENY, ...rules }, now: NOW }).verdict;
    assert.equal(verdict(settingsWith('warn')), 'allow');
    assert.equal(verdict(ENFORCE, { maxMode: 'warn' }), 'allow');
    assert.equal(verdict(ENFORCE, { exemptions: [exemption(of('namespace/team-a'))] }), 'allow');
    assert.equal(verdict(ENFORCE, { createdAfter: NOW + DAY }), 'allow');
  });

  test('is no Pod, no Namespace, no binding and no deletion: these go through whatever is not known', () => {
    const store = new ClusterStore();
    store.apply({ type: 'upsert', object: decoded(namespace('team-a')) });
    store.apply({ type: 'upsert', object: decoded(pod('team-a/p')) });
    const binding: Change = { op: 'bind', pod: { kind: 'Pod', namespace: 'team-a', name: 'p' }, labels: new Map() };
    const decisions = [
      ...[pod('team-a/q'), namespace('team-b')].map((raw) => submit(store, raw, { rules: DENY })),
      submitChange(store, binding, { rules: DENY }),
    ];
    assert.deepEqual(
      decisions.map(({ verdict, unknowns }) => [verdict, unknowns.length > 0]),
      decisions.map(() => ['allow', true]),
    );
    const before = decoded(open);
    assert.equal(submitChange(store, { op: 'delete', before }, { rules: DENY }).verdict, 'allow');
    assert.equal(submit(store, open, { rules: DENY }).verdict, 'deny');
  });

  test('is none where only denies are not judged, and there are none or nobody is refused for them', () => {
    const names = policy('team-a/names', { endpointSelector: {}, egress: [{ toFQDNs: [{ matchName: 'a.example' }] }] });
    const without = submit(storeWith([namespace('team-a')], '1.20.2'), names, { rules: DENY });
    assert.deepEqual([without.verdict, without.unknowns.length], ['allow', 1]);
    assert.equal(submit(unknown(), names, { rules: DENY }).verdict, 'deny');
    const settings = { ...ENFORCE, modes: { ...ENFORCE.modes, 'deny-contradiction': 'warn' as const } };
    assert.equal(submit(unknown(), names, { rules: DENY, settings }).verdict, 'allow');
  });

  test('is judged as ever where it can be', () => {
    const fine = clusterwidePolicy('fine', { endpointSelector: {}, ingress: [{ fromEntities: ['cluster'] }] });
    assert.equal(submit(unknown(), fine, { rules: DENY }).verdict, 'allow');
  });
});
