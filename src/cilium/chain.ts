/** The items of lists, one list after the other. */
export function* chain<Item>(lists: Iterable<Iterable<Item>>): Iterable<Item> {
  for (const list of lists) yield* list;
}
