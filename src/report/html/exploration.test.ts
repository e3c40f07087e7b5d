import { describe, expect, test } from 'vitest';
import { Command } from '../../../spec/vocabulary/command.ts';
import { folioMutants } from '../../planted-bugs/folios.ts';
import { MUTANTS } from '../../planted-bugs/planted-bugs.ts';
import { witnessCase } from '../../mutation-testing/check-mutant.ts';
import { caseFileOf } from '../../corpus/case-file.ts';
import { SAMPLE_COUNTEREXAMPLE, SAMPLE_HELLO, sampleFinding } from '../sample-outcome.fixture.ts';
import {
  allowedAt,
  candidates,
  caseAsJson,
  caseInShorthand,
  type Exploration,
  explore,
  readCommand,
  readExploration,
  replayLine,
  shorthand,
  START,
  withCommand,
  withoutCommand,
} from './exploration.ts';

const loaded = (text: string, present: Exploration = START): Exploration => {
  const read = readExploration(text, present);
  if (read.kind === 'faulty') throw new Error(read.message);
  return read.value;
};

const withBug = (id: string): Exploration => {
  const mutant = MUTANTS.find((one) => one.id === id);
  if (mutant === undefined) throw new Error(`${id} is not planted`);
  return { case: witnessCase(mutant, mutant.profiles[0] ?? 'origin'), bug: id };
};

describe('shorthand', () => {
  test('of every command of every witness is read again as the command', () => {
    for (const command of MUTANTS.flatMap(({ witness }) => witness)) {
      expect(readCommand(shorthand(command))).toEqual({ kind: 'read', value: Command.parse(command) });
    }
  });

  test('names the arguments, and the two sides of a race', () => {
    expect(shorthand({ op: 'store', process: 0, page: 1, value: 2 })).toBe('store process=0 page=1 value=2');
    expect(
      shorthand({
        op: 'race',
        left: { op: 'load', process: 0, page: 0 },
        right: { op: 'fork', process: 0, child: 1 },
      }),
    ).toBe('race load process=0 page=0 | fork process=0 child=1');
    expect(
      shorthand({ op: 'inject', kind: 'oom', victim: { process: 1, page: 0 }, remaining: 'until-healed' }),
    ).toContain('victim=1/0');
  });

  test('of a case is read again as the case', () => {
    const { case: testCase } = withBug('fork-keeps-parent-write');
    expect(loaded(caseInShorthand(testCase))).toEqual({
      case: { ...testCase, observe: 'every-step' },
      bug: undefined,
    });
  });

  test.each([
    ['load process=0', 'Line 1: "load process=0" is no command: page: '],
    ['\n# a remark\nfly away', 'Line 3: '],
    ['profile linux-99', 'Line 1: the profiles are origin, '],
    ['world processes=0 pages=1 frames=1 slots=1', 'Line 1: processes: '],
    ['{"profile":', 'The text is not JSON'],
    ['{"profile":"origin"}', 'The text is no case: '],
    ['{"format":"zdc-counterexample"}', 'The text is no counterexample: '],
  ])('that is invalid is refused with the reason: %s', (text, reason) => {
    const read = readExploration(text, START);
    expect(read).toMatchObject({ kind: 'faulty' });
    expect(read.kind === 'faulty' && read.message).toContain(reason);
  });
});

describe('a case', () => {
  test('conforms, and shows the state after each step', async () => {
    const { verdict, steps, broken } = await explore(START);
    expect([verdict.kind, broken]).toEqual(['good', -1]);
    expect(steps[2]?.entries?.[0]?.[0]).toMatchObject({ kind: 'device', frame: 0, write: true });
    expect(steps[3]?.entries?.map(([cell]) => cell?.write)).toEqual([false, false]);
  });

  test('with a planted bug violates its requirement, and the steps after it are not judged', async () => {
    const exploration = withBug('fork-keeps-parent-write');
    const last = exploration.case.commands.length;
    const longer = withCommand(exploration, last, { op: 'load', process: 0, page: 0 });
    const explored = await explore(longer);
    expect(explored.verdict).toMatchObject({ kind: 'bad' });
    expect(explored.verdict.words).toContain('fork.read-both');
    expect(explored.details.join('\n')).toMatch(/Expected .*READ.*\nObserved .*WRITE/);
    expect(allowedAt(explored, explored.broken).outcomes.map(({ isObserved }) => isObserved)).not.toContain(
      true,
    );
    expect(allowedAt(explored, last).reason).toContain('after the violation');
    // Without the bug the same case conforms.
    expect((await explore({ ...longer, bug: undefined })).verdict.kind).toBe('good');
  });

  test('that crashes the implementation shows the steps before the crash', async () => {
    const crashing = MUTANTS.filter(({ before }) => before === undefined).map(({ id }) => withBug(id));
    const crashes = (await Promise.all(crashing.map(explore))).filter(({ verdict }) =>
      /: (?:crash|hang)$/.test(verdict.words),
    );
    expect(crashes.length).toBeGreaterThan(0);
    for (const { broken, steps } of crashes) {
      expect(steps.map(({ noResult }) => noResult === undefined).indexOf(false)).toBe(broken);
    }
  });

  test('allows several outcomes where the specification leaves a choice, and exactly one of them is observed', async () => {
    const text = `
      profile origin
      world processes=1 pages=1 frames=1 slots=0
      map process=0 page=0 kind=private protection=write
      store process=0 page=0 value=1
      migrate-to-device process=0 page=0 count=1`;
    const explored = await explore(loaded(text));
    const { outcomes, choices } = allowedAt(explored, 2);
    expect(outcomes.length).toBeGreaterThan(1);
    expect(outcomes.filter(({ isObserved }) => isObserved)).toHaveLength(1);
    expect(choices.length).toBeGreaterThan(0);
  });

  test('does not send a command that is not admitted', async () => {
    const explored = await explore(loaded('load process=0 page=1'));
    expect(explored.steps[0]?.noResult).toBe('not sent: the page was never mapped');
    expect(allowedAt(explored, 0).reason).toBe('The command is not sent.');
  });

  test('shows the two commands of a race with their results', async () => {
    const { steps } = await explore(
      loaded(
        'map process=0 page=0 kind=private protection=write\nrace load process=0 page=0 | fork process=0 child=1',
      ),
    );
    expect(steps[1]?.sides).toEqual([
      { command: 'load page 0 of process 0', result: 'the value 0' },
      { command: 'fork process 0 into process 1', result: 'ok' },
    ]);
  });

  test('with large folios shows which outcome was chosen at every step', async () => {
    const bugs = MUTANTS.filter(({ id }) => folioMutants.some((one) => one.id === id));
    expect(bugs.length).toBeGreaterThan(40);
    for (const { id } of bugs.filter((_, at) => at % 4 === 0)) {
      const explored = await explore({ ...withBug(id), bug: undefined });
      for (const step of explored.steps.keys()) {
        const { outcomes, reason } = allowedAt(explored, step);
        expect([id, step, reason, outcomes.some(({ isObserved }) => isObserved)]).toEqual([
          id,
          step,
          undefined,
          true,
        ]);
      }
    }
  });

  test('with large folios shows whole entries and large folios as segments of bars', async () => {
    const { steps } = await explore(
      loaded(
        `profile linux-7.3
        world processes=2 pages=5 frames=5 slots=0 block=2
        map process=0 page=2 kind=private protection=write whole=true
        migrate-to-device process=0 page=2 count=2 compound=true
        fork process=0 child=1
        unmap process=0 page=3`,
      ),
    );
    const begins = { begins: true, ends: false, continues: false };
    const ends = { begins: false, ends: true, continues: true };
    expect(steps[0]?.entries?.[0]?.[2]).not.toHaveProperty('segment');
    expect(steps[2]?.entries?.[1]?.slice(2)).toMatchObject([
      { kind: 'device', frame: 0, folio: 0, segment: begins },
      { kind: 'device', frame: 1, folio: 0, segment: ends },
      { kind: 'unmapped' },
    ]);
    // The entry of this process is split, the folio is not.
    expect(steps[3]?.entries?.[0]?.[2]).toMatchObject({ frame: 0, folio: 0, changed: true });
    expect(steps[3]?.entries?.[0]?.[2]).not.toHaveProperty('segment');
    expect(steps[3]?.entries?.[1]?.[2]).toMatchObject({ segment: begins, changed: false });
    expect(steps[3]?.frames?.slice(0, 3)).toMatchObject([
      { references: 2, folio: 0, segment: begins },
      { references: 2, folio: 0, segment: ends },
      { references: 0 },
    ]);
    expect(steps[3]?.frames?.[2]).not.toHaveProperty('segment');
  });

  test('is edited by insertion and removal', () => {
    const command = { op: 'load', process: 0, page: 0 } as const;
    const longer = withCommand(START, 2, command);
    expect(longer.case.commands[2]).toEqual(command);
    expect(withoutCommand(longer, 2)).toEqual(START);
  });
});

describe('suggested commands', () => {
  test('are those that would be sent, filtered by the typed words', () => {
    const all = candidates(START, 0, '').map(({ command }) => command.op);
    expect(new Set(all)).toContain('map');
    expect(all).not.toContain('load');
    const stores = candidates(START, START.case.commands.length, 'store process=1');
    expect(stores.length).toBeGreaterThan(0);
    expect(stores.every(({ command }) => shorthand(command).includes('process=1'))).toBe(true);
    // The value is new.
    expect(stores.map(({ command }) => ('value' in command ? command.value : 0))).not.toContain(2);
    expect(candidates(START, 0, 'no such words')).toEqual([]);
  });
});

describe('export and import', () => {
  test('a saved counterexample of a planted bug selects the bug', () => {
    const targetSpec = 'embedded:mutant=fork-keeps-parent-write';
    const file = caseFileOf(sampleFinding(SAMPLE_COUNTEREXAMPLE, undefined), {
      hello: SAMPLE_HELLO,
      targetSpec,
      seed: 1,
    });
    const exploration = loaded(JSON.stringify(file));
    expect(exploration.bug).toBe('fork-keeps-parent-write');
    expect(exploration.case.commands).toEqual(SAMPLE_COUNTEREXAMPLE.case.commands);
    expect(replayLine(exploration)).toBe(
      'npx zone-device-conformance replay case.json --target embedded:mutant=fork-keeps-parent-write',
    );
    expect(loaded(caseAsJson(exploration), exploration)).toEqual(exploration);
  });

  test('another target is run on the embedded implementation', () => {
    expect(replayLine(START)).toBe('npx zone-device-conformance replay case.json --target embedded');
  });
});
