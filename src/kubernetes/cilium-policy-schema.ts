/**
 * What an API server refuses in a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy, before a webhook or an agent sees it.
 *
 * The schemas are those of the CRDs that an agent of each minor registers (schemas/cilium-policy-*.schema.json, written by
 * test/oracle/schemas.ts). Patterns are Go's, and match in linear time. Not looked at: unknown fields, which an API server
 * prunes; metadata. Only for files: what reaches the webhook has been looked at.
 * Cost: some 50 ms to compile a schema, once; linear in the object after that.
 */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import cilium118 from '../../schemas/cilium-policy-1.18.schema.json' with { type: 'json' };
import cilium119 from '../../schemas/cilium-policy-1.19.schema.json' with { type: 'json' };
import cilium120 from '../../schemas/cilium-policy-1.20.schema.json' with { type: 'json' };
import type { FieldError } from '../cilium/field-path.ts';
import { getOrMake } from '../cilium/get-or-make.ts';
import { parsePointer } from '../cilium/json-pointer.ts';
import type { Profile, SupportedMinor } from '../cilium/profile.ts';
import { compileGoRegexp } from '../cilium/re2.ts';
import { formatFieldPath } from './decode/field-path.ts';
import { shapeOf } from './decode/node.ts';
import { isSloppyCIDR } from './sloppy-cidr.ts';

const SCHEMAS: Readonly<Record<SupportedMinor, object>> = { '1.18': cilium118, '1.19': cilium119, '1.20': cilium120 };

const validators = new Map<SupportedMinor, ValidateFunction>();

/** The first place that the schema of this version refuses; undefined where it takes the object. */
export function schemaFault(policy: unknown, { crds }: Profile): FieldError | undefined {
  const validate = getOrMake(validators, crds, () => compile(SCHEMAS[crds]));
  if (validate(policy)) return undefined;
  // Of alternatives none of which holds, the last error is about all of them.
  const error = validate.errors?.at(-1);
  if (error === undefined) throw new Error('the schema refuses without a reason');
  return { path: fieldPathOf(error.instancePath, policy), reason: reasonOf(error) };
}

function compile(schema: object): ValidateFunction {
  const ajv = new Ajv({ strict: false, verbose: true, code: { regExp: goRegExp } });
  ajv.addFormat('cidr', isSloppyCIDR);
  return ajv.compile(schema);
}

interface Expression {
  readonly test: (text: string) => boolean;
  /** Ajv keeps expressions by this text. */
  readonly toString: () => string;
}

/** Expressions of the CRDs nest repeats, which a backtracking engine takes for ever over. */
function goRegExp(pattern: string): Expression {
  const compiled = compileGoRegexp(pattern);
  if (!compiled.ok) throw new Error(`the schema has the expression ${pattern}: ${compiled.error}`);
  return { test: (text) => compiled.value.matches(text), toString: () => pattern };
}

/** Only for validators that are written to a file, which these are not. */
goRegExp.code = 'goRegExp';

function fieldPathOf(pointer: string, policy: unknown): string {
  let value = policy;
  const segments = (parsePointer(pointer) ?? []).map((token) => {
    const segment = Array.isArray(value) ? Number(token) : token;
    value = (value as Readonly<Record<string | number, unknown>>)[segment];
    return segment;
  });
  return formatFieldPath(segments);
}

const LONGEST_LIST = 400;

/** Goes on where the path ends. */
function reasonOf({ keyword, params, data, schema, message }: ErrorObject): string {
  switch (keyword) {
    case 'required':
      return `must have ${String((params as { readonly missingProperty: unknown }).missingProperty)}`;
    case 'type':
      return `must be of type ${String([schema].flat()[0])}, is ${shapeOf(data)}`;
    case 'enum':
      return `must be one of ${(schema as readonly unknown[]).join(', ').slice(0, LONGEST_LIST)}`;
    case 'format':
      return `must be a ${String(schema).toUpperCase()}`;
    case 'anyOf':
      return `must have one of ${alternatives(schema)}`;
    case 'oneOf':
      return `must have exactly one of ${alternatives(schema)}`;
    default:
      return message ?? `is refused by ${keyword}`;
  }
}

/** Alternatives ask for a field each, or for a type. */
function alternatives(schema: unknown): string {
  const each = schema as readonly { readonly required?: readonly string[]; readonly type?: string }[];
  return each.map(({ required = [], type = '' }) => [...required, type].filter(Boolean).join(' ')).join(', ');
}
