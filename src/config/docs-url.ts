/**
 * Where the documentation can be opened: an address to which paths of pages are added.
 *
 * Tenants read it in messages and open it: so nothing but http and https, what a terminal shows as it is, and no end after which a
 * path would mean something else.
 */
import { fail, ok, type Result } from '../cilium/result.ts';

const LONGEST = 512;
const VISIBLE = /^https?:\/\/[!-~]+$/;

/** The text; or what it must be, to go on from the name of the option. */
export function parseDocsUrl(text: string): Result<string, string> {
  const url = text.length <= LONGEST && VISIBLE.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return fail('must be an address such as https://example.com/docs');
  if (url.username !== '' || url.password !== '')
    return fail('must not hold a user or a password: it is shown to everybody');
  if (/[?#]/.test(text)) return fail('must not have a query or a fragment: paths of pages are added to it');
  return ok(text);
}
