/**
 * Pods that no workload owns: made by a tenant's own controller or by hand, or by the kubelet from files of its node.
 */
import type { BarePods, StaticPods } from './description.ts';
import { CONTROL_PLANE, podOf, templateOf, withLabels } from './pods.ts';
import { formerShapes, type Population } from './population.ts';
import { suffixOf } from './seed.ts';

export function barePodsOf(namespace: string, described: BarePods): Population {
  const template = templateOf(namespace, described.name, described);
  const pods = described.pods.flatMap(({ suffix, labels, count }) =>
    Array.from({ length: count }, (_, index) => {
      const parts = [described.name, suffix, count === 1 ? '' : String(index)];
      const name = parts.filter((part) => part !== '').join('-');
      return podOf(withLabels(template, labels), { namespace, name });
    }),
  );
  return { workloads: [], pods, former: formerShapes(template, described.former) };
}

/** The API server shows them as mirrors, without a service account. */
export function staticPodsOf(namespace: string, described: StaticPods): Population {
  const pods = described.names.map((name) => {
    const options = {
      labels: { component: name, tier: 'control-plane' },
      bareLabels: true,
      hostNetwork: true,
    } as const;
    const template = { ...templateOf(namespace, name, options), serviceAccountName: '' };
    const annotations = { 'kubernetes.io/config.mirror': suffixOf(`mirror/${name}`, 32) };
    return podOf(template, { namespace, name: `${name}-${CONTROL_PLANE}`, node: CONTROL_PLANE, annotations });
  });
  return { workloads: [], pods, former: [] };
}
