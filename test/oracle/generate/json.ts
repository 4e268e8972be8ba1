/** What generators make: plain JSON, as a file would hold it. */
export type Json = Readonly<Record<string, unknown>>;
