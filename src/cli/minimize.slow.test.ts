import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { CaseFile } from '../corpus/case-file.ts';
import { Capture, Shell } from './world.fixture.ts';

const TARGET = 'embedded:mutant=unmap-empties-every-sharer';
let shell: Shell;

beforeEach(() => {
  shell = new Shell();
});
afterEach(() => {
  shell.remove();
});

const saved = (): readonly string[] =>
  readdirSync(shell.path('.zdc')).filter((name) => name.endsWith('.json'));
const fileAt = (name: string): CaseFile =>
  CaseFile.parse(JSON.parse(readFileSync(shell.path(`.zdc/${name}`), 'utf8')));

/** A counterexample as a run saves it, and the name of its file. */
async function found(target = TARGET, requirement = 'fork.survives'): Promise<string> {
  await shell.call(['run', '--target', target, '--profile', 'origin', '--seed', '1', '--runs', '1']);
  const name = saved().find((one) => one.startsWith(requirement));
  if (name === undefined) throw new Error('the mutant was not found');
  return name;
}

test('proves that no shorter case fails, and saves the certificate in the file', async () => {
  const name = await found();
  expect(fileAt(name).certificate).toBe('2-minimal');
  const { code, out } = await shell.call(['minimize', `.zdc/${name}`, '--certify', '--budget', '60s']);
  expect(code).toBe(1);
  expect(out).toContain('the shortest possible; all cases of up to 3 steps tried');
  const { certificate, slice } = fileAt(name);
  expect(certificate).toBe('shortest');
  expect(slice).toMatchObject({ searched: 3, scope: { processes: 2, pages: 2, frames: 2 } });
  expect(out).toContain(`\n\nThe result is in .zdc/${name}.\n\n`);
  expect(out).toMatch(
    /\n\nDOES NOT CONFORM: embedded with .* violates fork\.survives in this case\. \(exit 1\)\n$/,
  );
  // Neither minimizing again without a search nor finding it again loses the certificate.
  const again = await shell.call(['minimize', `.zdc/${name}`]);
  expect(again.out).toContain('the shortest possible; all cases of up to 3 steps tried');
  const rerun = await shell.call([
    'run',
    '--target',
    TARGET,
    '--profile',
    'origin',
    '--seed',
    '1',
    '--runs',
    '1',
  ]);
  expect(rerun.out).toContain('the shortest possible; all cases of up to 3 steps tried');
  expect(fileAt(name)).toMatchObject({ certificate, slice });
});

test('does not claim that a case cannot be shortened if it had no time to try', async () => {
  const name = await found();
  const whole = await shell.call(['minimize', `.zdc/${name}`]);
  expect(whole.out).toContain('Found by minimizing a case of 4 steps, which cannot be shortened');
  writeFileSync(shell.path('unshrunk.json'), JSON.stringify({ ...fileAt(name), certificate: 'found' }));
  const stopped = await shell.call(['minimize', 'unshrunk.json', '--budget', '1ms']);
  expect(stopped.out).toContain('Found by minimizing a case of 4 steps; no shorter one was found');
});

test('shortens a case that is longer than necessary', async () => {
  const name = await found();
  const file = fileAt(name);
  const [first] = file.case.commands;
  if (first === undefined) throw new Error('the case is empty');
  const longer = { ...file, case: { ...file.case, commands: [{ op: 'inspect' }, ...file.case.commands] } };
  writeFileSync(shell.path('longer.json'), JSON.stringify({ ...longer, step: file.step + 1 }));
  const { out } = await shell.call(['minimize', 'longer.json']);
  expect(out).toContain(`minimizing a case of ${file.case.commands.length + 1} steps`);
  const shorter = CaseFile.parse(JSON.parse(readFileSync(shell.path('longer.json'), 'utf8')));
  expect(shorter.case.commands).toEqual(file.case.commands);
});

/** The last number of states in a text. */
const statesIn = (text: string): number =>
  Number([...text.matchAll(/([\d,]+) states?\b/g)].at(-1)?.[1]?.replaceAll(',', '') ?? 0);

test('an interrupted search resumes', async () => {
  // Six steps long: the search has some way to go.
  const name = await found('embedded:mutant=reused-frame-keeps-its-old-mapping', 'fault.migrates-back');
  const minimize = ['minimize', `.zdc/${name}`, '--certify', '--all-commands', '--budget', '1h'];
  /** States searched by then: it is interrupted as soon as there are more than these. */
  const searchedBeyond = async (states: number): Promise<number> => {
    const stop = new AbortController();
    const stderr = new Capture(true);
    stderr.onText = () => {
      if (statesIn(stderr.text) > states) stop.abort();
    };
    const { out } = await shell.call(minimize, { signal: stop.signal, stderr });
    expect(out).toContain('The search stopped at cases of');
    return statesIn(out);
  };
  const first = await searchedBeyond(0);
  expect(readdirSync(shell.path('.zdc'))).toContain(name.replace('.json', '.search'));
  expect(await searchedBeyond(first)).toBeGreaterThan(first);
});

test('reports that the case does not fail', async () => {
  const name = await found();
  const { code, out } = await shell.call(['minimize', `.zdc/${name}`, '--target', 'embedded']);
  expect(code).toBe(0);
  expect(out).toContain('It does not fail on this target; there is nothing to shrink.');
  expect(out).toMatch(/\nCONFORMS: embedded violates no requirement in this case\. \(exit 0\)\n$/);
});

test('refuses files that are not counterexamples', async () => {
  writeFileSync(shell.path('broken.json'), '{"format":"zdc-counterexample"');
  writeFileSync(
    shell.path('case.json'),
    JSON.stringify({
      profile: 'origin',
      scope: { processes: 1, pages: 1, frames: 1, slots: 0 },
      observe: 'inspect',
      commands: [],
    }),
  );
  for (const name of ['broken.json', 'case.json', 'missing.json']) {
    const { code, err } = await shell.call(['minimize', name]);
    expect(code).toBe(78);
    expect(err).toContain(name);
  }
});
