/**
 * What is told of a folder that `cilium sysdump` wrote, by the names in it.
 *
 * Every file of a dump carries the time at which the dump was started, `ciliumidentities-20261122-101500.yaml`, and many of
 * them are no manifests, or hold what a failed command printed. So only those are read that hold kinds of the model, and of what
 * the tool of each agent wrote what it learned of DNS names.
 * Names as in cilium-cli (sysdump/constants.go) and cilium-bugtool (bugtool/cmd/configuration.go).
 */
import path from 'node:path';

const STAMPED = /^(.+)-(\d{8}-\d{6})\.(?:yaml|json)$/;
/** Every dump has these. */
const SIGNS: ReadonlySet<string> = new Set(['k8s-namespaces', 'k8s-pods', 'ciliumidentities', 'cilium-configmap']);
const READ: ReadonlySet<string> = new Set([
  ...SIGNS,
  'k8s-networkpolicies',
  'k8s-nodes',
  'k8s-services',
  'k8s-endpoints',
  'ciliumendpoints',
  'ciliumendpointslices',
  'ciliumnetworkpolicies',
  'ciliumclusterwidenetworkpolicies',
  'ciliumcidrgroups',
  'ciliumnodes',
]);
/** The agents, with the version in their image, and what else Cilium runs. */
const WORKLOAD = /-(?:daemonset|deployment|statefulset|cronjob)$/;
/** Made of an archive in a dump by unpacking it. */
const BUGTOOL_FOLDER = /^(?:cilium|hubble)-bugtool-/;

const BUGTOOL_OF_AGENT = /^cilium-bugtool-(.+)-\d{8}-\d{6}$/;
const DNS_CACHE = path.join('cmd', 'cilium-dbg-fqdn-cache-list.md');

/** Where the folder that the tool of one agent filled has what it learned of DNS names; undefined: it is another folder. */
export function dnsCacheIn(folder: string): string | undefined {
  return BUGTOOL_OF_AGENT.test(path.basename(folder)) ? path.join(folder, DNS_CACHE) : undefined;
}

/** Whose file this is, by its path; undefined: it holds something else. */
export function agentOfDNSCache(file: string): string | undefined {
  if (!file.endsWith(path.sep + DNS_CACHE)) return undefined;
  return BUGTOOL_OF_AGENT.exec(path.basename(path.resolve(file, '..', '..')))?.[1];
}

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
