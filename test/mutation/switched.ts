/**
 * One program that is every mutant: a source in which each change waits for its turn.
 *
 * Around each change stands the question whether it is that mutant's turn, `isMutant(number)`; the thread of the trials
 * (trial-thread.ts) answers it. So the sources and tests are loaded once for all mutants, and what a test asks about tells which
 * mutants it can find at all.
 * Cost: a change is written beside the whole expression that it is in, so that the text grows with their nesting.
 */
import ts from 'typescript';
import type { Mutant } from './mutant.ts';

/** What the text calls: a name that no source has. */
export const QUESTION = 'isMutant';

export interface NumberedMutant extends Mutant {
  readonly number: number;
}

/** `mutants`: of this text, and of those that compile. */
export function switched(text: string, mutants: readonly NumberedMutant[]): string {
  const source = ts.createSourceFile('a.ts', text, ts.ScriptTarget.Latest, true);
  const bySite = Map.groupBy(mutants, (mutant) => siteOf(source, mutant));
  const write = (node: ts.Node): string => {
    const inner = withChildren(node, write, source);
    return (bySite.get(node) ?? []).reduce((written, mutant) => choice(node, mutant, written), inner);
  };
  return text.slice(0, source.getStart()) + write(source) + text.slice(source.getEnd());
}

function withChildren(node: ts.Node, write: (child: ts.Node) => string, source: ts.SourceFile): string {
  const parts: string[] = [];
  let end = node.getStart(source);
  ts.forEachChild(node, (child) => {
    parts.push(source.text.slice(end, child.getStart(source)), write(child));
    end = child.getEnd();
  });
  return parts.join('') + source.text.slice(end, node.getEnd());
}

function choice(node: ts.Node, { number, start, end, after }: NumberedMutant, written: string): string {
  if (ts.isExpressionStatement(node)) return `{ if (!${QUESTION}(${number})) { ${written} } }`;
  const from = node.getStart();
  const plain = node.getText();
  const changed = plain.slice(0, start - from) + after + plain.slice(end - from);
  return `(${QUESTION}(${number}) ? (${changed}) : ${written})`;
}

/** The smallest node around the change in the place of which a choice can stand. */
function siteOf(source: ts.SourceFile, { start, end, after }: NumberedMutant): ts.Node {
  let site: ts.Node = source;
  for (let inner: ts.Node | undefined = source; inner !== undefined;) {
    site = inner;
    inner = ts.forEachChild(site, (child) =>
      child.getStart(source) <= start && end <= child.getEnd() ? child : undefined,
    );
  }
  if (after === ';') return enclosing(site, ts.isExpressionStatement);
  return enclosing(site, isReplaceable);
}

function enclosing(node: ts.Node, isSite: (node: ts.Node) => boolean): ts.Node {
  const site = ts.findAncestor(node, isSite);
  if (site === undefined) throw new Error(`no place for a choice around ${node.getText()}`);
  return site;
}

/** An expression that is evaluated to a value there, and to nothing else. */
function isReplaceable(node: ts.Node): boolean {
  const { parent } = node;
  if (!ts.isExpression(node) || ts.isSpreadElement(node)) return false;
  if (ts.isPropertyAccessExpression(parent) && (parent.name === node || ts.isOptionalChain(parent))) return false;
  if (ts.isPropertyAccessExpression(node) && ts.isCallExpression(parent) && parent.expression === node) return false;
  return !isAssigned(node);
}

/** `node = ...`, or a part of such a pattern. */
function isAssigned(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent)) {
    return parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken;
  }
  return ts.isArrayLiteralExpression(parent) && isAssigned(parent);
}
