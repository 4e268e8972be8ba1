/**
 * The rows of the table of beliefs in the specification of identities, numbered from the top.
 */
import { accepted, configured, file, hasPodKey, identity, namesPort, policy, written } from './question-tests.ts';
import type { Row } from './row.ts';
import type { SeenQuestion } from './seen-question.ts';
import { json, text } from './seen-world.ts';

const DROPPED =
  /^(pod-template-|controller-|statefulset[.]|apps[.]kubernetes[.]io.pod-index|batch[.]|topology[.]|.*kubernetes[.]io.(hostname|arch|zone)|annotation|etcd_node|io[.]kubernetes[.](container|pod[.]uid))/;
const SPECIAL_KEYS = ['host', 'ingress', 'world', 'init', 'health'];
const OVERWRITTEN = [
  'io.kubernetes.pod.namespace',
  'io.cilium.k8s.policy.cluster',
  'io.cilium.k8s.policy.serviceaccount',
];
const WHITESPACE_BEYOND_ASCII = /[\u00a0\u0085\u2003]/u;

export const BELIEF_ROWS: readonly Row<SeenQuestion>[] = [
  {
    row: '1',
    says: 'labels that the defaults drop',
    isReached: identity(({ entries, podKeys }) => entries.length === 0 && podKeys.some((key) => DROPPED.test(key))),
  },
  {
    row: '2',
    says: 'the first colon splits',
    isReached: accepted(({ entries }) => entries.some(({ text }) => text.split(':').length > 2)),
  },
  {
    row: '2',
    says: 'any: is literal',
    isReached: accepted(({ entries }) => entries.some(({ source }) => source === 'any')),
  },
  {
    row: '2',
    says: '!k8s: is an include',
    isReached: accepted(({ entries }) => entries.some(({ source }) => source?.startsWith('!') === true)),
  },
  {
    row: '2',
    says: 'an empty remainder stops the agent',
    isReached: configured(
      ({ entries, answer }) => answer['ok'] === false && entries.some(({ pattern }) => pattern === ''),
    ),
  },
  {
    row: '2',
    says: 'a bad expression stops the agent',
    isReached: configured(
      ({ entries, answer }) => answer['ok'] === false && entries.every(({ pattern }) => pattern !== ''),
    ),
  },
  { row: '3', says: 'words between whitespace', isReached: accepted(({ entries }) => entries.length > 1) },
  {
    row: '3',
    says: 'whitespace beyond ASCII',
    isReached: accepted(({ question }) => WHITESPACE_BEYOND_ASCII.test(text(question['labelsConfig']))),
  },
  {
    row: '3',
    says: 'a comma is no separator',
    isReached: accepted(({ entries }) => entries.some(({ text }) => text.includes(','))),
  },
  {
    row: '4',
    says: 'expressions with alternatives',
    isReached: accepted(({ entries }) => entries.some(({ pattern }) => pattern.includes('|'))),
  },
  {
    row: '5',
    says: 'includes and excludes together',
    isReached: accepted(
      ({ entries }) => entries.some(({ excludes }) => excludes) && entries.some(({ excludes }) => !excludes),
    ),
  },
  {
    row: '5',
    says: 'an expression that matches nothing at length 0',
    isReached: accepted(({ entries }) =>
      entries.some(({ pattern }) => ['^', 'a*', '(?i)', '(?s)', '(?U)'].includes(pattern)),
    ),
  },
  {
    row: '5',
    says: 'several excludes',
    isReached: accepted(({ entries }) => entries.filter(({ excludes }) => excludes).length > 1),
  },
  { row: '6', says: 'excludes alone', isReached: accepted(({ entries }) => entries.every(({ excludes }) => excludes)) },
  { row: '7', says: 'a file of prefixes', isReached: file(({ answer }) => answer['ok'] === true) },
  {
    row: '7',
    says: 'a file that excludes',
    isReached: file((seen) => seen.answer['ok'] === true && written(seen).includes('"invert":true')),
  },
  { row: '7', says: 'a file that the agent refuses', isReached: file(({ answer }) => answer['ok'] === false) },
  { row: '7', says: 'a null entry panics', isReached: file((seen) => written(seen).includes('[null')) },
  { row: '7', says: 'only the first JSON value is read', isReached: file((seen) => written(seen).includes('}]} ')) },
  {
    row: '7',
    says: 'keys of a file in any case',
    isReached: file((seen) => /"Valid-Prefixes"|"PREFIX"/.test(written(seen))),
  },
  { row: '8', says: 'labels of the namespace', isReached: identity(({ namespaceKeys }) => namespaceKeys.length > 1) },
  {
    row: '8',
    says: 'labels of the namespace that the defaults would drop',
    isReached: identity(({ namespaceKeys }) => namespaceKeys.some((key) => DROPPED.test(key))),
  },
  { row: '9', says: 'pod labels under io.cilium.k8s', isReached: hasPodKey((key) => key.startsWith('io.cilium.k8s')) },
  { row: '9', says: 'pod labels that Cilium overwrites', isReached: hasPodKey((key) => OVERWRITTEN.includes(key)) },
  {
    row: '10',
    says: 'pod keys that begin with reserved.',
    isReached: (seen) => seen.op === 'identity' && seen.podKeys.some((key) => key.startsWith('reserved.')),
  },
  {
    row: '11',
    says: 'no service account',
    isReached: identity(({ question }) => text(json(question['pod'])['serviceAccountName']) === ''),
  },
  {
    row: '11',
    says: 'no service account, but a label that says one',
    isReached: identity(
      ({ question, podKeys }) =>
        text(json(question['pod'])['serviceAccountName']) === '' &&
        podKeys.includes('io.cilium.k8s.policy.serviceaccount'),
    ),
  },
  { row: '12', says: 'port names', isReached: identity(namesPort) },
  {
    row: '12',
    says: 'port names that fill more than one label',
    isReached: identity(({ ports }) => new Set(ports.map(({ name }) => name)).size > 5),
  },
  {
    row: '12',
    says: 'one name twice',
    isReached: identity(({ ports }) => new Set(ports.map(({ name }) => name)).size < ports.length),
  },
  { row: '13', says: 'the key that the operator makes', isReached: identity(namesPort) },
  { row: '14', says: 'metadata labels of CiliumIdentity', isReached: identity(() => true) },
  { row: '15', says: 'the canonical key', isReached: identity(() => true) },
  { row: '16', says: 'pod key remote-node', isReached: hasPodKey((key) => key === 'remote-node') },
  {
    row: '16',
    says: 'pod keys of other reserved identities',
    isReached: hasPodKey((key) => SPECIAL_KEYS.includes(key)),
  },
  {
    row: '16',
    says: 'namespace labels of these names',
    isReached: identity(({ namespaceKeys }) =>
      namespaceKeys.some((key) => [...SPECIAL_KEYS, 'remote-node'].includes(key)),
    ),
  },
  {
    row: '17',
    says: 'well-known identities',
    isReached: identity(({ question }) => question['wellKnownIdentities'] === true),
  },
  { row: '18', says: 'fixed identities', isReached: identity(({ question }) => 'fixedIdentityMapping' in question) },
  {
    row: '18',
    says: 'fixed identities out of range',
    isReached: ({ question, answer }) => 'fixedIdentityMapping' in question && answer['ok'] === false,
  },
  { row: '19', says: 'selector keys without source', isReached: policy(/"(app|a|x-y)":"x"/) },
  { row: '19', says: 'selector keys with source', isReached: policy(/"(k8s|any):[^"]+":/) },
];
