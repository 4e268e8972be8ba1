/**
 * Groups of a cloud provider, and the labels that the operator gives to the CIDR group of each.
 */
import { createHash } from 'node:crypto';
import { pick, type Random } from '../../support/hostile-random.ts';
import type { Json } from './json.ts';

/** With what Go writes for each. */
const GROUPS: readonly (readonly [group: Json, json: string])[] = [
  [{ aws: { securityGroupsIds: ['sg-1'] } }, '{"aws":{"securityGroupsIds":["sg-1"]}}'],
  [
    {
      aws: {
        region: 'r',
        securityGroupsNames: ['<b>&', '\u2028'],
        labels: { z: '1', a: '"', Z: '' },
        securityGroupsIds: [],
      },
    },
    String.raw`{"aws":{"labels":{"Z":"","a":"\"","z":"1"},"securityGroupsNames":["\u003cb\u003e\u0026","\u2028"],"region":"r"}}`,
  ],
  [{ aws: {} }, '{"aws":{}}'],
  [{}, '{}'],
];

export function providerGroup(random: Random): Json {
  return pick(GROUPS, random)[0];
}

export function providerGroupLabels(random: Random): Json {
  const hash = createHash('sha224').update(pick(GROUPS, random)[1]).digest('base64url');
  return { 'cilium.io/policy-group': '', [`extgrp.cilium.io/${hash}`]: '' };
}
