/**
 * `fixed-identity-mapping`: numbers that the user reserves for pods with a label `io.cilium.fixed-identity`.
 *
 * Mirrors the FixedIdentityMapping validator of the agent (daemon/cmd/daemon_main.go) and pkg/option/map_options.go.
 */
import type { ConfigReader } from '../config-reader.ts';
import { parseInteger } from '../go-text.ts';
import type { Profile } from '../profile.ts';
import { fail, ok, type Result } from '../result.ts';

const KEY = 'fixed-identity-mapping';
const LEAST = 128;
const MOST = 255;

/** `128=kv-store,129=kube-dns`: number -> value of the label. Empty where the agent refuses the text. */
export function readFixedIdentityMapping(reader: ConfigReader, profile: Profile): ReadonlyMap<number, string> {
  const text = reader.text(KEY);
  if (text === undefined) return new Map();
  const mapping = parseFixedIdentityMapping(text, profile);
  if (!mapping.ok) {
    reader.note(KEY, mapping.error);
    return new Map();
  }
  if (new Set(mapping.value.values()).size < mapping.value.size) {
    reader.note(KEY, 'gives one name two numbers; the agent takes either');
  }
  return mapping.value;
}

function parseFixedIdentityMapping(text: string, profile: Profile): Result<ReadonlyMap<number, string>, string> {
  const reserved = profile.cutsReservedFromKeys ? /^(reserved[.:]|\$)/ : /^(reserved:|\$)/;
  const mapping = new Map<number, string>();
  for (const entry of text.split(',')) {
    const [number, name, ...rest] = entry.split('=');
    if (number === undefined || name === undefined || rest.length > 0) return fail('is not NUMBER=NAME,NUMBER=NAME');
    const id = parseInteger(number);
    if (id === undefined || id < LEAST || id > MOST) return fail(`has a number outside ${LEAST} to ${MOST}`);
    if (reserved.test(name)) return fail('names a label of source "reserved"');
    mapping.set(id, name);
  }
  return ok(mapping);
}
