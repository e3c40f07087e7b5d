import { describe, expect, test } from 'vitest';
import { ProfileName, profilesFrom } from '../../spec/profiles/profile.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { map, toDevice } from '../../spec/vocabulary/shorthand.ts';
import { type CaseFile, caseFileOf } from '../corpus/case-file.ts';
import { replayFile } from '../corpus/replay-file.ts';
import { explain } from '../explain/explain.ts';
import { mutantById } from '../planted-bugs/planted-bugs.ts';
import type { RunOutcome } from '../run/outcome.ts';
import { replay } from '../run/replay.ts';
import { run } from '../run/run.ts';
import { minimize } from '../shrink/minimize.ts';
import { EmbeddedTarget } from '../targets/embedded.ts';
import { chapterTables } from './chapter-tables.ts';
import { type ExitCode, exitCodeOf } from './exit-code.ts';
import { golden } from './golden.fixture.ts';
import { paintWith, PLAIN } from './paint.ts';
import { exitCodeOfReplay, replayText } from './replay-text.ts';
import { runText, type RunTextOptions } from './run-text.ts';
import {
  SAMPLE_COUNTEREXAMPLE,
  sampleFinding,
  sampleOutcome,
  sampleProfile,
  TROUBLED,
} from './sample-outcome.fixture.ts';
import { profileRange } from './status-text.ts';
import { verdictLine } from './verdict-text.ts';

const SETTING: RunTextOptions = {
  paint: PLAIN,
  width: 120,
  verbose: true,
  cwd: '/',
  wanted: 2000,
  repeat: 'npx zdc run --seed 42',
};

/** One error of each kind. */
const TROUBLES: Parameters<typeof sampleProfile>[2] = {
  'fork.isolation': { status: 'violated' },
  'fork.survives': { status: 'not-covered', covered: 0 },
  'fork.counts': { status: 'not-observable', missing: ['frames'] },
  'fork.pin-stays': { status: 'capability-missing', missing: ['pin'] },
  'migrate.progress': { status: 'not-followed', notFollowed: 7 },
};

describe('the text report', () => {
  test('of a run that conforms', () => {
    const { made, kept } = golden('run-conforms.txt', runText(sampleOutcome(), 0, SETTING));
    expect(made).toBe(kept);
  });

  test('of a run with every kind of error', () => {
    const { made, kept } = golden('run-troubled.txt', runText(TROUBLED, 1, SETTING));
    expect(made).toBe(kept);
  });

  test('of the same runs with a line for each chapter', () => {
    const brief = { ...SETTING, verbose: false };
    const conforms = golden('run-conforms-brief.txt', runText(sampleOutcome(), 0, brief));
    expect(conforms.made).toBe(conforms.kept);
    const troubled = golden('run-troubled-brief.txt', runText(TROUBLED, 1, brief));
    expect(troubled.made).toBe(troubled.kept);
  });

  test('names the profiles in which a requirement did not pass, if it passed in others', () => {
    const profiles = [
      sampleProfile('origin'),
      sampleProfile('linux-6.1', {}, { 'fork.isolation': { status: 'violated' } }),
      sampleProfile('linux-6.12', {}, { 'fork.isolation': { status: 'violated' } }),
    ];
    const text = runText(sampleOutcome({ profiles }), 1, { ...SETTING, verbose: false });
    expect(text).toContain('      violated in linux-6.1, linux-6.12\n');
  });

  test('names all profiles in which a finding occurs', () => {
    const finding = {
      ...sampleFinding(SAMPLE_COUNTEREXAMPLE, 'reports/runs/one.json'),
      fingerprint: 'fork.isolation load value',
    };
    const symptom = { requirement: 'account.charge', op: 'store', clause: 'accounting', index: 2 } as const;
    const sameAs = {
      profile: 'origin',
      requirement: 'fork.isolation',
      op: 'load',
      clause: 'value',
    } as const;
    const profiles = [
      sampleProfile('origin', { findings: [{ ...finding, otherSymptoms: [{ ...symptom, times: 3 }] }] }),
      sampleProfile('linux-6.1', {
        findings: [{ ...finding, fingerprint: 'another', sameAs, otherSymptoms: [{ ...symptom, times: 2 }] }],
      }),
    ];
    const text = runText(sampleOutcome({ profiles }), 1, SETTING);
    expect(text.match(/reports\/runs\/one\.json/g)).toHaveLength(1);
    expect(text).toContain(
      '3 cases with this symptom; 5 cases with 1 other symptom; the same in linux-6.1\n',
    );
    expect(text).toMatch(/account\.charge +at store +5 cases +first case 2\n/);
    expect(text).toContain('violates 2 requirements: fork.isolation, account.charge');
  });

  test.each([80, 100])('of a run of every profile fits in %i columns', (width) => {
    const profiles = ProfileName.options.map((profile, at) =>
      sampleProfile(profile, {}, at === 2 ? TROUBLES : {}),
    );
    const text = chapterTables(profiles, width, PLAIN);
    const { made, kept } = golden(`tables-of-all-${width}.txt`, `${text}\n`);
    expect(made).toBe(kept);
    const lines = text.split('\n\n').slice(0, -1).join('\n').split('\n');
    expect(lines.filter((line) => line.length > width)).toEqual([]);
  });

  test('omits titles if there is no room for them', () => {
    const text = runText(sampleOutcome(), 0, { ...SETTING, width: 60 });
    expect(text).not.toContain('sole mapper');
    for (const line of text.split('\n').filter((one) => one.startsWith('  migrate.'))) {
      expect(line.length).toBeLessThanOrEqual(60);
    }
  });

  test('contains no control sequences of the target', () => {
    expect(runText(TROUBLED, 1, SETTING)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });

  test('is coloured only on request', () => {
    expect(runText(sampleOutcome(), 0, { ...SETTING, paint: paintWith(true) })).toContain('\u001B[32m');
    expect(runText(sampleOutcome(), 0, SETTING)).not.toContain('\u001B');
  });

  test('states why a run has fewer random cases than wanted, or none', () => {
    expect(runText(sampleOutcome(), 0, { ...SETTING, wanted: 5000 })).toContain('stopped before 5,000 cases');
    expect(runText(sampleOutcome(), 0, { ...SETTING, wanted: undefined })).not.toContain('stopped before');
    const none = sampleProfile('origin', { cases: 0, commands: 0, directed: undefined });
    expect(runText(sampleOutcome({ profiles: [none] }), 0, { ...SETTING, wanted: undefined })).toContain(
      'origin  0 cases, 0 commands; the time budget was spent before the first one\n',
    );
    const interrupted = sampleOutcome({ interrupted: true });
    expect(runText(interrupted, 130, { ...SETTING, wanted: 5000 })).not.toContain('stopped before');
  });

  test('lists the capabilities that would make more requirements judgeable', () => {
    expect(runText(TROUBLED, 1, SETTING)).toMatch(/could be judged if the target declared.*pin \(\+\d+\)/);
  });
});

const lastLine = (outcome: RunOutcome, exitCode: ExitCode): string =>
  runText(outcome, exitCode, SETTING).trimEnd().split('\n').at(-1) ?? '';

describe('the last line', () => {
  test('of a conforming run names requirements that were not covered or not observable', () => {
    const outcome = sampleOutcome({
      profiles: [
        sampleProfile(
          'origin',
          {},
          {
            'migrate.keeps-write': { status: 'not-covered', covered: 0 },
            'fork.counts': { status: 'not-observable', missing: ['frames'] },
            'migrate.progress': { status: 'not-followed', notFollowed: 1 },
          },
        ),
      ],
    });
    const line = lastLine(outcome, 0);
    expect(line).toMatch(/^CONFORMS: sample passes 26 of 29 requirements of origin/);
    expect(line).toContain('not covered: migrate.keeps-write');
    expect(line).toContain('not always followed: migrate.progress (SHOULD)');
    expect(line).toContain('1 could not be judged');
    expect(line).toMatch(/\(exit 0\)$/);
  });

  test('names the SHOULD that --strict requires', () => {
    const profiles = [
      sampleProfile('origin', {}, { 'migrate.progress': { status: 'not-followed', notFollowed: 1 } }),
    ];
    expect(lastLine(sampleOutcome({ profiles }), 1)).toBe(
      'DOES NOT CONFORM: sample did not follow migrate.progress, which --strict requires. (exit 1)',
    );
  });

  test.each([
    [3, 'INCONCLUSIVE: '],
    [4, 'NOTHING APPLICABLE: '],
    [69, 'TARGET GONE: '],
    [76, 'PROTOCOL ERROR: '],
    [130, 'INTERRUPTED: '],
  ] as const)('of exit %i', (exitCode, beginning) => {
    const line = lastLine(sampleOutcome({ verdict: 'inconclusive' }), exitCode);
    expect(line.startsWith(beginning)).toBe(true);
    expect(line.endsWith(`(exit ${exitCode})`)).toBe(true);
  });

  test('lists all reasons for an inconclusive run', () => {
    const profiles = TROUBLED.profiles.map((profile) => Object.assign({}, profile, { findings: [] }));
    const line = lastLine(sampleOutcome({ profiles, uncovered: ['fork.survives'], interrupted: true }), 3);
    expect(line).toContain('bug of the suite');
    expect(line).toContain('2 cases could not be judged');
    expect(line).toContain('1 case failed and could not be confirmed');
    expect(line).toContain('a MUST was not covered: fork.survives');
    expect(line).toContain('the time limit ended the run early');
  });
});

test.each<[readonly ProfileName[] | undefined, string]>([
  [undefined, 'all'],
  [ProfileName.options, 'all'],
  [['origin'], 'origin'],
  [['linux-6.19'], 'linux-6.19'],
  [['origin', 'linux-4.14'], 'up to linux-4.14'],
  [['linux-6.1', 'linux-6.12', 'linux-6.19'], 'linux-6.1 to linux-6.19'],
  [profilesFrom('linux-6.19'), 'from linux-6.19'],
  [['linux-5.18', 'linux-6.1'], 'linux-5.18 to linux-6.1'],
  [['origin', 'linux-6.1'], 'origin, linux-6.1'],
  [[], ''],
])('%j is "%s"', (profiles, words) => {
  expect(profileRange(profiles)).toBe(words);
});

const targetWith = (id: string): EmbeddedTarget => {
  const mutation = mutantById(id)?.mutation;
  if (mutation === undefined) throw new Error(`there is no mutant ${id}`);
  return new EmbeddedTarget({ mutation });
};

/** Runs cases of one profile and returns the outcome with the saved files. */
async function check(
  target: EmbeddedTarget,
  runs: number,
): Promise<{ readonly outcome: RunOutcome; readonly files: readonly CaseFile[] }> {
  const saved = new Map<string, CaseFile>();
  let number = 0;
  const outcome = await run({
    target,
    targetSpec: 'embedded',
    profiles: ['linux-6.12'],
    budget: { runs },
    seed: 1,
    focus: [],
    store: {
      save: async (finding) => {
        const name = `file ${++number}`;
        saved.set(name, caseFileOf(finding, { hello: target.hello, targetSpec: 'embedded', seed: 1 }));
        return name;
      },
      discard: async (file) => void saved.delete(file),
    },
  });
  return { outcome, files: [...saved.values()] };
}

const gate = (strict: boolean): Parameters<typeof exitCodeOf>[1] => ({ strict, timedOut: false });

describe('a SHOULD that is not followed', () => {
  test.each([
    ['range-migrates-its-first-page-only', 'migrate.progress', 2],
    ['sharers-look-like-pins', 'migrate.progress', 4],
    ['migration-forgets-write', 'migrate.keeps-write', 2],
  ])('%s has a counterexample of %s, which is saved and replayed', async (id, requirement, longest) => {
    const target = targetWith(id);
    const { outcome, files } = await check(target, 60);
    const [profile] = outcome.profiles;
    expect(profile?.findings).toEqual([]);
    const ofIt = files.filter((file) => file.requirement === requirement);
    const [file] = ofIt.toSorted((one, other) => one.case.commands.length - other.case.commands.length);
    if (file === undefined) throw new Error('nothing was saved');
    expect(file.certificate).toBe('2-minimal');
    expect(file.case.commands.length).toBeLessThanOrEqual(longest);
    expect(await replayFile(target, 'embedded', file, () => false)).toMatchObject({ status: 'still-fails' });
    expect(await replayFile(new EmbeddedTarget(), 'embedded', file, () => false)).toMatchObject({
      status: 'fixed',
    });
    const again = await replay(target, file.case);
    expect(again.verdict.kind).toBe('conforms');
    expect([exitCodeOfReplay(again), exitCodeOfReplay(again, true)]).toEqual([0, 1]);
    const text = replayText({ case: file.case, outcome: again, hello: target.hello, recorded: file }, PLAIN);
    expect(text).toContain(`! ${requirement} (SHOULD)`);
    expect(text).toContain('As recorded in the file');
    expect(text).toMatch(/CONFORMS, but .* did not follow .* \(exit 0\)\n$/);
    const explained = await explain(target, file.case, { asks: 100, stopped: () => false });
    expect(explained).toMatchObject({ kind: 'explained', explanation: { violation: { requirement } } });
  });

  test('is a violation under --strict, and no violation without it', async () => {
    const { outcome } = await check(targetWith('range-migrates-its-first-page-only'), 60);
    const settled = { ...outcome, uncovered: [] };
    expect([exitCodeOf(settled, gate(false)), exitCodeOf(settled, gate(true))]).toEqual([
      outcome.uncovered.length > 0 ? 3 : 0,
      1,
    ]);
  });

  test('if only the first page of a range moves, the case is judged as observed', async () => {
    const testCase: Case = {
      profile: 'linux-6.12',
      scope: { processes: 1, pages: 2, frames: 2, slots: 0 },
      observe: 'every-step',
      commands: [map(0, 0), map(0, 1), toDevice(0, 0, 2)],
    };
    const target = targetWith('range-migrates-its-first-page-only');
    const { verdict, notFollowed } = await replay(target, testCase);
    expect(verdict.kind).toBe('conforms');
    expect(notFollowed).toMatchObject({
      requirement: 'migrate.progress',
      step: 2,
      expected: ['page 1 moved'],
      observed: 'page 1 skipped',
    });
    expect((await replay(new EmbeddedTarget(), testCase)).notFollowed).toBeUndefined();
    const minimized = await minimize({
      target,
      case: testCase,
      from: undefined,
      certify: true,
      allCommands: false,
      budget: 60_000,
      signal: undefined,
      onProgress: undefined,
    });
    expect(minimized?.counterexample).toMatchObject({ certificate: 'shortest' });
    expect(minimized?.counterexample.case.commands).toHaveLength(2);
  });
});

test('an implementation that never migrates a page does not conform', async () => {
  const { outcome } = await check(targetWith('nothing-migrates-on-request'), 60);
  expect(outcome.verdict).toBe('inconclusive');
  expect(exitCodeOf({ ...outcome, uncovered: [] }, gate(false))).toBe(3);
  expect(exitCodeOf(outcome, gate(true))).toBe(1);
  expect(verdictLine(outcome, 3, PLAIN)).toContain(
    'no page ever migrated to the device on request (linux-6.12)',
  );
});

test('a run of a slice alone conforms in the slice, and says how much it did not cover', async () => {
  const outcome = await run({
    target: new EmbeddedTarget(),
    targetSpec: 'embedded',
    profiles: ['linux-6.12'],
    seed: 1,
    budget: { untilEnd: true },
    focus: [],
    directed: false,
    strategy: 'transitions',
    slice: { scope: { processes: 1, pages: 1, frames: 1, slots: 0 }, families: ['core'] },
  });
  const line = verdictLine(outcome, exitCodeOf(outcome, { strict: false, timedOut: false }), PLAIN);
  expect(line).toMatch(
    /^CONFORMS: embedded passes \d+ of \d+ requirements of linux-6\.12 in the slice core at 1x1x1, where every command was executed in every state that this target can reach; \d+ requirements not covered there; /,
  );
  expect(line).not.toContain('pin.');
});
