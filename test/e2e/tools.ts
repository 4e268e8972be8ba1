/**
 * The programs that a real control plane is made of, built from Go modules once and kept by version.
 *
 * They lie in a cache outside the work tree ($XDG_CACHE_HOME, else ~/.cache), so that only the first run has to build: some ten
 * minutes on two cores, most of it kube-apiserver. A program is there as a whole or not at all: it is built beside its place.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

const KUBERNETES = '1.37.2';
export const CILIUM = '1.20.2';
const MODULES = join(import.meta.dirname, 'controlplane');
const OPERATOR = join(import.meta.dirname, 'operator');

export interface Tool {
  readonly name: 'etcd' | 'kube-apiserver' | 'kubectl' | 'cilium-operator' | 'helm';
  readonly version: string;
  /** The folder of the Go module that pins everything it is made of. */
  readonly module: string;
  readonly package: string;
  readonly ldflags: string;
  readonly tags?: string;
}

/** Without these the API server calls itself v0.0.0, and clients refuse it. */
const VERSION_FLAGS = [
  `gitVersion=v${KUBERNETES}`,
  ...['gitMajor', 'gitMinor'].map((name, index) => `${name}=${KUBERNETES.split('.')[index] ?? ''}`),
]
  .map((flag) => `-X k8s.io/component-base/version.${flag}`)
  .join(' ');

export const TOOLS: readonly Tool[] = [
  { name: 'etcd', version: '3.7.3', module: MODULES, package: 'go.etcd.io/etcd/server/v3', ldflags: '-s -w' },
  kubernetes('kubectl'),
  kubernetes('kube-apiserver'),
  {
    name: 'cilium-operator',
    version: CILIUM,
    module: OPERATOR,
    package: 'github.com/cilium/cilium/operator',
    ldflags: `-s -w -X github.com/cilium/cilium/pkg/version.ciliumVersion=${CILIUM}`,
    // The operator of clusters that no cloud provider runs.
    tags: 'ipam_provider_operator',
  },
];

/** CRDs, as the release of somebody has them. */
export interface CrdSet {
  readonly of: string;
  readonly version: string;
  /** Go knows where a module lies; nothing of it is built. */
  readonly module: string;
  /** Files, or folders of files, in the module. */
  readonly paths: readonly string[];
}

const CILIUM_CRDS: CrdSet = {
  of: 'Cilium',
  version: CILIUM,
  module: 'github.com/cilium/cilium',
  paths: ['v2', 'v2alpha1'].map((version) => `pkg/k8s/apis/cilium.io/client/crds/${version}`),
};

function kubernetes(name: 'kubectl' | 'kube-apiserver'): Tool {
  return {
    name,
    version: KUBERNETES,
    module: MODULES,
    package: `k8s.io/kubernetes/cmd/${name}`,
    ldflags: `-s -w ${VERSION_FLAGS}`,
  };
}

export function cacheFolder(): string {
  const base = process.env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'cilium-bulkhead', 'e2e');
}

export function pathOf({ name, version }: Pick<Tool, 'name' | 'version'>): string {
  return join(cacheFolder(), 'bin', `${name}-${version}`);
}

export function toolPath(name: Tool['name']): string {
  const tool = TOOLS.find((one) => one.name === name);
  if (tool === undefined) throw new Error(`${name} is no tool`);
  return pathOf(tool);
}

/** The CRDs of Cilium, as its release has them. */
export function crdFolder(): string {
  return crdFolderOf(CILIUM_CRDS);
}

export function crdFolderOf({ of, version }: CrdSet): string {
  return join(cacheFolder(), of === 'Cilium' ? `crds-${version}` : `crds-${of}-${version}`);
}

/** What has to be built or fetched first. */
export function missingTools(): readonly string[] {
  const names = TOOLS.filter((tool) => !existsSync(pathOf(tool))).map(({ name }) => name);
  return existsSync(crdFolder()) ? names : [...names, 'CRDs of Cilium'];
}

export function hasGo(): boolean {
  return spawnSync('go', ['version'], { env: goEnvironment() }).status === 0;
}

export async function buildMissing(say: (line: string) => void, signal: AbortSignal): Promise<void> {
  mkdirSync(join(cacheFolder(), 'bin'), { recursive: true });
  for (const tool of TOOLS) if (!existsSync(pathOf(tool))) await build(tool, say, signal);
  fetchCrds(CILIUM_CRDS, OPERATOR, say);
}

export async function build(tool: Tool, say: (line: string) => void, signal: AbortSignal): Promise<void> {
  const start = performance.now();
  const seconds = (): string => ((performance.now() - start) / 1000).toFixed(0);
  say(`building ${tool.name} ${tool.version}; the first time takes minutes`);
  const ticking = setInterval(() => say(`  ${tool.name}: ${seconds()} s`), 30_000);
  const partial = `${pathOf(tool)}.${process.pid}.partial`;
  try {
    const tags = tool.tags === undefined ? [] : ['-tags', tool.tags];
    const args = ['build', ...tags, '-ldflags', tool.ldflags, '-o', partial, tool.package];
    const go = spawn('go', args, {
      cwd: tool.module,
      env: goEnvironment(),
      stdio: ['ignore', 'inherit', 'inherit'],
      signal,
    });
    const [code] = (await once(go, 'close')) as [number | null];
    if (code !== 0) throw new Error(`${tool.name} cannot be built`);
    renameSync(partial, pathOf(tool));
    say(`  ${tool.name}: built in ${seconds()} s`);
  } finally {
    clearInterval(ticking);
    rmSync(partial, { force: true });
  }
}

/** `cwd`: of the Go module that asks for it. */
export function fetchCrds(crds: CrdSet, cwd: string, say: (line: string) => void): void {
  const { of, version, module, paths } = crds;
  if (existsSync(crdFolderOf(crds))) return;
  say(`fetching the CRDs of ${of} ${version}`);
  const args = ['mod', 'download', '-json', `${module}@v${version}`];
  const { status, stdout, stderr } = spawnSync('go', args, { cwd, env: goEnvironment(), encoding: 'utf8' });
  if (status !== 0) throw new Error(`the CRDs of ${of} cannot be fetched: ${stderr}`);
  const { Dir: folder } = JSON.parse(stdout) as { readonly Dir: string };
  const partial = `${crdFolderOf(crds)}.${process.pid}.partial`;
  mkdirSync(partial, { recursive: true });
  for (const file of paths.flatMap((path) => yamlFiles(join(folder, path)))) {
    copyFileSync(file, join(partial, basename(file)));
  }
  renameSync(partial, crdFolderOf(crds));
}

/** The file itself, or those in the folder. */
function yamlFiles(path: string): readonly string[] {
  if (path.endsWith('.yaml')) return [path];
  const names = readdirSync(path).filter((name) => name.endsWith('.yaml'));
  return names.map((name) => join(path, name));
}

/** The toolchain at hand and no other. */
function goEnvironment(): NodeJS.ProcessEnv {
  return { ...process.env, GOTOOLCHAIN: 'local' };
}
