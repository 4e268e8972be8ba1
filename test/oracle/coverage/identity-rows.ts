/**
 * Rows 9 to 18 of the table of beliefs in the specification of identities, and m1 to m7 of what changes between minors, from the
 * top of each.
 */
import { hasPodKey, identity, namedPortsLabelsOf, namesPorts, type Test } from './question-tests.ts';
import { before120, unreachable, type Row } from './row.ts';
import type { SeenQuestion } from './seen-question.ts';
import { json, text } from './seen-world.ts';

const SPECIAL_KEYS = ['host', 'ingress', 'world', 'init', 'health'];
const OVERWRITTEN = [
  'io.kubernetes.pod.namespace',
  'io.cilium.k8s.policy.cluster',
  'io.cilium.k8s.policy.serviceaccount',
];
const WELL_KNOWN = { least: 102, most: 114 };
const FIXED = { least: 128, most: 255 };

const accountOf = ({ question }: SeenQuestion): string => text(json(question['pod'])['serviceAccountName']);
const hasWellKnown = ({ question }: SeenQuestion): boolean => question['wellKnownIdentities'] === true;

function hasNumber({ least, most }: typeof FIXED): Test {
  return identity(({ answer }) => Number(answer['reservedID']) >= least && Number(answer['reservedID']) <= most);
}

/** It says the same as another one, in the eyes of Cilium. */
function hasTwins({ ports }: SeenQuestion): boolean {
  const names = ports
    .map(({ name }) => text(name).toLowerCase())
    .filter((name) => /^[a-z0-9-]*[a-z][a-z0-9-]*$/.test(name));
  return new Set(names).size < names.length;
}

const hasReservedKey: Test = ({ op, podKeys }) =>
  op === 'identity' && podKeys.some((key) => key.startsWith('reserved.'));
const isDNS: Test = ({ podKeys, question, namespaceKeys }) =>
  podKeys.length === 1 &&
  podKeys[0] === 'k8s-app' &&
  namespaceKeys.length <= 1 &&
  text(json(question['namespace'])['name']) === 'kube-system';

export const IDENTITY_ROWS: readonly Row<SeenQuestion>[] = [
  { row: '9', says: 'pod labels under io.cilium.k8s', isReached: hasPodKey((key) => key.startsWith('io.cilium.k8s')) },
  ...OVERWRITTEN.map((key) => ({
    row: '9',
    says: `a pod label ${key}, which Cilium overwrites`,
    isReached: hasPodKey((own) => own === key),
  })),
  { row: '10', says: 'pod keys that begin with reserved.', isReached: hasReservedKey },
  { row: '11', says: 'no service account', isReached: identity((seen) => accountOf(seen) === '') },
  {
    row: '11',
    says: 'no service account, but a label that says one',
    isReached: identity(
      (seen) => accountOf(seen) === '' && seen.podKeys.includes('io.cilium.k8s.policy.serviceaccount'),
    ),
  },
  { row: '12', says: 'port names', isReached: identity(namesPorts) },
  {
    row: '12',
    says: 'port names that fill more than one label',
    isReached: identity((seen) => namedPortsLabelsOf(seen) > 1),
  },
  { row: '12', says: 'one name twice', isReached: identity(hasTwins) },
  {
    row: '12',
    says: 'a filter that would exclude the label of port names',
    isReached: identity(
      (seen) => namesPorts(seen) && seen.entries.some(({ source, excludes }) => excludes && /^(gen)?$/.test(source)),
    ),
  },
  {
    row: '13',
    says: 'the key that the operator makes, of a pod without port names',
    isReached: identity((seen) => !namesPorts(seen)),
  },
  { row: '13', says: 'the key that the operator makes, of one with them', isReached: identity(namesPorts) },
  {
    row: '14',
    says: 'metadata labels of CiliumIdentity',
    isReached: identity(({ answer }) => 'ciliumIdentity' in answer),
  },
  {
    row: '15',
    says: 'the canonical key of keys that other orders sort otherwise',
    isReached: identity(({ kept }) => sortsOtherwise([...kept].map((label) => label.slice(label.indexOf(':') + 1)))),
  },
  {
    row: '15',
    says: 'the canonical key of two sources',
    isReached: identity(({ kept }) => new Set([...kept].map((label) => label.slice(0, label.indexOf(':')))).size > 1),
    unreachable: before120('all labels of a pod have the source k8s before 1.20'),
  },
  { row: '16', says: 'pod key remote-node', isReached: hasPodKey((key) => key === 'remote-node') },
  ...SPECIAL_KEYS.map((key) => ({
    row: '16',
    says: `pod key ${key}`,
    isReached: hasPodKey((own) => own === key),
  })),
  {
    row: '16',
    says: 'namespace labels of these names',
    isReached: identity(({ namespaceKeys }) =>
      namespaceKeys.some((key) => [...SPECIAL_KEYS, 'remote-node'].includes(key)),
    ),
  },
  { row: '17', says: 'a well-known identity', isReached: hasNumber(WELL_KNOWN) },
  ...[102, 103, 104, 105, 106, 110, 111, 112, 113, 114].map((id) => ({
    row: '17',
    says: `well-known identity ${id}`,
    isReached: identity(({ answer }) => answer['reservedID'] === id),
  })),
  {
    row: '17',
    says: 'nearly a well-known identity',
    isReached: identity(
      (seen) => hasWellKnown(seen) && isNamedLikeWellKnown(seen) && seen.answer['reservedID'] === undefined,
    ),
  },
  {
    row: '17',
    says: 'a pod that would be one, where they are off',
    isReached: identity((seen) => !hasWellKnown(seen) && isDNS(seen) && accountOf(seen) === 'coredns'),
  },
  { row: '18', says: 'a fixed identity', isReached: hasNumber(FIXED) },
  {
    row: '18',
    says: 'a mapping of another value',
    isReached: identity(
      ({ question, answer }) => 'fixedIdentityMapping' in question && answer['reservedID'] === undefined,
    ),
  },
  {
    row: '18',
    says: 'a fixed identity out of range stops the agent',
    isReached: ({ question, answer }) =>
      answer['ok'] === false &&
      Object.keys(json(question['fixedIdentityMapping'])).some((id) => Number(id) < 128 || Number(id) > 255),
  },
  { row: 'm1', says: 'a label of named ports, or none', isReached: identity(namesPorts) },
  {
    row: 'm2',
    says: 'well-known DNS with port names',
    isReached: identity(
      (seen) => hasWellKnown(seen) && isDNS(seen) && namesPorts(seen) && accountOf(seen) === 'coredns',
    ),
  },
  { row: 'm3', says: 'pod keys reserved.X', isReached: hasReservedKey },
  { row: 'm4', says: 'keys of operator and agent', isReached: identity(namesPorts) },
  {
    row: 'm5',
    says: 'anything else about identities',
    isReached: identity((seen) => !namesPorts(seen) && !hasReservedKey(seen)),
  },
  { row: 'm6', says: 'topology labels', isReached: hasPodKey((key) => key.startsWith('topology.')) },
  unreachable('m6', 'topology labels before 1.18.7', 'the oracle of 1.18 is 1.18.8, and 1.18.7 cannot be had'),
  { row: 'm7', says: 'the table of reserved identities', isReached: ({ op }) => op === 'reserved' },
];

function isNamedLikeWellKnown({ podKeys }: SeenQuestion): boolean {
  return podKeys.includes('k8s-app') || podKeys.includes('io.cilium/app');
}

/** By byte, and as words are sorted for people. */
function sortsOtherwise(keys: readonly string[]): boolean {
  const byByte = [...keys].sort();
  return [...keys].sort((a, b) => a.localeCompare(b, 'en')).some((key, index) => key !== byByte[index]);
}
