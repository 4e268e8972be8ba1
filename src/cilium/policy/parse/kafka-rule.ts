/**
 * What an agent until 1.19 refuses in a Kafka rule.
 *
 * Mirrors PortRule.Sanitize (github.com/cilium/proxy, pkg/policy/api/kafka).
 */
import { byteLength } from '../../go-text.ts';
import type { KafkaRuleSpec } from '../../policy-spec.ts';

const API_KEYS: ReadonlySet<string> = new Set([
  'produce',
  'fetch',
  'offsets',
  'metadata',
  'leaderandisr',
  'stopreplica',
  'updatemetadata',
  'controlledshutdown',
  'offsetcommit',
  'offsetfetch',
  'findcoordinator',
  'joingroup',
  'heartbeat',
  'leavegroup',
  'syncgroup',
  'describegroups',
  'listgroups',
  'saslhandshake',
  'apiversions',
  'createtopics',
  'deletetopics',
  'deleterecords',
  'initproducerid',
  'offsetforleaderepoch',
  'addpartitionstotxn',
  'addoffsetstotxn',
  'endtxn',
  'writetxnmarkers',
  'txnoffsetcommit',
  'describeacls',
  'createacls',
  'deleteacls',
  'describeconfigs',
  'alterconfigs',
]);

const LONGEST_TOPIC = 255;
const MAX_VERSION = 0x7fff;

export function kafkaProblem({ role, apiKey, apiVersion, topic }: KafkaRuleSpec): string | undefined {
  if (apiKey !== '' && role !== '') return 'role and apiKey exclude each other';
  if (apiKey !== '' && !API_KEYS.has(apiKey.toLowerCase())) return `"${apiKey}" is not an apiKey`;
  if (role !== '' && !['produce', 'consume'].includes(role.toLowerCase())) return `"${role}" is not a role`;
  if (apiVersion !== '' && !isVersion(apiVersion)) return `"${apiVersion}" is not an apiVersion`;
  if (byteLength(topic) > LONGEST_TOPIC) return `topic is longer than ${LONGEST_TOPIC} characters`;
  return topic === '' || isTopic(topic) ? undefined : `"${topic}" is not a topic`;
}

/** strconv.ParseInt of 16 bits; a negative one is refused, but for -0. */
function isVersion(text: string): boolean {
  return /^(?:\+?\d+|-0+)$/.test(text) && Number(text) <= MAX_VERSION;
}

/** The class of characters is written with two backslashes, so that one is among them. */
function isTopic(text: string): boolean {
  return /^[a-zA-Z0-9\\._-]+$/.test(text);
}
