/**
 * Where a command's words go: the result on stdout, in the format that `-o` names; everything else on stderr.
 *
 * Invariant: stdout holds exactly one rendered result, so that it can be piped. Colour and wrapping only on a terminal.
 */
import { fail, ok, type Result } from '../cilium/result.ts';
import { renderJson } from '../reports/json.ts';
import type { Rendered, Renderer } from '../reports/renderer.ts';
import { tableRenderer } from '../reports/table.ts';
import { clean } from '../reports/table/layout.ts';
import { ansi, plain } from '../reports/table/paint.ts';

export const OUTPUT_FORMATS = ['table', 'json'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

const LATER_FORMATS: readonly string[] = ['markdown', 'html', 'sarif', 'junit', 'github'];
const DEFAULT_COLUMNS = 80;

/** What is needed of process.stdout and process.stderr. */
export interface TextStream {
  readonly write: (text: string) => unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface OutputOptions {
  readonly format: OutputFormat;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly noColor: boolean;
}

export interface Output {
  readonly result: (result: Rendered) => void;
  /** A note, a warning or an error for the person who runs the command. */
  readonly note: (text: string) => void;
}

export function parseOutputFormat(text: string): Result<OutputFormat, string> {
  const format = OUTPUT_FORMATS.find((name) => name === text);
  if (format !== undefined) return ok(format);
  if (LATER_FORMATS.includes(text)) return fail(`-o ${text} is not supported yet by this version`);
  return fail(`-o must be one of ${OUTPUT_FORMATS.join(', ')} (is ${JSON.stringify(text)})`);
}

export function createOutput({ format, stdout, stderr, noColor }: OutputOptions): Output {
  const render = rendererFor(format, { stream: stdout, noColor });
  return {
    result: (result) => void stdout.write(render(result)),
    note: (text) => void stderr.write(`${cleanLines(text)}\n`),
  };
}

function rendererFor(format: OutputFormat, { stream, noColor }: { stream: TextStream; noColor: boolean }): Renderer {
  switch (format) {
    case 'json':
      return renderJson;
    case 'table': {
      const terminal = stream.isTTY === true;
      return tableRenderer({
        width: terminal ? (stream.columns ?? DEFAULT_COLUMNS) : Infinity,
        paint: terminal && !noColor ? ansi : plain,
      });
    }
  }
}

/** File names and object names reach notes and errors too: line breaks are ours, everything else that moves a cursor is not. */
export function cleanLines(text: string): string {
  return text.split('\n').map(clean).join('\n');
}
