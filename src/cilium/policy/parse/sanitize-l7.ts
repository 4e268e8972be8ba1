/**
 * What the agent would refuse in L7 rules.
 *
 * Mirrors L7Rules.sanitize (pkg/policy/api/rule_validation.go), PortRuleHTTP.Sanitize (http.go), PortRuleDNS.Sanitize (fqdn.go),
 * PortRuleL7.Sanitize (l7.go) and, of the proxy, kafka.PortRule.Sanitize. Paths and methods are Go's regular expressions.
 * Cost: linear in the text, at some milliseconds for the longest expression that is read.
 */
import type { FieldPath } from '../../field-path.ts';
import type { FQDNSpec, HTTPRuleSpec, HeaderMatchSpec, L7Spec, PortRuleSpec } from '../../policy-spec.ts';
import type { Profile } from '../../profile.ts';
import { compileGoRegexp } from '../../re2.ts';
import { readPort } from '../ports.ts';
import type { Refusal } from '../rule.ts';
import { kafkaProblem } from './kafka-rule.ts';

/** undefined: the caller may pause. */
export function* l7Refusals(rule: PortRuleSpec, profile: Profile): Iterable<Refusal | undefined> {
  const field = `${rule.path}.rules`;
  const { rules = {} } = rule;
  if (rule.ports.some(({ port }) => isZero(port))) yield { field, reason: 'L7 rules need a port other than 0' };
  yield* listed(rules.http, `${field}.http`, httpProblem);
  if (profile.parsesKafka) yield* listed(rules.kafka, `${field}.kafka`, kafkaProblem);
  if (rules.dns !== undefined && rule.ports.length === 0) yield { field, reason: 'DNS rules need a port' };
  yield* listed(rules.dns, `${field}.dns`, (name) => nameProblem(name, profile));
  if (profile.parsesKafka) yield* proxylibRefusals(rules, field);
  if (kindsOf(rules, profile) > 1) yield { field, reason: 'one port rule takes L7 rules of one kind' };
}

const LONGEST_NAME = 255;

/** Of a DNS name or pattern, in a rule or as a peer. */
export function nameProblem({ matchName, matchPattern }: FQDNSpec, profile: Profile): string | undefined {
  if (matchName !== '' && !/^[-a-zA-Z0-9_.]+$/.test(matchName)) return `"${matchName}" is not a DNS name`;
  if (profile.limitsDNSPatterns && matchPattern.trim().length > LONGEST_NAME) {
    return `matchPattern is longer than ${LONGEST_NAME} characters`;
  }
  if (matchPattern !== '' && !/^[-a-zA-Z0-9_.*]+$/.test(matchPattern)) return `"${matchPattern}" is not a pattern`;
  return undefined;
}

function* listed<Item extends object>(
  rules: readonly Item[] | undefined,
  path: FieldPath,
  problemOf: (rule: Item) => string | undefined,
): Iterable<Refusal | undefined> {
  for (const [index, rule] of (rules ?? []).entries()) {
    const reason = problemOf(rule);
    if (reason !== undefined) yield { field: `${path}[${index}]`, reason };
    yield undefined;
  }
}

function httpProblem({ path, method, headerMatches }: HTTPRuleSpec): string | undefined {
  return (
    expressionProblem('path', path) ?? expressionProblem('method', method) ?? firstOf(headerMatches, headerProblem)
  );
}

function expressionProblem(field: string, text: string): string | undefined {
  if (text === '' || isLongExpression(text)) return undefined;
  const compiled = compileGoRegexp(text);
  return compiled.ok ? undefined : `${field} is not a regular expression: ${compiled.error}`;
}

const LONGEST_EXPRESSION = 4096;

/** So long that nobody waits for it to be read: whether the agent takes it is not known. */
export function isLongExpression(text: string): boolean {
  return text.length > LONGEST_EXPRESSION;
}

const MISMATCHES: ReadonlySet<string> = new Set(['', 'LOG', 'ADD', 'DELETE', 'REPLACE']);

function headerProblem({ name, mismatch, secret }: HeaderMatchSpec): string | undefined {
  if (name === '') return 'a header match has no name';
  if (!MISMATCHES.has(mismatch)) return `"${mismatch}" is none of LOG, ADD, DELETE and REPLACE`;
  return secret === '' ? 'the secret of a header match has no name' : undefined;
}

function firstOf<Item>(items: readonly Item[], problemOf: (item: Item) => string | undefined): string | undefined {
  for (const item of items) {
    const problem = problemOf(item);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Of fields that agents have until 1.19: they can't be read, whether there are rules or not. */
export function* proxylibFaults({ rules }: PortRuleSpec, { parsesKafka }: Profile): Iterable<Refusal> {
  const fault = parsesKafka ? rules?.proxylibFault : undefined;
  if (fault !== undefined) yield { field: fault.path, reason: fault.reason };
}

function* proxylibRefusals({ l7, l7proto = '' }: L7Spec, field: FieldPath): Iterable<Refusal> {
  if (l7 !== undefined && l7proto === '') yield { field: `${field}.l7`, reason: 'needs l7proto' };
  const empty = (l7 ?? []).findIndex((keys) => keys.includes(''));
  if (l7proto !== '' && empty >= 0) yield { field: `${field}.l7[${empty}]`, reason: 'a key is empty' };
}

function kindsOf({ http, kafka, dns, l7proto = '' }: L7Spec, { parsesKafka }: Profile): number {
  const legacy = parsesKafka ? [kafka !== undefined, l7proto !== ''] : [];
  return [http !== undefined, dns !== undefined, ...legacy].filter(Boolean).length;
}

function isZero(text: string): boolean {
  const read = readPort(text);
  return read.kind === 'number' && read.port === 0;
}
