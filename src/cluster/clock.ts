/**
 * Clocks, passed in: nothing of the inside looks at one by itself.
 */

/** Milliseconds since 1970: the time of day, which may be put back. */
export type WallClock = () => number;

/** Milliseconds on a clock that never goes back. */
export type Clock = () => number;
