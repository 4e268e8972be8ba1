/**
 * What the process was started with: the one reader of its environment variables.
 */

export interface Environment {
  /** `NO_COLOR` is set and not empty (no-color.org). */
  readonly noColor: boolean;
  /** Kubernetes says where the API server of this pod is. */
  readonly inPod: boolean;
}

export function readEnvironment(variables: Readonly<Record<string, string | undefined>> = process.env): Environment {
  return {
    noColor: (variables['NO_COLOR'] ?? '') !== '',
    inPod: (variables['KUBERNETES_SERVICE_HOST'] ?? '') !== '' && (variables['KUBERNETES_SERVICE_PORT'] ?? '') !== '',
  };
}
