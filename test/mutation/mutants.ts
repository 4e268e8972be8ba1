/**
 * Every small change of a source file that would make it another program: the mutants.
 *
 * A mutant is a span of text and what takes its place. Types, imports, comments, texts of messages, and when a computation gives
 * way to others (`if (...) yield;`, ..._PER_PAUSE, steps that a Pace is told of), how many earlier answers are at hand (KEPT) and
 * what the compiler wants to have in place of an element (`list[index] ?? 0`) are left alone: they change no prediction.
 * A bound of work (MOST_..., ..._STEPS) becomes 0, for one more or less is as good.
 * Cost: one parse of the file.
 */
import ts from 'typescript';
import type { Mutant } from './mutant.ts';

type Replacement = readonly [node: ts.Node, after: string];

const OPERATORS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [ts.SyntaxKind.AmpersandAmpersandToken, '||'],
  [ts.SyntaxKind.BarBarToken, '&&'],
  [ts.SyntaxKind.MinusToken, '+'],
  [ts.SyntaxKind.AsteriskToken, '/'],
  [ts.SyntaxKind.SlashToken, '*'],
  [ts.SyntaxKind.AmpersandToken, '|'],
  [ts.SyntaxKind.BarToken, '&'],
  [ts.SyntaxKind.LessThanLessThanToken, '>>>'],
  [ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken, '<<'],
  [ts.SyntaxKind.PlusEqualsToken, '-='],
  [ts.SyntaxKind.MinusEqualsToken, '+='],
]);

const METHODS: ReadonlyMap<string, string> = new Map([
  ['some', 'every'],
  ['every', 'some'],
  ['min', 'max'],
  ['max', 'min'],
  ['startsWith', 'endsWith'],
  ['endsWith', 'startsWith'],
]);

export function mutantsOf(file: string, text: string): readonly Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isImportDeclaration(node)) return;
    if (isText(node) || isPausing(node)) return;
    for (const [at, after] of replacements(node)) {
      const [start, end] = [at.getStart(source), at.getEnd()];
      const line = source.getLineAndCharacterOfPosition(start).line + 1;
      mutants.push({ file, line, start, end, before: text.slice(start, end), after });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return mutants;
}

/** What is thrown, and what an agent or a model is quoted to say. */
function isText(node: ts.Node): boolean {
  if (ts.isThrowStatement(node) || ts.isTemplateExpression(node)) return true;
  return ts.isPropertyAssignment(node) && node.name.getText() === 'reason';
}

function isPausing(node: ts.Node): boolean {
  if (ts.isVariableDeclaration(node)) return /_PER_(PAUSE|STEP)$|KEPT/.test(node.name.getText());
  if (ts.isIfStatement(node)) return node.elseStatement === undefined && isPause(node.thenStatement);
  return isPause(node) || isPaceTold(node);
}

function isPaceTold(node: ts.Node): boolean {
  return ts.isExpressionStatement(node) && /^(?:this\.#)?pace\.take\(/.test(node.expression.getText());
}

function isPause(node: ts.Node): boolean {
  if (!ts.isExpressionStatement(node) || !ts.isYieldExpression(node.expression)) return false;
  const { asteriskToken, expression } = node.expression;
  return asteriskToken === undefined && (expression === undefined || expression.getText() === 'undefined');
}

function replacements(node: ts.Node): readonly Replacement[] {
  if (ts.isBinaryExpression(node)) return binary(node);
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken)
    return [[node, node.operand.getText()]];
  if (node.kind === ts.SyntaxKind.TrueKeyword) return [[node, 'false']];
  if (node.kind === ts.SyntaxKind.FalseKeyword) return [[node, 'true']];
  if (ts.isNumericLiteral(node) && isInPlaceOfElement(node)) return [];
  if (ts.isNumericLiteral(node)) return [[node, isBoundOfWork(node) ? '0' : `(${node.text} + 1)`]];
  if (ts.isIfStatement(node)) return condition(node.expression);
  if (ts.isConditionalExpression(node)) return condition(node.condition);
  if (ts.isExpressionStatement(node)) return [[node, ';']];
  if (ts.isArrayLiteralExpression(node) && node.elements.length > 0) return [[node, '[]']];
  if (ts.isPropertyAccessExpression(node)) return method(node);
  return [];
}

function isInPlaceOfElement({ parent }: ts.Node): boolean {
  if (ts.isPrefixUnaryExpression(parent)) return isInPlaceOfElement(parent);
  if (!ts.isBinaryExpression(parent) || parent.operatorToken.kind !== ts.SyntaxKind.QuestionQuestionToken) return false;
  return ts.isElementAccessExpression(parent.left);
}

function isBoundOfWork({ parent }: ts.NumericLiteral): boolean {
  return ts.isVariableDeclaration(parent) && /^MOST(_|$)|STEPS$/.test(parent.name.getText());
}

function binary({ operatorToken, left, right }: ts.BinaryExpression): readonly Replacement[] {
  if (operatorToken.kind === ts.SyntaxKind.PlusToken) {
    return isString(left) || isString(right) ? [] : [[operatorToken, '-']];
  }
  const after = OPERATORS.get(operatorToken.kind);
  return after === undefined ? [] : [[operatorToken, after]];
}

function isString(node: ts.Expression): boolean {
  return ts.isStringLiteralLike(node) || ts.isTemplateExpression(node);
}

function condition(expression: ts.Expression): readonly Replacement[] {
  return [
    [expression, 'true'],
    [expression, 'false'],
  ];
}

function method({ name }: ts.PropertyAccessExpression): readonly Replacement[] {
  const after = METHODS.get(name.text);
  return after === undefined ? [] : [[name, after]];
}
