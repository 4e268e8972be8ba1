/**
 * Which Services a reference means, and which pods a Service with a selector.
 *
 * Mirrors serviceSelectorMatches, serviceRefMatches and appendSelector (pkg/policy/k8s/service.go). A reference without a
 * namespace means Services of every namespace.
 * Cost: a reference by name O(1), one by labels O(Services of the namespaces that it means).
 */
import type { Budget } from '../../budget.ts';
import { labelArray, type LabelArray } from '../../identity/label.ts';
import { POD_NAMESPACE_KEY } from '../../identity/pod-labels.ts';
import type { Labels, Service } from '../../objects.ts';
import type { SelectorSpec, ServiceSpec } from '../../policy-spec.ts';
import type { Profile } from '../../profile.ts';
import type { PolicyContext } from '../context.ts';
import { endpointSelector, matches } from '../selector.ts';
import type { ServiceCatalog } from '../service-catalog.ts';
import { isWatchedService } from '../services.ts';
import { isKubernetesSelector } from './sanitize-selector.ts';
import { readSelector, selectorKeyParts, type SelectorKeyParts } from './written-selector.ts';

const SERVICES_PER_PAUSE = 256;

export interface ServiceReference {
  /** Whether it means this Service. */
  readonly means: (service: Service) => boolean;
  /** Those that it means are among them. */
  readonly candidates: (catalog: ServiceCatalog) => Iterable<Service>;
}

/** Of the two forms that a reference may have the one by labels counts. */
export function serviceReference(spec: ServiceSpec, context: PolicyContext): ServiceReference {
  const { k8sService, k8sServiceSelector } = spec;
  const namespace = (k8sServiceSelector ?? k8sService)?.namespace;
  const isThere = (service: Service): boolean =>
    isWatchedService(service, context) && (namespace === '' || service.namespace === namespace);
  if (k8sServiceSelector !== undefined) {
    const hasLabels = labelTest(k8sServiceSelector.selector, context.profile);
    return {
      means: (service) => isThere(service) && hasLabels(service.labels),
      candidates: (catalog) => catalog.services(namespace === '' ? undefined : namespace),
    };
  }
  const name = k8sService?.serviceName ?? '';
  return {
    means: (service) => isThere(service) && service.name === name,
    candidates: (catalog) => catalog.named(name),
  };
}

/** The Services that are meant; undefined where that is too many to look at. Yields where the caller may pause. */
export function* meantServices(
  reference: ServiceReference,
  catalog: ServiceCatalog,
  looks: Budget,
): Generator<undefined, readonly Service[] | undefined> {
  const meant: Service[] = [];
  let seen = 0;
  for (const service of reference.candidates(catalog)) {
    if (!looks.spend()) return undefined;
    if (++seen % SERVICES_PER_PAUSE === 0) yield;
    if (reference.means(service)) meant.push(service);
  }
  return meant;
}

/** The pods of a Service with a selector, as a peer selector would name them. */
export function podsOf({ namespace, selector }: Service, profile: Profile): SelectorSpec {
  // A source of its own stands before the first dot.
  const keyOf = (key: string): string => (profile.serviceKeysNameSource ? key.replace('.', ':') : `k8s:${key}`);
  const labels = [...selector].map(([key, value]): [string, string] => [keyOf(key), value]);
  return { matchLabels: new Map([...labels, [`k8s:${POD_NAMESPACE_KEY}`, namespace]]), matchExpressions: [] };
}

/** What labels of a Service have to be; undefined is a selector of which no field is written. */
function labelTest(spec: SelectorSpec | undefined, profile: Profile): (labels: Labels) => boolean {
  if (spec === undefined || !isTaken(spec, profile)) return () => profile.serviceSelectors !== 'literal';
  const { labels, expressions } = readSelector(spec, (key) => keyParts(key, profile));
  const selector = endpointSelector([...labels.values(), ...expressions]);
  return (written) => matches(selector, labelsAsRead(written));
}

/** A Service may have thousands of labels, and thousands of references look at it. */
const labelsRead = new WeakMap<Labels, LabelArray>();

function labelsAsRead(written: Labels): LabelArray {
  const known = labelsRead.get(written);
  if (known !== undefined) return known;
  const labels = labelArray([...written].map(([key, value]) => ({ source: 'k8s', key, value })));
  labelsRead.set(written, labels);
  return labels;
}

/** Since 1.19.6 what is not is refused with its policy, and since 1.20 everything is. */
function isTaken(spec: SelectorSpec, { serviceSelectors }: Profile): boolean {
  return serviceSelectors === 'sourced' || serviceSelectors === 'anySource' || isKubernetesSelector(spec);
}

function keyParts(text: string, profile: Profile): SelectorKeyParts {
  switch (profile.serviceSelectors) {
    case 'literal':
      return { source: 'any', key: text };
    case 'dotted':
      return { source: 'any', key: text.slice(text.indexOf('.') + 1) };
    case 'sourced':
      return selectorKeyParts(text, profile);
    case 'anySource':
      return { ...selectorKeyParts(text, profile), source: 'any' };
  }
}
