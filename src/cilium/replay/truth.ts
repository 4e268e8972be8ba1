/**
 * Three-valued answers: what the second evaluator does not model is `maybe`, and only a certain answer decides a flow.
 */
export type Truth = 'yes' | 'no' | 'maybe';

export function truthOf(value: boolean): Truth {
  return value ? 'yes' : 'no';
}

/** `yes` if one is, else `maybe` if one is. */
export function anyOf(truths: Iterable<Truth>): Truth {
  let result: Truth = 'no';
  for (const truth of truths) {
    if (truth === 'yes') return 'yes';
    if (truth === 'maybe') result = 'maybe';
  }
  return result;
}

/** `no` if one is, else `maybe` if one is. */
export function allOf(truths: Iterable<Truth>): Truth {
  let result: Truth = 'yes';
  for (const truth of truths) {
    if (truth === 'no') return 'no';
    if (truth === 'maybe') result = 'maybe';
  }
  return result;
}
