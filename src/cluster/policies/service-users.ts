/**
 * The policies that refer to Services, and which of them have to be read again after Services changed.
 *
 * Mirrors updateToServicesPolicies (pkg/policy/k8s/service.go). A policy is read again when somebody looks, so that thousands of
 * Services that come one after another cost one reading.
 * Invariant: a policy of which a reference means a Service that changed, as it was or as it is, is stale until it is taken.
 * Cost: a change O(references to Services).
 */
import {
  formatRef,
  isCiliumPolicy,
  refOf,
  type ObjectRef,
  type PolicyObject,
  type Service,
} from '../../cilium/objects.ts';
import type { PolicyContext } from '../../cilium/policy/context.ts';
import { refersToServices } from '../../cilium/policy/parse/service-peers.ts';
import { serviceReference, type ServiceReference } from '../../cilium/policy/parse/service-references.ts';
import { trafficRules } from '../../cilium/policy/parse/traffic-rules.ts';
import type { ServiceCatalog, ServiceObject } from '../../cilium/policy/service-catalog.ts';
import { serviceOf } from '../../cilium/policy/services.ts';

interface User {
  readonly object: PolicyObject;
  readonly references: readonly ServiceReference[];
}

export class ServiceUsers {
  readonly #catalog: ServiceCatalog;
  readonly #context: PolicyContext;
  readonly #users = new Map<string, User>();
  readonly #stale = new Map<string, PolicyObject>();
  #known: string;

  constructor(catalog: ServiceCatalog, context: PolicyContext) {
    this.#catalog = catalog;
    this.#context = context;
    this.#known = knownKinds(catalog);
  }

  /** The policy was read just now. */
  set(object: PolicyObject): void {
    const name = formatRef(refOf(object));
    const references = serviceReferences(object, this.#context);
    this.#stale.delete(name);
    if (references.length > 0) this.#users.set(name, { object, references });
    else this.#users.delete(name);
  }

  delete(ref: ObjectRef): void {
    this.#stale.delete(formatRef(ref));
    this.#users.delete(formatRef(ref));
  }

  /** These changed, each as it was and as it is: the policies for which they matter. */
  changed(objects: readonly ServiceObject[]): readonly ObjectRef[] {
    const known = knownKinds(this.#catalog);
    const services = known === this.#known ? servicesMeant(objects, this.#catalog) : undefined;
    this.#known = known;
    const stale: ObjectRef[] = [];
    for (const [name, { object, references }] of this.#users) {
      if (services !== undefined && !meansAny(references, services)) continue;
      this.#stale.set(name, object);
      stale.push(refOf(object));
    }
    return stale;
  }

  /** Those that have to be read again. */
  takeStale(): readonly PolicyObject[] {
    if (this.#stale.size === 0) return [];
    const stale = [...this.#stale.values()];
    this.#stale.clear();
    return stale;
  }
}

/** What may make references come to something else that meant none of the Services that changed. */
function knownKinds(catalog: ServiceCatalog): string {
  return (['Service', 'EndpointSlice'] as const).filter((kind) => catalog.isKnown(kind)).join();
}

/** What of a policy comes to something else with other Services. */
function serviceReferences(object: PolicyObject, context: PolicyContext): readonly ServiceReference[] {
  if (!isCiliumPolicy(object)) return [];
  const rules = object.rules.flatMap(trafficRules).filter(refersToServices);
  return rules.flatMap(({ traffic }) => traffic.services ?? []).map((spec) => serviceReference(spec, context));
}

/** The Services of which something changed that a policy looks at. */
function servicesMeant(objects: readonly ServiceObject[], catalog: ServiceCatalog): readonly Service[] {
  return objects.flatMap((object) => {
    if (object.kind === 'Service') return [object];
    const service = catalog.service(serviceOf(object));
    return service === undefined || service.selector.size > 0 ? [] : [service];
  });
}

function meansAny(references: readonly ServiceReference[], services: readonly Service[]): boolean {
  return references.some(({ means }) => services.some((service) => means(service)));
}
