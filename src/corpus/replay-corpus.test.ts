import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CorpusOutcome } from '../run/outcome.ts';
import { SAMPLE_COUNTEREXAMPLE, SAMPLE_HELLO, sampleFinding } from '../report/sample-outcome.fixture.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { caseFileOf } from './case-file.ts';
import { INDEX_NAME } from './corpus-folder.ts';
import { type CorpusPhase, replayCorpus } from './replay-corpus.ts';

const FILE = caseFileOf(sampleFinding(SAMPLE_COUNTEREXAMPLE, undefined), {
  hello: SAMPLE_HELLO,
  targetSpec: 'embedded',
  seed: 42,
});

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zdc-replay-'));
  for (let number = 0; number < 9; number++) await put(`a-${number}0000000.json`, FILE);
});
afterEach(() => rm(folder, { recursive: true }));

const put = (name: string, content: object): Promise<void> =>
  writeFile(join(folder, name), JSON.stringify(content));

const replayed = (changes: Partial<CorpusPhase> = {}): Promise<CorpusOutcome> =>
  replayCorpus({
    folder,
    target: new EmbeddedTarget(),
    targetSpec: 'embedded',
    profiles: [FILE.case.profile],
    all: false,
    seed: 1,
    isReadingOver: () => false,
    stopped: () => false,
    remember: true,
    nameOf: (path) => path.slice(folder.length + 1),
    ...changes,
  });

/** The files that a run replays which is stopped after so many. */
async function reached(most: number, changes: Partial<CorpusPhase> = {}): Promise<readonly string[]> {
  let asked = 0;
  const { items } = await replayed({ stopped: () => ++asked > most, ...changes });
  expect(items).toHaveLength(9);
  return items.filter(({ status }) => status !== 'not-reached').map(({ file }) => file);
}

describe('a folder that takes longer than a run has', () => {
  test('replays every file in turn, independent of the seed', async () => {
    const [one, other, third, again] = [
      await reached(3, { seed: 1 }),
      await reached(3, { seed: 2 }),
      await reached(3, { seed: 3 }),
      await reached(3, { seed: 4 }),
    ];
    expect(new Set([...one, ...other, ...third]).size).toBe(9);
    expect(again).toEqual(one);
  });

  test('begins at a position that depends on the seed if the index cannot be written', async () => {
    const parts = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) parts.add((await reached(3, { seed, remember: false })).join());
    expect(parts.size).toBeGreaterThan(5);
    expect(await readdir(folder)).not.toContain(INDEX_NAME);
  });

  test('remembers its position for each target', async () => {
    const all = { all: true, targetSpec: 'embedded:mutant=x' };
    const one = await reached(3);
    expect(await reached(9, all)).toHaveLength(9);
    expect((await reached(3)).filter((file) => one.includes(file))).toEqual([]);
  });

  test('replays first the cases found since', async () => {
    await reached(9);
    await rm(join(folder, 'a-80000000.json'));
    await put('z-80000000.json', FILE);
    expect(await reached(1)).toEqual(['z-80000000.json']);
  });

  test('reports the files that it did not read in time, and reads them in the next run', async () => {
    for (let number = 0; number < 200; number++) {
      await put(`b-${String(number).padStart(8, '0')}.json`, {
        ...FILE,
        target: { ...FILE.target, spec: 'theirs' },
      });
    }
    const left = async (): Promise<number> =>
      (await replayed({ isReadingOver: () => true, stopped: () => true })).items.filter(
        ({ recorded }) => recorded === undefined,
      ).length;
    expect([await left(), await left(), await left()]).toEqual([109, 9, 0]);
  });
});

describe('the index', () => {
  /** Puts something else of the same length and time into a file, so that only reading it tells. */
  async function spoil(name: string): Promise<void> {
    const path = join(folder, name);
    const { size, mtime } = await stat(path);
    await writeFile(path, 'x'.repeat(size));
    await utimes(path, mtime, mtime);
  }
  const exactly = new Date(1_700_000_000_000);

  test('avoids reading files that are not replayed', async () => {
    const name = 'a-00000000.json';
    await utimes(join(folder, name), exactly, exactly);
    await replayed();
    await spoil(name);
    expect(await replayed({ targetSpec: 'embedded:mutant=x' })).toMatchObject({
      items: [],
      ofOtherTargets: 9,
    });
    const { items } = await replayed();
    expect(items.find(({ file }) => file === name)).toMatchObject({ status: 'unreadable' });
  });

  test.each([
    ['damaged', 'zdc'],
    ['of another version', '{"format":"zdc-corpus-index","version":2,"files":[]}'],
    ['of the wrong form', '{"format":"zdc-corpus-index","version":1,"files":[["__proto__",{}]]}'],
  ])('is ignored and rewritten if it is %s', async (_, text) => {
    await writeFile(join(folder, INDEX_NAME), text);
    expect((await replayed()).items.map(({ status }) => status)).toEqual(Array(9).fill('fixed'));
    expect(await readFile(join(folder, INDEX_NAME), 'utf8')).toContain('"a-00000000.json"');
  });

  test('notices a changed file', async () => {
    await replayed();
    await put('a-00000000.json', { ...FILE, target: { ...FILE.target, spec: 'stdio:theirs' } });
    expect(await replayed()).toMatchObject({ ofOtherTargets: 1 });
  });
});
