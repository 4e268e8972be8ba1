/**
 * Results for people at a terminal.
 *
 * Every line is made of our own words and of cleaned text; colour comes from the canvas. Cost: linear in the result.
 */
import type { Rendered, Renderer } from './renderer.ts';
import { checkLines } from './table/check.ts';
import { decisionLines } from './table/decision.ts';
import { flowLines } from './table/flow.ts';
import { document, type Canvas } from './table/layout.ts';
import { mapLines } from './table/map.ts';
import { podLines } from './table/pod.ts';
import { reportLines } from './table/report.ts';

export function tableRenderer(canvas: Canvas): Renderer {
  return (result) => document(linesOf(result, canvas));
}

function linesOf(result: Rendered, canvas: Canvas): readonly string[] {
  switch (result.kind) {
    case 'CheckResult':
      return checkLines(result, canvas);
    case 'Report':
      return reportLines(result, canvas);
    case 'PodExplanation':
      return podLines(result, canvas);
    case 'MapExplanation':
      return mapLines(result, canvas);
    case 'FlowExplanation':
      return flowLines(result, canvas);
    case 'DecisionRecord':
      return decisionLines(result, canvas);
  }
}
