/**
 * What ends the churn of labels that a tool writes: its own setting where it has one, else the label filter.
 *
 * In words: a patch would take out what the tool writes again. Labels that the author wrote beside them still go to an annotation.
 */
import type { Labels } from '../../cilium/objects.ts';
import { quotedList } from '../facts/wording.ts';
import { toolWriting, type WritingTool } from './tool-labels.ts';

/** undefined: no tool writes any of these. */
export function toolWords(keys: readonly string[], pod: Labels): string | undefined {
  const written = keys.map((key) => ({ key, tool: toolWriting(key, pod) }));
  if (written.every(({ tool }) => tool === undefined)) return undefined;
  const parts = Map.groupBy(written, ({ tool }) => JSON.stringify([tool?.name, tool?.setting]));
  return [...parts.values()]
    .map((part) =>
      wordsFor(
        part.map(({ key }) => key),
        part[0]?.tool,
      ),
    )
    .join('; ');
}

function wordsFor(keys: readonly string[], tool: WritingTool | undefined): string {
  const labels = quotedList(keys);
  if (tool === undefined) return `move ${labels} to an annotation`;
  const { name, setting } = tool;
  if (setting !== undefined) return `give ${setting} a value that does not change, as ${name} writes ${labels} from it`;
  const them = keys.length === 1 ? 'it' : 'them';
  return `${labels} ${keys.length === 1 ? 'is' : 'are'} written by ${name}: ask the platform team to exclude ${them} in "labels" of cilium-config`;
}
