/**
 * What the API server of a cluster makes of a policy in a file, by the schemas of the CRDs that it may serve.
 *
 * While Cilium is upgraded nobody has said which one that is: whichever operator registered its CRDs last decides. So an object is
 * refused only if every running version refuses it, and else it is told by which.
 */
import type { FieldError } from '../cilium/field-path.ts';
import type { SupportedMinor } from '../cilium/profile.ts';
import type { ClusterView } from '../cluster/view.ts';
import { schemaFault } from '../kubernetes/cilium-policy-schema.ts';
import { viewsOf } from '../review/ask-each.ts';

export interface RefusingSchema {
  /** Whose CRDs these are. */
  readonly crds: SupportedMinor;
  readonly fault: FieldError;
}

export type ServedSchemas =
  | { readonly kind: 'refused'; readonly by: readonly [RefusingSchema, ...RefusingSchema[]] }
  /** By some of them, or by none. */
  | { readonly kind: 'taken'; readonly exceptBy: readonly RefusingSchema[] };

/** Versions that are not known may take anything. */
export function servedSchemas(policy: unknown, view: ClusterView): ServedSchemas {
  if (view.settings.unknown !== undefined) return { kind: 'taken', exceptBy: [] };
  const profiles = new Map(viewsOf(view).map(({ settings: { profile } }) => [profile.crds, profile]));
  const [first, ...more] = [...profiles].flatMap(([crds, profile]): readonly RefusingSchema[] => {
    const fault = schemaFault(policy, profile);
    return fault === undefined ? [] : [{ crds, fault }];
  });
  if (first === undefined) return { kind: 'taken', exceptBy: [] };
  const by = [first, ...more] as const;
  return by.length === profiles.size ? { kind: 'refused', by } : { kind: 'taken', exceptBy: by };
}
