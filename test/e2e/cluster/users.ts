/**
 * Who asks the API server in these tests: each has a token, and a kubeconfig that holds it.
 */
export interface User {
  readonly token: string;
  readonly name: string;
  readonly groups: readonly string[];
}

export const ADMIN: User = { token: 'token-of-admin', name: 'admin', groups: ['system:masters'] };

/** The account of the webhook, with the rights that deploy/ gives it and no others. */
export const WEBHOOK: User = {
  token: 'token-of-the-webhook',
  name: 'system:serviceaccount:cilium-bulkhead:cilium-bulkhead',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:cilium-bulkhead', 'system:authenticated'],
};

/** As the controller manager has it for each of its controllers; with every right. */
export const REPLICASET_CONTROLLER: User = {
  token: 'token-of-the-replicaset-controller',
  name: 'system:serviceaccount:kube-system:replicaset-controller',
  groups: ['system:masters'],
};

export const USERS: readonly User[] = [ADMIN, WEBHOOK, REPLICASET_CONTROLLER];

/** As --token-auth-file wants it. */
export function tokenFile(): string {
  return USERS.map(({ token, name, groups }) => `${token},${name},${name},"${groups.join(',')}"\n`).join('');
}

export function kubeconfig(server: string, caFile: string, { token }: User): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'e2e',
    contexts: [{ name: 'e2e', context: { cluster: 'e2e', user: 'e2e' } }],
    clusters: [{ name: 'e2e', cluster: { server, 'certificate-authority': caFile } }],
    users: [{ name: 'e2e', user: { token } }],
  });
}
