/**
 * Admission reviews of the workload: one more pod of a deployment that is there, and, one in ten, a pod whose labels nobody
 * has had yet.
 */
import type { Json } from './json.ts';
import { seededRandom } from './random.ts';
import { pod, type Deployment } from './pods.ts';
import { ordinaryDeployments } from './plan.ts';

export interface ReviewText {
  readonly uid: string;
  readonly text: string;
}

const NEW_IDENTITY_EVERY = 10;

/** Of which pods there are reviews: a plan. */
export interface PodPlan {
  readonly parameters: { readonly seed: number };
  readonly deployments: readonly Deployment[];
}

/** About `bytes` long each. */
export function podReviews(plan: PodPlan, wanted: { readonly count: number; readonly bytes: number }): ReviewText[] {
  const random = seededRandom(plan.parameters.seed + wanted.bytes);
  const known = ordinaryDeployments(plan);
  return Array.from({ length: wanted.count }, (_, index) => {
    const like = random.pick(known);
    const deployment = index % NEW_IDENTITY_EVERY === 0 ? withNewLabel(like, `release-${index}`) : like;
    const uid = `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
    return {
      uid,
      text: JSON.stringify(creation(uid, (bytes) => pod(deployment, `new-${index}`, bytes), wanted.bytes)),
    };
  });
}

/** The same pods with a label value that no identity has. */
export function withNewLabel(deployment: Deployment, release: string): Deployment {
  return { ...deployment, labels: { ...deployment.labels, 'example.com/release': release } };
}

function creation(uid: string, podOf: (bytes: number) => Json, bytes: number): Json {
  const envelope = JSON.stringify(reviewOf(uid, {})).length;
  return reviewOf(uid, podOf(bytes - envelope));
}

/** As the API server writes it. */
export function reviewOf(uid: string, object: Json): Json {
  const metadata = object['metadata'] as { readonly name?: string; readonly namespace?: string } | undefined;
  const request = {
    uid,
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    requestKind: { group: '', version: 'v1', kind: 'Pod' },
    requestResource: { group: '', version: 'v1', resource: 'pods' },
    name: metadata?.name ?? '',
    namespace: metadata?.namespace ?? '',
    operation: 'CREATE',
    userInfo: {
      username: 'system:serviceaccount:kube-system:replicaset-controller',
      uid: '3c1e0e0c-5a5c-4c67-9a8a-7a8a0b8f0f0e',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
    },
    object,
    oldObject: null,
    dryRun: false,
    options: { kind: 'CreateOptions', apiVersion: 'meta.k8s.io/v1' },
  };
  return { kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', request };
}
