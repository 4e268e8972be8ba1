/**
 * Pods of the workload: what decides their identity, and as many fields that nobody reads as real ones carry.
 */
import type { Json } from './json.ts';

/** Pods with the same labels. */
export interface Deployment {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly replicas: number;
}

/** About `bytes` long as JSON, or as short as it can be. */
export function pod({ namespace, labels }: Omit<Deployment, 'replicas'>, name: string, bytes: number): Json {
  const bare = podWith({ namespace, name, labels, env: [] });
  const left = bytes - JSON.stringify(bare).length;
  return left > 0 ? podWith({ namespace, name, labels, env: environment(left) }) : bare;
}

function podWith(parts: Omit<Deployment, 'replicas'> & { readonly env: readonly Json[] }): Json {
  const { namespace, name, labels, env } = parts;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace,
      name,
      uid: `uid-${namespace}-${name}`,
      labels: { ...labels, 'pod-template-hash': 'abcdef' },
    },
    spec: {
      serviceAccountName: 'default',
      nodeName: 'node-1',
      containers: [{ name: 'main', image: 'example.com/web:1', env, ports: [{ containerPort: 8080 }] }],
    },
    status: { phase: 'Running' },
  };
}

/** Short strings, and an object in an object now and then: the mix that makes a pod slow to parse. */
function environment(bytes: number): readonly Json[] {
  const env: Json[] = [];
  for (let left = bytes; left > 0;) {
    const index = env.length;
    const name = `SETTING_${index}`;
    const configMapKeyRef = { name: 'settings', key: `setting-${index}` };
    const entry =
      index % 3 === 0 ? { name, valueFrom: { configMapKeyRef } } : { name, value: 'x'.repeat(8 + (index % 24)) };
    left -= JSON.stringify(entry).length + 1;
    env.push(entry);
  }
  return env;
}
