/**
 * Policies through the real API server, in each of their kinds and versions.
 */
import assert from 'node:assert/strict';
import { eventually } from '../cluster/processes.ts';
import type { Step } from '../context.ts';
import { policy, TENANT } from '../objects.ts';
import { denied, stored } from './expect.ts';

const CILIUM = '/apis/cilium.io/v2';
const CNP = `${CILIUM}/namespaces/${TENANT}/ciliumnetworkpolicies`;
const CCNP = `${CILIUM}/ciliumclusterwidenetworkpolicies`;
const METADATA = '169.254.169.254/32';
const allowing = (name: string) =>
  policy('CiliumNetworkPolicy', name, { endpointSelector: {}, egress: [{ toCIDR: [METADATA] }] });

export const POLICY_STEPS: readonly Step[] = [
  {
    name: 'a policy that allows what a clusterwide one denies is denied once that is in the model, and not before',
    run: async ({ api, webhook }) => {
      stored(await api.post(CNP, allowing('early')));
      const denying = policy('CiliumClusterwideNetworkPolicy', 'deny-metadata', {
        endpointSelector: {},
        egressDeny: [{ toCIDR: [METADATA] }],
      });
      stored(await api.post(CCNP, denying));
      await eventually(
        'the deny is known',
        async () => (await webhook.objects('CiliumClusterwideNetworkPolicy')) === 1,
      );
      denied(await api.post(CNP, allowing('late')), 'policies', 'dead-allow');
      const networkPolicy = {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'late', namespace: TENANT },
        spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: METADATA } }] }] },
      };
      const path = `/apis/networking.k8s.io/v1/namespaces/${TENANT}/networkpolicies`;
      denied(await api.post(path, networkPolicy), 'policies', 'dead-allow');
    },
  },
  {
    name: 'a policy that agents would refuse is denied, and a deletion never',
    run: async ({ api }) => {
      const refused = policy('CiliumNetworkPolicy', 'refused', {
        endpointSelector: {},
        ingress: [{ fromEndpoints: [{}], fromCIDR: ['10.0.0.0/8'] }],
      });
      denied(await api.post(CNP, refused), 'policies', 'invalid-policy');
      stored(await api.delete(`${CNP}/early`));
    },
  },
  {
    name: 'CIDR groups are asked about in their older version, too',
    run: async ({ api, webhook }) => {
      const before = await webhook.reviews();
      const group = {
        kind: 'CiliumCIDRGroup',
        metadata: { name: 'partners' },
        spec: { externalCIDRs: ['203.0.113.0/24'] },
      };
      stored(
        await api.post('/apis/cilium.io/v2alpha1/ciliumcidrgroups', { apiVersion: 'cilium.io/v2alpha1', ...group }),
      );
      assert.equal(await webhook.reviews(), before + 1);
      await eventually('it is in the model', async () => (await webhook.objects('CiliumCIDRGroup')) === 1);
    },
  },
];
