/**
 * The label filter over again, by hand and for simple expressions: characters, dots, stars, an end. No regular expression, no
 * code of the product.
 *
 * The rules are those of Cilium's documentation and pkg/labelsfilter/filter.go: of the rules that match a key from its first
 * character on, the longest include has to be longer than the shortest exclude, and a length of 0 stands for none.
 */

interface Atom {
  /** undefined: any character. */
  readonly character: string | undefined;
  readonly isRepeated: boolean;
}

interface NaiveRule {
  readonly excludes: boolean;
  readonly isOfPods: boolean;
  readonly atoms: readonly Atom[];
  readonly isAnchored: boolean;
}

/** One entry of `labels`. */
export function naiveRule(entry: string): NaiveRule {
  const colon = entry.indexOf(':');
  const source = colon < 0 ? '' : entry.slice(0, colon);
  const rest = entry.slice(colon + 1);
  const excludes = rest.startsWith('!');
  const expression = excludes ? rest.slice(1) : rest;
  const isAnchored = expression.endsWith('$');
  const isOfPods = source === '' || source === 'k8s';
  return { excludes, isOfPods, atoms: atomsOf(isAnchored ? expression.slice(0, -1) : expression), isAnchored };
}

function atomsOf(expression: string): readonly Atom[] {
  const atoms: Atom[] = [];
  for (let index = 0; index < expression.length; index += 1) {
    const isEscaped = expression[index] === '\\';
    if (isEscaped) index += 1;
    const written = expression[index] ?? '';
    const character = written === '.' && !isEscaped ? undefined : written;
    const isRepeated = expression[index + 1] === '*';
    if (isRepeated) index += 1;
    atoms.push({ character, isRepeated });
  }
  return atoms;
}

/** How much of the key is matched from its start, a star taking as much as it can; undefined: it is not. */
export function naiveMatch({ atoms, isAnchored, isOfPods }: NaiveRule, key: string): number | undefined {
  const fits = (atom: Atom, at: number) => at < key.length && (atom.character ?? key[at]) === key[at];
  const from = (index: number, at: number): number | undefined => {
    const atom = atoms[index];
    if (atom === undefined) return isAnchored && at < key.length ? undefined : at;
    if (!atom.isRepeated) return fits(atom, at) ? from(index + 1, at + 1) : undefined;
    let end = at;
    while (fits(atom, end)) end += 1;
    for (; end >= at; end -= 1) {
      const found = from(index + 1, end);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return isOfPods ? from(0, 0) : undefined;
}

const BUILT_IN = [
  String.raw`io\.kubernetes\.pod\.namespace io\.cilium\.k8s\.namespace\.labels app\.kubernetes\.io`,
  String.raw`io\.cilium\.k8s\.policy\.cluster io\.cilium\.k8s\.policy\.serviceaccount !io\.kubernetes !kubernetes\.io`,
  String.raw`!statefulset\.kubernetes\.io/pod-name !apps\.kubernetes\.io/pod-index !batch\.kubernetes\.io/job-completion-index`,
  String.raw`!batch\.kubernetes\.io/controller-uid !.*beta\.kubernetes\.io !k8s\.io !pod-template-generation`,
  String.raw`!pod-template-hash !controller-revision-hash !controller-uid !annotation.* !etcd_node !topology\.kubernetes\.io`,
].flatMap((line) => line.split(' ').map(naiveRule));

/** Whether a label of a pod with this key is part of its identity in 1.20. */
export function naivelyKeeps(entries: readonly string[], key: string): boolean {
  const rules = entries.map(naiveRule);
  const isIncludeMode = rules.some(({ excludes }) => !excludes);
  let include = 0;
  let exclude = 0;
  for (const rule of [...BUILT_IN, ...rules]) {
    const length = naiveMatch(rule, key);
    if (length === undefined) continue;
    if (!rule.excludes) include = Math.max(include, length);
    else if (exclude === 0 || length < exclude) exclude = length;
  }
  return include > exclude || (exclude === 0 && !isIncludeMode);
}
