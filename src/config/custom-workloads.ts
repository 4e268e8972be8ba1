/**
 * The custom kinds of a configuration file -> what decodes their objects.
 *
 * Refused is what would have no effect, or another than it seems: a kind that is read without being asked for, one that stands
 * here twice, and one of a group that no custom resource can have.
 * Cost: linear; the schema bounds how many there are, and how long a path is.
 */
import { fail, ok, type Result } from '../cilium/result.ts';
import type { CustomWorkload } from '../kubernetes/decode/custom-workload.ts';
import { formatAPIVersion, KINDS } from '../kubernetes/decode/kinds.ts';
import type { SettingError, WorkloadSection } from './config-file.ts';

export function toCustomWorkloads(
  sections: readonly WorkloadSection[],
): Result<readonly CustomWorkload[], readonly SettingError[]> {
  const seen = new Set<string>();
  const errors = sections.flatMap((section, index) => {
    const fault = faultOf(section, seen);
    seen.add(nameOf(section));
    return fault === undefined ? [] : [{ segments: ['workloads', `${index}`, fault.field], reason: fault.reason }];
  });
  if (errors.length > 0) return fail(errors);
  return ok(sections.map(({ template, ...gvk }) => ({ ...gvk, template: fieldsOf(template) })));
}

interface Fault {
  readonly field: keyof WorkloadSection;
  readonly reason: string;
}

function faultOf(section: WorkloadSection, seen: ReadonlySet<string>): Fault | undefined {
  const { group, kind } = section;
  if (KINDS.some((known) => known.kind === kind && known.apiGroup === group)) {
    return { field: 'kind', reason: `${kind} of ${group} is read without being named here` };
  }
  if (!group.includes('.')) {
    return { field: 'group', reason: `a group of custom resources has a dot, and "${group}" has none` };
  }
  return seen.has(nameOf(section)) ? { field: 'kind', reason: `${nameOf(section)} stands here already` } : undefined;
}

function nameOf(section: WorkloadSection): string {
  return `${section.kind} of ${formatAPIVersion(section)}`;
}

/** `.spec.template` -> `spec`, `template` */
function fieldsOf(path: string): readonly string[] {
  return path.split('.').slice(1);
}
