/**
 * Certificates of our own in a Secret: what its keys hold, checked before anything is served or signed with it.
 *
 * `ca.crt`, `ca.key`: the authority that signs. `tls.crt`, `tls.key`: what is served. `next-ca.crt`, `next-ca.key`: an authority that
 * clients trust already and that signs next. `former-ca.crt`: one that signed before, and that they trust still.
 * Invariant: authorities that are read were made here, and their keys belong to them; a serving certificate that is read was signed
 * by the authority. When they end is not looked at. A fault names the key and says what is wrong with it, never its content.
 * Cost: each value is bounded before it is decoded.
 */
import { createPrivateKey, type X509Certificate } from 'node:crypto';
import { fail, ok, type Result } from '../../../cilium/result.ts';
import type { ApiObject } from '../../../kubernetes/api/api-object.ts';
import { isObject } from '../../../kubernetes/decode/node.ts';
import { metadataOf } from '../../../kubernetes/watch/watch-event.ts';
import type { ObjectName } from '../../../kubernetes/watch/watched-object.ts';
import { AUTHORITY_SUBJECT } from '../authority-name.ts';
import type { PemPair } from '../certificates.ts';
import { parseCertificate, type TlsFault } from '../tls-pair.ts';

export interface Authority extends PemPair {
  readonly x509: X509Certificate;
}

/** `x509` of the first certificate in `cert`. */
export interface Serving extends PemPair {
  readonly x509: X509Certificate;
}

export interface KeptCertificates {
  readonly authority: Authority;
  readonly next: Authority | undefined;
  readonly former: X509Certificate | undefined;
  /** Or why the authority has to sign another. */
  readonly serving: Result<Serving, TlsFault>;
}

/** What is to be kept. */
export interface CertificateTexts {
  readonly authority: PemPair;
  readonly next?: PemPair | undefined;
  /** PEM. */
  readonly former?: string | undefined;
  readonly serving: PemPair;
}

const MAX_VALUE_BYTES = 32 * 1024;
const KEYS = ['ca.crt', 'ca.key', 'tls.crt', 'tls.key', 'next-ca.crt', 'next-ca.key', 'former-ca.crt'] as const;
type Key = (typeof KEYS)[number];
type Texts = ReadonlyMap<Key, string>;

/** `Secret ns/name, ca.crt` */
export function placeIn({ namespace, name }: ObjectName, key?: string): string {
  return `Secret ${namespace}/${name}${key === undefined ? '' : `, ${key}`}`;
}

/** Undefined where there is no Secret yet, or one without anything in it. */
export function readCertificates(secret: unknown, name: ObjectName): Result<KeptCertificates | undefined, TlsFault> {
  const texts = textsOf(secret, name);
  if (!texts.ok) return texts;
  if (texts.value.size === 0) return ok(undefined);
  const place = (key: Key): string => placeIn(name, key);
  const authority = authorityOf(texts.value, ['ca.crt', 'ca.key'], place);
  if (!authority.ok) return authority;
  const hasNext = texts.value.has('next-ca.crt') || texts.value.has('next-ca.key');
  const next = hasNext ? authorityOf(texts.value, ['next-ca.crt', 'next-ca.key'], place) : ok(undefined);
  if (!next.ok) return next;
  const formerText = texts.value.get('former-ca.crt');
  const former = formerText === undefined ? ok(undefined) : parseCertificate(place('former-ca.crt'), formerText);
  if (!former.ok) return former;
  const serving = pairOf(texts.value, ['tls.crt', 'tls.key'], place);
  if (serving.ok && !serving.value.x509.verify(authority.value.x509.publicKey)) {
    return fail({ file: place('tls.crt'), reason: `is not signed by ca.crt of the same Secret${NOT_OURS}` });
  }
  return ok({ authority: authority.value, next: next.value, former: former.value, serving });
}

const NOT_OURS =
  ': it is neither served nor replaced; empty the Secret and new ones are made, or name another with --certificates-secret';

/** An annotation with which a person asks for another authority. */
const ASKED = 'cilium-bulkhead.io/replace-authority';

export function asksForAuthority(secret: ApiObject | undefined): boolean {
  const annotations = metadataOf(secret)?.['annotations'];
  return isObject(annotations) && Object.hasOwn(annotations, ASKED);
}

/** The Secret with these in it, and without what asked for them; all else in it stays. */
export function withCertificates(secret: ApiObject, { authority, next, former, serving }: CertificateTexts): ApiObject {
  const data = new Map(Object.entries(isObject(secret['data']) ? secret['data'] : {}));
  const texts: Readonly<Record<Key, string | undefined>> = {
    'ca.crt': authority.cert,
    'ca.key': authority.key,
    'tls.crt': serving.cert,
    'tls.key': serving.key,
    'next-ca.crt': next?.cert,
    'next-ca.key': next?.key,
    'former-ca.crt': former,
  };
  for (const key of KEYS) {
    const text = texts[key];
    if (text === undefined) data.delete(key);
    else data.set(key, Buffer.from(text).toString('base64'));
  }
  return { ...secret, metadata: metadataWithout(ASKED, secret), data: Object.fromEntries(data) };
}

function metadataWithout(key: string, secret: ApiObject): object {
  const metadata = metadataOf(secret) ?? {};
  const { annotations } = metadata;
  if (!isObject(annotations)) return metadata;
  return { ...metadata, annotations: Object.fromEntries(Object.entries(annotations).filter(([one]) => one !== key)) };
}

export function newSecret({ namespace, name }: ObjectName): ApiObject {
  const labels = { 'app.kubernetes.io/name': 'cilium-bulkhead' };
  return { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { namespace, name, labels } };
}

function textsOf(secret: unknown, name: ObjectName): Result<Texts, TlsFault> {
  const data = isObject(secret) && isObject(secret['data']) ? secret['data'] : {};
  const texts = new Map<Key, string>();
  for (const key of KEYS) {
    if (!Object.hasOwn(data, key)) continue;
    const value = data[key];
    if (typeof value !== 'string') return fail({ file: placeIn(name, key), reason: `is no text${NOT_OURS}` });
    const bytes = Math.ceil((value.length * 3) / 4);
    if (bytes > MAX_VALUE_BYTES)
      return fail({ file: placeIn(name, key), reason: `has ${bytes} bytes, limit ${MAX_VALUE_BYTES}${NOT_OURS}` });
    texts.set(key, Buffer.from(value, 'base64').toString('latin1'));
  }
  const foreign = Object.keys(data).length > 0 && texts.size === 0;
  return foreign ? fail({ file: placeIn(name), reason: `holds something else${NOT_OURS}` }) : ok(texts);
}

type PairKeys = readonly [cert: Key, key: Key];
type Place = (key: Key) => string;

function authorityOf(texts: Texts, keys: PairKeys, place: Place): Result<Authority, TlsFault> {
  const pair = pairOf(texts, keys, place);
  if (!pair.ok) return fail({ ...pair.error, reason: `${pair.error.reason}${NOT_OURS}` });
  const { x509 } = pair.value;
  const isOurs = x509.ca && x509.subject === AUTHORITY_SUBJECT;
  return isOurs ? pair : fail({ file: place(keys[0]), reason: `is no authority that was made here${NOT_OURS}` });
}

function pairOf(texts: Texts, [certKey, keyKey]: PairKeys, place: Place): Result<Serving, TlsFault> {
  const [cert, key] = [texts.get(certKey), texts.get(keyKey)];
  if (cert === undefined) return fail({ file: place(certKey), reason: 'is missing' });
  if (key === undefined) return fail({ file: place(keyKey), reason: 'is missing' });
  const x509 = parseCertificate(place(certKey), cert);
  if (!x509.ok) return x509;
  if (!belongsTo(x509.value, key)) return fail({ file: place(keyKey), reason: `is not the key of ${certKey}` });
  return ok({ cert, key, x509: x509.value });
}

function belongsTo(certificate: X509Certificate, pem: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(pem));
  } catch {
    return false;
  }
}
