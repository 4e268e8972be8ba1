/**
 * Finds the uid of a review in the first bytes of its body, without parsing the rest.
 *
 * For overload: an answer needs the uid and nothing else, and parsing would cost as much as judging. The API server writes
 * the fields in a fixed order, so that the uid stands within the first 200 bytes. A body that starts in any other way has
 * no uid here, and whoever asks has to parse it.
 * The text is matched from its start, by one expression without nested repetition; its cost is linear in HEAD_BYTES.
 */

const HEAD_BYTES = 1024;
const REVIEW_HEAD =
  /^\s*\{\s*"kind"\s*:\s*"AdmissionReview"\s*,\s*"apiVersion"\s*:\s*"admission\.k8s\.io\/v1"\s*,\s*"request"\s*:\s*\{\s*"uid"\s*:\s*"([A-Za-z0-9-]{1,128})"/;

export function uidAtFront(body: Buffer): string | undefined {
  return REVIEW_HEAD.exec(body.toString('latin1', 0, HEAD_BYTES))?.[1];
}
