/** The manifests in deploy/ hold together, and ask the API server for what admission needs. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { CHECK_IDS } from '../../../src/checks/facts/finding-facts.ts';
import { run } from '../../../src/cli/main.ts';
import { loadConfig } from '../../../src/config.ts';
import { KINDS } from '../../../src/kubernetes/decode/kinds.ts';
import { DEFAULT_SERVING_NAMES } from '../../../src/server/tls/certificate-folder.ts';
import { at, manifestsIn, ROOT, type Manifest } from './manifests.ts';

const manifests = manifestsIn('deploy').filter(({ kind }) => kind !== 'Kustomization');
const NAMESPACE = 'cilium-bulkhead';
const APP = { 'app.kubernetes.io/name': 'cilium-bulkhead' };

function only(kind: string, name: string): Manifest {
  const found = manifests.filter((manifest) => manifest.kind === kind && manifest.metadata.name === name);
  assert.equal(found.length, 1, `one ${kind} ${name}`);
  return found[0] as Manifest;
}

interface Hook {
  readonly name: string;
  readonly rules: readonly {
    readonly apiGroups: readonly string[];
    readonly apiVersions: readonly string[];
    readonly resources: readonly string[];
    readonly operations: readonly string[];
    readonly scope: string;
  }[];
  readonly matchConditions?: readonly { readonly name: string; readonly expression: string }[];
  readonly [field: string]: unknown;
}

const registration = only('ValidatingWebhookConfiguration', 'cilium-bulkhead');
const hooks = registration['webhooks'] as readonly Hook[];

/** `apps/deployments CREATE`, for every combination that a hook asks about. */
function asked(hook: Hook): readonly string[] {
  return hook.rules.flatMap((rule) =>
    rule.apiGroups.flatMap((group) =>
      rule.resources.flatMap((resource) => rule.operations.map((operation) => `${group}/${resource} ${operation}`)),
    ),
  );
}

const BOTH = ['CREATE', 'UPDATE'];
const ASKED: Readonly<Record<string, readonly string[]>> = {
  pods: ['/pods', '/pods/status'].flatMap((resource) => BOTH.map((operation) => `${resource} ${operation}`)),
  namespaces: ['/namespaces', '/namespaces/status', '/namespaces/finalize'].flatMap((resource) =>
    BOTH.map((operation) => `${resource} ${operation}`),
  ),
  bindings: ['/pods/binding CREATE', '/bindings CREATE'],
  workloads: [
    ...['deployments', 'replicasets', 'statefulsets', 'daemonsets'].map((resource) => `apps/${resource}`),
    ...['jobs', 'cronjobs'].map((resource) => `batch/${resource}`),
  ].flatMap((resource) => BOTH.map((operation) => `${resource} ${operation}`)),
  policies: ['cilium.io/ciliumnetworkpolicies', 'networking.k8s.io/networkpolicies'].flatMap((resource) =>
    BOTH.map((operation) => `${resource} ${operation}`),
  ),
  'clusterwide-policies': [
    'cilium.io/ciliumclusterwidenetworkpolicies',
    'cilium.io/ciliumcidrgroups',
    'policy.networking.k8s.io/clusternetworkpolicies',
  ].flatMap((resource) => BOTH.map((operation) => `${resource} ${operation}`)),
};

describe('the webhook configuration', () => {
  test('asks about everything that can change an identity or a policy, and about nothing else', () => {
    assert.deepEqual(hooks.map((hook) => hook.name).sort(), Object.keys(ASKED).map(hookName).sort());
    for (const [name, expected] of Object.entries(ASKED)) {
      const hook = hooks.find((candidate) => candidate.name === hookName(name));
      assert.deepEqual(hook === undefined ? [] : [...asked(hook)].sort(), [...expected].sort(), name);
    }
  });

  test('asks about every kind that the model reads and a tenant writes, but for Services, which are not judged', () => {
    const questions = hooks.flatMap(asked);
    const derived = ['ciliumidentities', 'ciliumendpoints', 'ciliumendpointslices'];
    const platform = ['configmaps', 'nodes', 'ciliumnodes', 'controllerrevisions'];
    const notAsked = [...derived, ...platform, 'services', 'endpointslices', 'endpoints'];
    for (const { apiGroup, resource } of KINDS.filter((kind) => !notAsked.includes(kind.resource))) {
      assert.ok(questions.includes(`${apiGroup}/${resource} CREATE`), `${apiGroup}/${resource}`);
    }
  });

  test('names a scope and versions for every rule, and no wildcard', () => {
    for (const rule of hooks.flatMap((hook) => hook.rules)) {
      assert.match(rule.scope, /^(Cluster|Namespaced)$/);
      assert.deepEqual([...rule.apiGroups, ...rule.apiVersions, ...rule.resources].filter(hasWildcard), []);
    }
  });

  test('never stands in the way of a cluster whose webhook is dead', () => {
    for (const hook of hooks) {
      assert.equal(hook['failurePolicy'], 'Ignore', hook.name);
      assert.equal(hook['timeoutSeconds'], 3, hook.name);
      assert.deepEqual(hook['admissionReviewVersions'], ['v1'], hook.name);
      assert.ok(['None', 'NoneOnDryRun'].includes(String(hook['sideEffects'])), hook.name);
    }
  });

  test('compares labels on updates of pods and namespaces only', () => {
    const conditional = hooks.filter((hook) => hook.matchConditions !== undefined).map((hook) => hook.name);
    assert.deepEqual(conditional, ['pods', 'namespaces'].map(hookName));
    for (const condition of hooks.flatMap((hook) => hook.matchConditions ?? [])) {
      assert.equal(
        condition.expression,
        "request.operation != 'UPDATE' || object.?metadata.labels.orValue({}) != oldObject.?metadata.labels.orValue({})",
      );
    }
  });

  test('uses neither namespaceObject, which is null at run time, nor a label that a tenant can set', () => {
    const text = readFileSync(join(ROOT, registration.file), 'utf8');
    assert.doesNotMatch(text, /namespaceObject|objectSelector|system:nodes/);
    for (const hook of hooks) {
      assert.deepEqual(
        at(hook, 'namespaceSelector'),
        {
          matchExpressions: [
            {
              key: 'kubernetes.io/metadata.name',
              operator: 'NotIn',
              values: ['kube-system', 'kube-public', 'kube-node-lease', 'cilium-secrets', NAMESPACE],
            },
          ],
        },
        hook.name,
      );
    }
  });

  test('calls the service, by the name in its certificate, on the path that it answers', () => {
    const service = only('Service', 'cilium-bulkhead');
    assert.ok((DEFAULT_SERVING_NAMES as readonly string[]).includes(`${service.metadata.name}.${NAMESPACE}.svc`));
    for (const hook of hooks) {
      const expected = { namespace: NAMESPACE, name: service.metadata.name, path: '/validate', port: 443 };
      assert.deepEqual(at(hook, 'clientConfig', 'service'), expected, hook.name);
    }
  });
});

/** What `COMMAND --help` prints. */
async function helpOf(command: string): Promise<string> {
  let text = '';
  const write = (part: string): void => void (text += part);
  const context = {
    stdout: { write },
    stderr: { write },
    noColor: true,
    inPod: false,
    terminated: () => Promise.resolve('none'),
  };
  assert.equal(await run([command, '--help'], context), 0);
  return text;
}

function hookName(name: string): string {
  return `${name}.cilium-bulkhead.io`;
}

function hasWildcard(text: string): boolean {
  return text.includes('*');
}

describe('the deployment', () => {
  const deployment = only('Deployment', 'cilium-bulkhead');
  const pod = at(deployment, 'spec', 'template', 'spec');
  const container = at(pod, 'containers', 0);

  test('satisfies the restricted pod security standard that its namespace enforces', () => {
    assert.equal(only('Namespace', NAMESPACE).metadata.labels?.['pod-security.kubernetes.io/enforce'], 'restricted');
    assert.equal(at(pod, 'securityContext', 'runAsNonRoot'), true);
    assert.equal(at(pod, 'securityContext', 'runAsUser'), 65532);
    assert.deepEqual(at(pod, 'securityContext', 'seccompProfile'), { type: 'RuntimeDefault' });
    assert.deepEqual(at(container, 'securityContext'), {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  test('holds the token of its account, no host path and no CPU limit', () => {
    assert.equal(at(pod, 'automountServiceAccountToken'), true);
    assert.equal(at(pod, 'enableServiceLinks'), false);
    assert.equal(at(container, 'resources', 'limits', 'cpu'), undefined);
    assert.equal(at(container, 'resources', 'limits', 'memory'), at(container, 'resources', 'requests', 'memory'));
    const volumes = at(pod, 'volumes') as readonly object[];
    assert.deepEqual(
      volumes.map((volume) => Object.keys(volume)[1]),
      ['configMap'],
    );
  });

  test('mounts every volume that its arguments read', () => {
    const mounts = at(container, 'volumeMounts') as readonly {
      readonly mountPath: string;
      readonly readOnly: boolean;
    }[];
    const args = at(container, 'args') as readonly string[];
    const read = args.flatMap((arg) => /^--[a-z-]+=(\/[a-z]+)/.exec(arg)?.[1] ?? []);
    assert.deepEqual([...new Set(read)].sort(), mounts.map((mount) => mount.mountPath).sort());
    assert.ok(mounts.every((mount) => mount.readOnly));
  });

  test('starts the command with options that it has', async () => {
    const args = at(container, 'args') as readonly string[];
    const [program, command, ...options] = args.slice(args.findIndex((arg) => !arg.startsWith('-')));
    assert.deepEqual([program, command], ['dist/cli/bin.js', 'serve']);
    const help = await helpOf('serve');
    for (const option of options) {
      const [name = '', value] = option.split('=', 2);
      assert.ok(help.includes(value === undefined ? `  ${name} ` : `${name} <`), option);
    }
  });

  test('tells each replica how many there are', () => {
    const args = at(container, 'args') as readonly string[];
    assert.ok(args.includes(`--replicas=${String(at(deployment, 'spec', 'replicas'))}`));
  });

  test('runs the version of this package', () => {
    const version: unknown = at(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')), 'version');
    assert.equal(at(container, 'image'), `cilium-bulkhead:${String(version)}`);
  });

  test('is selected by its service, its budget and its policies', () => {
    assert.deepEqual(at(deployment, 'spec', 'template', 'metadata', 'labels'), APP);
    assert.deepEqual(at(deployment, 'spec', 'selector', 'matchLabels'), APP);
    assert.deepEqual(at(only('Service', 'cilium-bulkhead'), 'spec', 'selector'), APP);
    assert.deepEqual(at(only('PodDisruptionBudget', 'cilium-bulkhead'), 'spec', 'selector', 'matchLabels'), APP);
    assert.deepEqual(at(only('NetworkPolicy', 'cilium-bulkhead'), 'spec', 'podSelector', 'matchLabels'), APP);
    const cilium = only('CiliumNetworkPolicy', 'cilium-bulkhead');
    assert.deepEqual(at(cilium, 'spec', 'endpointSelector', 'matchLabels'), APP);
  });

  test('may talk to the API server, which tells it of the cluster, and to nobody else', () => {
    const egress = at(only('CiliumNetworkPolicy', 'cilium-bulkhead'), 'spec', 'egress');
    assert.deepEqual(egress, [{ toEntities: ['kube-apiserver'] }]);
    assert.deepEqual(at(only('NetworkPolicy', 'cilium-bulkhead'), 'spec', 'policyTypes'), ['Ingress', 'Egress']);
  });

  test('lets the API server in on the webhook port only', () => {
    const ingress = at(only('CiliumNetworkPolicy', 'cilium-bulkhead'), 'spec', 'ingress') as readonly object[];
    const fromAPIServer = ingress.filter((rule) => JSON.stringify(rule).includes('kube-apiserver'));
    assert.deepEqual(fromAPIServer, [
      {
        fromEntities: ['kube-apiserver', 'host', 'remote-node'],
        toPorts: [{ ports: [{ port: '8443', protocol: 'TCP' }] }],
      },
    ]);
  });
});

/** As kubectl takes them; `cnp` is the short name of ClusterNetworkPolicies, too. */
const SHORT_NAMES = {
  namespaces: 'ns',
  nodes: 'no',
  pods: 'po',
  services: 'svc',
  deployments: 'deploy',
  replicasets: 'rs',
  statefulsets: 'sts',
  daemonsets: 'ds',
  cronjobs: 'cj',
  networkpolicies: 'netpol',
  ciliumclusterwidenetworkpolicies: 'ccnp',
  ciliumcidrgroups: 'ccg',
  ciliumidentities: 'ciliumid',
  ciliumendpoints: 'cep',
  ciliumendpointslices: 'ces',
  ciliumnodes: 'cn',
};

/** Endpoints stand in for EndpointSlices where a sysdump has none. */
const OF_CLUSTERS = KINDS.filter(({ kind }) => kind !== 'Endpoints');

const READING = ['get', 'list', 'watch'];
const LEASES = ['coordination.k8s.io'];

describe('the account', () => {
  const roles = manifests.filter((manifest) => manifest.kind.endsWith('Role'));
  const rules = roles.flatMap((role) => role['rules'] as readonly Record<string, readonly string[]>[]);

  const written = [
    { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
    {
      apiGroups: ['admissionregistration.k8s.io'],
      resources: ['validatingwebhookconfigurations'],
      resourceNames: ['cilium-bulkhead'],
      verbs: ['get', 'patch'],
    },
    { apiGroups: LEASES, resources: ['leases'], resourceNames: ['cilium-bulkhead'], verbs: ['get', 'update'] },
    {
      apiGroups: [''],
      resources: ['secrets'],
      resourceNames: ['cilium-bulkhead-certificates'],
      verbs: [...READING, 'update'],
    },
    { apiGroups: LEASES, resources: ['leases'], verbs: ['create'] },
  ];
  const reading = rules.filter((rule) => rule['verbs']?.every((verb) => READING.includes(verb)) === true);

  test('may read the model, and write nothing but Events, one Lease, one Secret and its registration, without wildcards', () => {
    assert.ok(reading.length > 0);
    assert.deepEqual(
      rules.filter((rule) => !reading.includes(rule)),
      written,
    );
    for (const rule of reading) {
      assert.deepEqual(rule['verbs'], READING);
      const names = [...(rule['resources'] ?? []), ...(rule['apiGroups'] ?? [])];
      assert.deepEqual(
        names.filter((name) => name.includes('*') || name === 'secrets'),
        [],
      );
    }
  });

  test('reads just the kinds that the model reads of a cluster', () => {
    const read = reading.flatMap((rule) =>
      (rule['resources'] ?? []).map((resource) => `${rule['apiGroups']?.[0] ?? ''}/${resource}`),
    );
    assert.deepEqual([...new Set(read)].sort(), OF_CLUSTERS.map((kind) => `${kind.apiGroup}/${kind.resource}`).sort());
  });

  test('that read for files are told to save every kind that the model reads of a cluster, in the README and in the help', async () => {
    const full = OF_CLUSTERS.map(({ resource }) => (resource === 'configmaps' ? 'configmap' : resource));
    const short = new Map(Object.entries(SHORT_NAMES));
    const shortened = full.map((resource) => short.get(resource) ?? resource);
    for (const [names, text] of [
      [shortened, readFileSync(join(ROOT, 'README.md'), 'utf8')],
      [shortened, await helpOf('audit')],
    ] as const) {
      const saved = new Set(text.split(/[\s,=/.`]+/));
      assert.deepEqual(
        names.filter((name) => !saved.has(name)),
        [],
      );
    }
  });

  test('reads two ConfigMaps only, that of the agents and that with its off switch', () => {
    const configMaps = rules.filter((rule) => rule['resources']?.includes('configmaps') === true);
    assert.deepEqual(
      configMaps.map((rule) => rule['resourceNames']),
      [['cilium-config'], ['cilium-bulkhead-config']],
    );
  });

  test('is that of the pods, and nobody else has these rights', () => {
    const bindings = manifests.filter((manifest) => manifest.kind.endsWith('Binding'));
    for (const binding of bindings) {
      assert.deepEqual(binding['subjects'], [
        { kind: 'ServiceAccount', name: 'cilium-bulkhead', namespace: NAMESPACE },
      ]);
    }
  });
});

test('the configuration is valid and starts in audit mode, for every check', () => {
  const text = at(only('ConfigMap', 'cilium-bulkhead-config'), 'data', 'config.yaml');
  const config = loadConfig(String(text), 'config.yaml');
  assert.ok(config.ok, JSON.stringify(config));
  for (const check of CHECK_IDS) {
    assert.equal(config.value.checks.modes[check], 'audit', check);
    assert.ok(String(text).includes(check), check);
  }
});

test('the Secret with the certificates is empty, so that whoever applies it again leaves what is in it', () => {
  const { data, stringData, ...rest } = only('Secret', 'cilium-bulkhead-certificates');
  assert.deepEqual([data, stringData, rest['type']], [undefined, undefined, 'Opaque']);
});

test('every object but the cluster-scoped ones names its namespace and carries the label of the app', () => {
  const clusterScoped = ['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'ValidatingWebhookConfiguration'];
  for (const { kind, metadata } of manifests) {
    assert.equal(metadata.namespace === undefined, clusterScoped.includes(kind), `${kind} ${metadata.name}`);
    assert.equal(metadata.labels?.['app.kubernetes.io/name'], 'cilium-bulkhead', `${kind} ${metadata.name}`);
  }
});

test('Kustomize takes every file, in the order of their numbers', () => {
  const [kustomization] = manifestsIn('deploy').filter(({ kind }) => kind === 'Kustomization');
  const files = (kustomization?.['resources'] as readonly string[]).map((file) => `deploy/${file}`);
  assert.deepEqual(files, [...new Set(manifests.map((manifest) => manifest.file))]);
});

test('the page about installing applies every file, in the order of their numbers', () => {
  const page = readFileSync(join(ROOT, 'deploy/README.md'), 'utf8');
  const applied = [...page.matchAll(/deploy\/\d\d-[a-z-]+\.yaml/g)].map((match) => match[0]);
  assert.deepEqual(applied, [...new Set(manifests.map((manifest) => manifest.file))]);
});
