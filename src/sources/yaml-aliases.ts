/**
 * Whether the aliases of a YAML document are few enough to be resolved: a small file can stand for a value without end.
 *
 * The parser looks through all anchors for each alias, and whoever reads the value walks through each alias again. So three
 * things are bounded: how many anchors and aliases there are, and how many nodes the aliases add when they are written out.
 * Cost: one walk over the nodes, without recursion.
 */
import { isAlias, isCollection, isPair, isScalar, type Document } from 'yaml';

const MAX_ALIASES = 1_000;
const MAX_ANCHORS = 1_000;
const MAX_ADDED = 1_000_000;

/** A node with an anchor whose end has not been reached yet. */
interface Open {
  readonly anchor: string;
  /** Nodes that were counted before it. */
  readonly before: number;
}

type Step = { readonly enter: unknown } | { readonly leave: Open };

/** One sentence, or undefined where they can be resolved. */
export function aliasFault(document: Document): string | undefined {
  return new AliasWalk().fault(document.contents);
}

class AliasWalk {
  /** The nodes that each anchor stands for, written out; undefined while it is open. The last one of a name counts. */
  readonly #sizes = new Map<string, number | undefined>();
  readonly #steps: Step[] = [];
  #aliases = 0;
  #anchors = 0;
  #nodes = 0;
  #added = 0;

  fault(root: unknown): string | undefined {
    this.#steps.push({ enter: root });
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      if ('leave' in step) {
        this.#sizes.set(step.leave.anchor, this.#nodes - step.leave.before);
        continue;
      }
      const fault = this.#enter(step.enter);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  #enter(node: unknown): string | undefined {
    if (isAlias(node)) return this.#alias(node.source);
    if (isPair(node)) {
      this.#steps.push({ enter: node.value }, { enter: node.key });
      return undefined;
    }
    if (!isCollection(node) && !isScalar(node)) return undefined;
    const { anchor } = node;
    if (anchor !== undefined) {
      this.#sizes.set(anchor, undefined);
      this.#anchors += 1;
      if (this.#anchors > MAX_ANCHORS) return `more than ${MAX_ANCHORS} anchors`;
      this.#steps.push({ leave: { anchor, before: this.#nodes } });
    }
    this.#nodes += 1;
    if (isCollection(node)) for (const item of node.items.toReversed()) this.#steps.push({ enter: item });
    return undefined;
  }

  #alias(name: string): string | undefined {
    this.#aliases += 1;
    if (this.#aliases > MAX_ALIASES) return `more than ${MAX_ALIASES} aliases`;
    // One that nothing is known of is told by the parser.
    if (!this.#sizes.has(name)) return undefined;
    const size = this.#sizes.get(name);
    if (size === undefined) return `the anchor "${name}" holds an alias of itself`;
    this.#nodes += size;
    this.#added += size;
    return this.#added > MAX_ADDED ? `aliases that add more than ${MAX_ADDED} nodes` : undefined;
  }
}
