/**
 * A group of a cloud provider, by the hash that Cilium tells it by.
 *
 * Mirrors Groups, AWSGroup and Hash (pkg/policy/api/groups.go of 1.20): SHA-224 of the JSON that Go writes, which leaves out what
 * is empty, puts the keys of a map in the order of their bytes, and escapes what HTML would read. The operator labels the
 * CiliumCIDRGroup that it fills with it. Earlier minors have the same fields, and no hash.
 */
import { createHash } from 'node:crypto';
import { compareBytes } from '../../cilium/identity/label.ts';
import type { JsonNode } from './node.ts';

export function groupHash(group: JsonNode): string {
  const aws = group.field('aws');
  const json = jsonObject([['aws', aws.isAbsent ? undefined : awsJson(aws)]]);
  return createHash('sha224').update(json).digest('base64url');
}

function awsJson(aws: JsonNode): string {
  const region = aws.field('region').asString() ?? '';
  return jsonObject([
    ['labels', mapJson(aws.field('labels').asStringMap())],
    ['securityGroupsIds', listJson(aws.field('securityGroupsIds').asStrings())],
    ['securityGroupsNames', listJson(aws.field('securityGroupsNames').asStrings())],
    ['region', region === '' ? undefined : jsonText(region)],
  ]);
}

/** What is undefined is left out. */
function jsonObject(members: readonly (readonly [name: string, json: string | undefined])[]): string {
  const written = members.flatMap(([name, json]) => (json === undefined ? [] : [`${jsonText(name)}:${json}`]));
  return `{${written.join(',')}}`;
}

function mapJson(map: ReadonlyMap<string, string>): string | undefined {
  const sorted = [...map].sort(([a], [b]) => compareBytes(a, b));
  return map.size === 0 ? undefined : jsonObject(sorted.map(([key, value]) => [key, jsonText(value)]));
}

function listJson(list: readonly string[] | undefined): string | undefined {
  return list === undefined || list.length === 0 ? undefined : `[${list.map(jsonText).join(',')}]`;
}

/** Half a surrogate pair is no character to Go. */
function jsonText(text: string): string {
  return JSON.stringify(text.toWellFormed()).replaceAll(/[<>&\u2028\u2029]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
