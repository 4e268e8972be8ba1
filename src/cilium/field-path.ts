/** A path into a submitted object, as Kubernetes prints it: `spec.ingress[0].fromEndpoints[1]`. */
export type FieldPath = string;
