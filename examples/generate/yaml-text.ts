/**
 * Kubernetes objects -> the text of a YAML file that people like to read: short maps and lists stand on one line.
 */
import { Document, isCollection, isMap, isScalar, isPair, visit } from 'yaml';
import type { KubeObject } from './pods.ts';

/** Longer ones are written one item a line. */
const LONGEST_LINE = 90;

const HEADER = '# Written by examples/generate-demo-cluster.ts from the descriptions in examples/generate/.\n';

export function yamlText(objects: readonly KubeObject[]): string {
  return HEADER + objects.map((object) => `---\n${documentText(object)}`).join('');
}

function documentText(object: KubeObject): string {
  const document = new Document(object, { aliasDuplicateObjects: false });
  visit(document, {
    Collection: (_, node, path) => {
      const parent = path.at(-1);
      const key = isPair(parent) && isScalar(parent.key) ? parent.key.value : undefined;
      const standsAlone = key === undefined || (key !== 'metadata' && key !== 'spec');
      if (path.length > 1 && standsAlone && isShortLeaf(node)) node.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function isShortLeaf(node: unknown): boolean {
  if (!isCollection(node)) return false;
  const values = isMap(node) ? node.items.map((pair) => pair.value) : node.items;
  return values.every((value) => isScalar(value)) && JSON.stringify(node).length <= LONGEST_LINE;
}
