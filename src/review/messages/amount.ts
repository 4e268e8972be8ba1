/** What stands before a number, by how sure it is. */
import type { Certainty } from '../../cluster/view.ts';

export const AMOUNTS: { readonly [Sure in Certainty]: string } = {
  exact: '',
  'lower-bound': 'at least ',
  'upper-bound': 'at most ',
  estimate: 'about ',
  unknown: 'perhaps ',
};
