/**
 * Everyday work that a webhook with every check enforced must let through, and what it must stop.
 *
 * Each folder of stories/admitted/ and stories/stopped/ has the story (story.ts) and what people hear of it (told.txt).
 * `UPDATE_GOLDEN=1` writes the latter; read it aloud then.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { played, type Scene, type Story } from './stories/stage.ts';
import { told } from './stories/told.ts';

const UPDATE = process.env['UPDATE_GOLDEN'] === '1';

interface Ending {
  readonly ending: 'admitted' | 'stopped';
  readonly isRight: (scenes: readonly Scene[]) => boolean;
}

const ENDINGS: readonly Ending[] = [
  { ending: 'admitted', isRight: (scenes) => scenes.every(({ answer }) => answer.allowed) },
  { ending: 'stopped', isRight: (scenes) => scenes.some(({ answer }) => !answer.allowed) },
];

for (const { ending, isRight } of ENDINGS) {
  describe(`enforced, this is ${ending}`, () => {
    const folder = new URL(`stories/${ending}/`, import.meta.url);
    for (const name of readdirSync(folder).sort()) {
      test(name.replaceAll('-', ' '), async () => {
        const scenes = await scenesOf(new URL(`${name}/story.ts`, folder));
        assertTold(told(scenes), new URL(`${name}/told.txt`, folder));
        assert.ok(scenes.length > 0 && isRight(scenes), `is not ${ending}`);
        const unjudged = scenes.filter(({ answer }) => answer.auditAnnotations['decision'] === 'unknown');
        assert.deepEqual(unjudged, [], 'what is not judged shows nothing');
      });
    }
  });
}

async function scenesOf(file: URL): Promise<readonly Scene[]> {
  const { story } = (await import(file.href)) as { readonly story: Story };
  const scenes: Scene[] = [];
  for await (const scene of played(story)) scenes.push(scene);
  return scenes;
}

function assertTold(text: string, file: URL): void {
  if (UPDATE) writeFileSync(file, text);
  assert.equal(text, existsSync(file) ? readFileSync(file, 'utf8') : '');
}
