/**
 * A peer of a rule as its author wrote it -> `pods with app=db in namespace payments`.
 *
 * Requirements read as in the selectors of kubectl. A long peer is cut: its field tells the rest, and what is said of it has to
 * fit into a warning.
 */
import type { AskedLabel, WrittenPeer } from '../../checks/facts/findings/deny-contradiction.ts';
import { listed } from '../../checks/facts/wording.ts';
import { NAMESPACE_LABEL_PREFIX, POD_NAMESPACE_KEY } from '../../cilium/identity/pod-labels.ts';
import { visible } from '../../plain-text.ts';

const LONGEST = 100;
const MOST_LISTED = 3;

export function peerText(peer: WrittenPeer): string {
  return visible(textOf(peer), LONGEST);
}

function textOf(peer: WrittenPeer): string {
  switch (peer.kind) {
    case 'everybody':
      return 'everybody';
    case 'prefix':
      return peer.excepts.length === 0 ? peer.cidr : `${peer.cidr} except ${few(peer.excepts)}`;
    case 'entity':
      return `the entity ${peer.name}`;
    case 'name':
      return `the name ${peer.name}`;
    case 'name-pattern':
      return `names like ${peer.name}`;
    case 'cidr-group':
      return `the CIDR group ${peer.name}`;
    case 'cidr-groups':
      return `CIDR groups${having(peer.labels)}`;
    case 'nodes':
      return `nodes${having(peer.labels)}`;
    case 'endpoints':
      return endpointsText(peer.labels);
    case 'service':
      return `the Service ${peer.name}${inNamespace(peer.namespace)}`;
    case 'services':
      return `Services${having(peer.labels)}${inNamespace(peer.namespace)}`;
  }
}

/** `pods with app=db in namespaces with env=prod` */
function endpointsText(labels: readonly AskedLabel[]): string {
  const ownLabels = labels.filter(({ key }) => key !== POD_NAMESPACE_KEY && !key.startsWith(NAMESPACE_LABEL_PREFIX));
  const ofNamespace = labels
    .filter(({ key }) => key.startsWith(NAMESPACE_LABEL_PREFIX))
    .map((label) => ({ ...label, key: label.key.slice(NAMESPACE_LABEL_PREFIX.length) }));
  const names = labels.filter(({ key }) => key === POD_NAMESPACE_KEY).map(namespacesText);
  const namespaces = ofNamespace.length === 0 ? [] : [` in namespaces${having(ofNamespace)}`];
  return `pods${having(ownLabels)}${[...names, ...namespaces].join('')}`;
}

function namespacesText({ operator, values }: AskedLabel): string {
  switch (operator) {
    case 'In':
      return values.length === 1 ? inNamespace(values[0]) : ` in namespaces ${few(values)}`;
    case 'NotIn':
      return ` outside ${few(values)}`;
    default:
      return operator === 'Exists' ? ' in any namespace' : ' in no namespace';
  }
}

function inNamespace(name = ''): string {
  return name === '' ? '' : ` in namespace ${name}`;
}

function having(labels: readonly AskedLabel[]): string {
  if (labels.length === 0) return '';
  const more = labels.length > MOST_LISTED ? ` and ${labels.length - MOST_LISTED} more` : '';
  return ` with ${labels.slice(0, MOST_LISTED).map(labelText).join(',')}${more}`;
}

function labelText({ key, operator, values }: AskedLabel): string {
  switch (operator) {
    case 'In':
      return values.length === 1 ? `${key}=${values[0] ?? ''}` : `${key} in (${inShort(values)})`;
    case 'NotIn':
      return values.length === 1 ? `${key}!=${values[0] ?? ''}` : `${key} notin (${inShort(values)})`;
    default:
      return operator === 'DoesNotExist' ? `!${key}` : key;
  }
}

/** As in a selector, where `and` would be one more value. */
function inShort(values: readonly string[]): string {
  const shown = values.slice(0, MOST_LISTED).join(',');
  return values.length > MOST_LISTED ? `${shown},...` : shown;
}

function few(items: readonly string[]): string {
  return listed(items, { most: MOST_LISTED });
}
