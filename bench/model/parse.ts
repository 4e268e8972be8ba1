/**
 * The unit of the in-process figures: JSON.parse of a review of 4.7 kB, the size of an ordinary pod.
 */
import type { Operation } from './side-by-side.ts';
import { podReviews, type PodPlan } from '../workload/reviews.ts';

export const REVIEW_BYTES = 4_700;

export function parseOperation(plan: PodPlan): Operation {
  const texts = podReviews(plan, { count: 100, bytes: REVIEW_BYTES }).map(({ text }) => text);
  let next = 0;
  return {
    name: 'JSON.parse of a 4.7 kB review',
    perRound: 200,
    prepare: () => {
      const text = texts[next++ % texts.length] ?? '';
      return () => void JSON.parse(text);
    },
  };
}
