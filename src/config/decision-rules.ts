/**
 * Tenants, exemptions and the off switch of a configuration file -> the rules by which is decided.
 *
 * What would have no effect, or another than it seems, is refused: a tenant that has two overrides, a tenant label that is not
 * configured, an exemption of nobody, a day that does not exist.
 */
import { CHECK_IDS } from '../checks/facts/finding-facts.ts';
import type { CheckSettings } from '../checks/settings.ts';
import { fail, ok, type Result } from '../cilium/result.ts';
import type { Tenant } from '../cluster/tenant.ts';
import { DEFAULT_RULES, type DecisionRules, type Exemption } from '../review/decision-rules.ts';
import { tunedBy } from './check-settings.ts';
import type { ConfigFile, ExemptionSection, OverrideSection, SettingError } from './config-file.ts';
import { endOf, startOf } from './moments.ts';

/** `checks`: those of everybody. */
export function toDecisionRules(
  file: ConfigFile,
  checks: CheckSettings,
): Result<DecisionRules, readonly SettingError[]> {
  const errors: SettingError[] = [...tenantErrors(file)];
  const createdAfter = momentIn(file.enforceObjectsCreatedAfter, startOf, ['enforceObjectsCreatedAfter'], errors);
  const tenants = overridesOf(file.tenants?.overrides ?? [], checks, errors);
  const exemptions = (file.exemptions ?? []).map((section, index) => exemptionOf(section, index, errors));
  refuseRepeatedNames(file.exemptions ?? [], errors);
  if (errors.length > 0) return fail(errors);
  return ok({
    maxMode: file.maxMode ?? DEFAULT_RULES.maxMode,
    tenants,
    exemptions,
    unknownPolicies: file.unknown?.policies ?? DEFAULT_RULES.unknownPolicies,
    ...(createdAfter === undefined ? {} : { createdAfter }),
  });
}

/** Without a tenant label nobody is called `label/...`. */
function tenantErrors({ tenants, exemptions = [] }: ConfigFile): readonly SettingError[] {
  if (tenants?.label !== undefined) return [];
  return [
    ...labelledTenants(tenants?.overrides ?? [], ['tenants', 'overrides']),
    ...labelledTenants(exemptions, ['exemptions']),
  ];
}

function labelledTenants(
  sections: readonly { readonly tenants?: readonly string[] }[],
  path: readonly string[],
): readonly SettingError[] {
  return sections.flatMap(({ tenants = [] }, index) =>
    tenants.flatMap((name, place) => {
      if (!name.startsWith('label/')) return [];
      return [
        {
          segments: [...path, `${index}`, 'tenants', `${place}`],
          reason: 'no tenant has such a name: tenants.label is not set',
        },
      ];
    }),
  );
}

function overridesOf(
  sections: readonly OverrideSection[],
  everybody: CheckSettings,
  errors: SettingError[],
): ReadonlyMap<Tenant, CheckSettings> {
  const settings = new Map<Tenant, CheckSettings>();
  for (const [index, section] of sections.entries()) {
    const own = settingsIn(section, everybody);
    if (section.identityLabels !== undefined && section.checks?.['identity-churn']?.identityLabels !== undefined) {
      const segments = ['tenants', 'overrides', `${index}`, 'identityLabels'];
      errors.push({ segments, reason: 'checks.identity-churn.identityLabels says it already' });
    }
    for (const [place, name] of section.tenants.entries()) {
      const segments = ['tenants', 'overrides', `${index}`, 'tenants', `${place}`];
      if (settings.has(name as Tenant)) errors.push({ segments, reason: `${name} has an override already` });
      settings.set(name as Tenant, own);
    }
  }
  return settings;
}

function settingsIn(section: OverrideSection, everybody: CheckSettings): CheckSettings {
  const { checks = {}, identityBudget, identityLabels } = section;
  return {
    ...tunedBy(checks, everybody),
    ...(identityBudget === undefined ? {} : { identityBudget }),
    ...(identityLabels === undefined ? {} : { identityLabels }),
  };
}

function exemptionOf(section: ExemptionSection, index: number, errors: SettingError[]): Exemption {
  const { name, reason, checks = CHECK_IDS, serviceAccounts = [], users = [], groups = [], tenants } = section;
  const path = ['exemptions', `${index}`];
  const expires = momentIn(section.expires, endOf, [...path, 'expires'], errors) ?? 0;
  const named = new Set([...users, ...serviceAccounts.map(userOfServiceAccount)]);
  const requesters = named.size + groups.length === 0 ? {} : { requesters: { users: named, groups: new Set(groups) } };
  if (requesters.requesters === undefined && tenants === undefined) {
    errors.push({ segments: path, reason: 'exempts nobody: serviceAccounts, users, groups or tenants must say whom' });
  }
  return {
    name,
    reason,
    expires,
    checks: new Set(checks),
    ...requesters,
    ...(tenants === undefined ? {} : { tenants: new Set(tenants as readonly Tenant[]) }),
  };
}

/** `velero/velero` -> as the API server names it. */
function userOfServiceAccount(path: string): string {
  return `system:serviceaccount:${path.replace('/', ':')}`;
}

function refuseRepeatedNames(sections: readonly ExemptionSection[], errors: SettingError[]): void {
  const names = new Set<string>();
  for (const [index, { name }] of sections.entries()) {
    if (names.has(name))
      errors.push({ segments: ['exemptions', `${index}`, 'name'], reason: `${name} is there twice` });
    names.add(name);
  }
}

function momentIn(
  text: string | undefined,
  read: (text: string) => number | undefined,
  segments: readonly string[],
  errors: SettingError[],
): number | undefined {
  if (text === undefined) return undefined;
  const moment = read(text);
  if (moment === undefined) errors.push({ segments, reason: `there is no day ${text}` });
  return moment;
}
