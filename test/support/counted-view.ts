/** A view that counts how often it is asked some questions, in its what-ifs too: work that a test can bound without a clock. */
import type { ClusterView } from '../../src/cluster/view.ts';

export interface CountedView {
  readonly view: ClusterView;
  readonly calls: () => number;
}

type Question = (...parts: unknown[]) => unknown;

export function countedView(view: ClusterView, ...questions: readonly (keyof ClusterView)[]): CountedView {
  let calls = 0;
  const counting = (inner: ClusterView): ClusterView =>
    new Proxy(inner, {
      get(target, name): unknown {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...parts: unknown[]): unknown => {
          if (questions.some((question) => question === name)) calls += 1;
          const answer = (value as Question).apply(target, parts);
          if (name === 'after' || name === 'settled') return counting(answer as ClusterView);
          return name === 'afterSteps' ? countingSteps(answer as Generator<undefined, ClusterView>) : answer;
        };
      },
    });
  const countingSteps = function* (steps: Generator<undefined, ClusterView>): Generator<undefined, ClusterView> {
    return counting(yield* steps);
  };
  return { view: counting(view), calls: () => calls };
}
