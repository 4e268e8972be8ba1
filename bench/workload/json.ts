/**
 * A JSON object as it is written.
 */
export type Json = Readonly<Record<string, unknown>>;
