/**
 * What is told of a folder that `cilium sysdump` wrote, by the names in it.
 *
 * Every file of a dump carries the time at which the dump was started, `ciliumidentities-20261122-101500.yaml`, and many of
 * them are no manifests, or hold what a failed command printed. So only those are read that hold kinds of the model.
 * Names as in cilium-cli (sysdump/constants.go).
 */
const STAMPED = /^(.+)-(\d{8}-\d{6})\.(?:yaml|json)$/;
/** Every dump has these. */
const SIGNS: ReadonlySet<string> = new Set(['k8s-namespaces', 'k8s-pods', 'ciliumidentities', 'cilium-configmap']);
const READ: ReadonlySet<string> = new Set([
  ...SIGNS,
  'k8s-networkpolicies',
  'ciliumendpoints',
  'ciliumendpointslices',
  'ciliumnetworkpolicies',
  'ciliumclusterwidenetworkpolicies',
  'ciliumcidrgroups',
]);
/** The agents, with the version in their image, and what else Cilium runs. */
const WORKLOAD = /-(?:daemonset|deployment|statefulset|cronjob)$/;
/** Made of an archive in a dump by unpacking it. */
const BUGTOOL_FOLDER = /^(?:cilium|hubble)-bugtool-/;

/** When the dumps in a folder were started; empty where there is none. */
export function sysdumpStamps(names: readonly string[]): readonly string[] {
  const stamps = new Set<string>();
  for (const name of names) {
    const [, what = '', stamp] = STAMPED.exec(name) ?? [];
    if (stamp !== undefined && SIGNS.has(what)) stamps.add(stamp);
  }
  return [...stamps];
}

/** Of an entry of a dump's folder; what somebody else has put there is read. */
export function isSysdumpOutput(name: string): boolean {
  if (BUGTOOL_FOLDER.test(name)) return true;
  const [, what] = STAMPED.exec(name) ?? [];
  return what !== undefined && !READ.has(what) && !WORKLOAD.test(what);
}
