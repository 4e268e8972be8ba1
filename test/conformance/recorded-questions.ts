/**
 * Questions about identities and policies with Cilium's own answers: identity.ndjson, and with those that were found telling
 * later found-identity.ndjson and, about policies that an agent may refuse, found-sanitize.ndjson, in the same form.
 */
import { readFileSync } from 'node:fs';

/** The patch level that answered for each minor. */
const RECORDED_FROM = {
  'identity.ndjson': { '1.18': '1.18.8', '1.19': '1.19.5', '1.20': '1.20.2' },
  'found-identity.ndjson': { '1.18': '1.18.8', '1.19': '1.19.7', '1.20': '1.20.2' },
  'found-sanitize.ndjson': { '1.18': '1.18.8', '1.19': '1.19.7', '1.20': '1.20.2' },
} as const;
export const QUESTION_FILES = Object.keys(RECORDED_FROM) as readonly (keyof typeof RECORDED_FROM)[];

export type RecordedAnswer = Readonly<Record<string, unknown>>;

interface WrittenCase<Question> {
  readonly name: string;
  readonly question: Question;
  /** By minor, or `all`. */
  readonly answers: Readonly<Record<string, RecordedAnswer>>;
}

/** One case, as one version answered it. */
export interface RecordedCase<Question> {
  readonly name: string;
  readonly minor: string;
  /** To the patch. */
  readonly cilium: string;
  readonly question: Question;
  readonly answer: RecordedAnswer;
}

/** Cases of these ops, one after the other for each minor. */
export function recordedQuestions<Question extends { readonly op: string }>(
  ops: readonly Question['op'][],
): readonly RecordedCase<Question>[] {
  return QUESTION_FILES.flatMap((file) =>
    writtenCases<Question>(file)
      .filter(({ question }) => ops.includes(question.op))
      .flatMap((written) =>
        Object.entries(RECORDED_FROM[file]).map(([minor, cilium]) => answeredBy(written, minor, cilium)),
      ),
  );
}

function writtenCases<Question>(file: string): readonly WrittenCase<Question>[] {
  const lines = readFileSync(new URL(file, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as WrittenCase<Question>);
}

function answeredBy<Question>(
  { name, question, answers }: WrittenCase<Question>,
  minor: string,
  cilium: string,
): RecordedCase<Question> {
  const answer = answers[minor] ?? answers['all'];
  if (answer === undefined) throw new Error(`no answer of ${minor} is recorded for ${name}`);
  return { name, minor, cilium, question, answer };
}
