/**
 * How authorities are called that are made here: nobody else's is taken for one of them.
 */
export const AUTHORITY_CN = 'cilium-bulkhead CA';
/** As node:crypto writes it. */
export const AUTHORITY_SUBJECT = `CN=${AUTHORITY_CN}`;
