import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Capability } from '../../spec/vocabulary/capability.ts';
import { type Command, OPS } from '../../spec/vocabulary/command.ts';
import { commandsIn } from '../../spec/vocabulary/commands-in.ts';
import { opsOf } from '../../spec/vocabulary/parts.ts';
import { fileValue } from '../../spec/vocabulary/scope.ts';
import { compound, load, lock, map, race, toDevice, unmap, whole } from '../../spec/vocabulary/shorthand.ts';
import { generatedPart, golden } from '../report/golden.fixture.ts';
import { UNDECLARED } from '../targets/linux/qemu.ts';
import { inexpressibleOnDriver } from './c-expressible.ts';
import { declaredIn, resolved, withoutOtherBranches } from './c-sources.ts';
import { DRIVER } from './c-zdc.ts';
import { DRIVER_CASES, driverCase, FOLIO_CASE, tourOf } from './driver-cases.fixture.ts';
import { exportAs } from './formats.ts';
import { sampleFile, sourceFiles } from './recorded.fixture.ts';
import { type Subject, subjectOf, subjectOfCase } from './subject.ts';

// Programs for our own driver; c-zdc.process.test.ts compiles them, and a test of "zdc linux exec" runs them in a guest.

function programOf(subject: Subject): string {
  const exported = exportAs('c', subject, 'zdc');
  return exported.kind === 'refused' ? `refused: ${exported.why}` : exported.text;
}

const ofCommands = (commands: readonly Command[]): string => programOf(subjectOfCase(driverCase(commands)));

const generated = (text: string): string => `${generatedPart(text, sourceFiles('c'))}\n`;

describe('looks as it did', () => {
  test('a counterexample', () => {
    const file = sampleFile();
    const sample = subjectOf({ ...file, case: { ...file.case, profile: 'linux-6.12' } });
    const { made, kept } = golden('c-zdc.txt', generated(programOf(sample)), import.meta.url);
    expect(made).toBe(kept);
  });

  test('a case with large folios', () => {
    const commands = FOLIO_CASE.commands.slice(0, 2);
    const text = generated(programOf(subjectOfCase({ ...FOLIO_CASE, commands })));
    const { made, kept } = golden('c-zdc-folios.txt', text, import.meta.url);
    expect(made).toBe(kept);
  });

  test('each command', () => {
    const text = ofCommands(tourOf(Object.keys(DRIVER_CASES)));
    const rowsOf = (program: string): readonly RegExpExecArray[] =>
      [...program.matchAll(/^\t\{ ".*", (\{ \.op = (OP_\w+), .*? \}), /gm)].toReversed();
    const rows = [...rowsOf(programOf(subjectOfCase(FOLIO_CASE))), ...rowsOf(text)];
    const commands = new Map(rows.map(([, command, op]) => [op, command]));
    const sides = /SIDES\[\] = \{\n(.*?)\};/s.exec(text)?.[1] ?? '';
    const lines = [...commands.values()].toSorted().concat(sides.trimEnd());
    const { made, kept } = golden('c-zdc-commands.txt', `${lines.join('\n')}\n`, import.meta.url);
    expect(made).toBe(kept);
  });
});

test.each([
  [{ ...FOLIO_CASE, scope: { ...FOLIO_CASE.scope, pages: 16 } }, 'it has more than 15 pages'],
  [{ ...FOLIO_CASE, scope: { ...FOLIO_CASE.scope, block: 3 } }, 'its blocks of 3 pages do not divide'],
  [
    { ...FOLIO_CASE, commands: [whole(map(0, 0)), race(whole(unmap(0, 0)), compound(toDevice(0, 0, 2)))] },
    'step 2 (race) cannot be done with the driver of this suite: the exported program races commands only that a target',
  ],
])('refused in worlds with blocks, before anything is written: %#', (testCase, why) => {
  expect(programOf(subjectOfCase(testCase))).toContain(`refused: ${why}`);
});

test('the cases have every command that can be expressed', () => {
  const worlds = [
    { processes: 1, pages: 1, frames: 1, slots: 1 },
    { processes: 1, pages: 2, frames: 2, slots: 1, block: 2 },
  ];
  const possible = new Set(
    worlds.flatMap((scope) =>
      commandsIn(scope, { ops: new Set(OPS), values: [1] })
        .filter((one) => inexpressibleOnDriver(one) === undefined)
        .map(({ op }) => op),
    ),
  );
  const had = new Set(
    [...Object.values(DRIVER_CASES), FOLIO_CASE.commands].flatMap((commands) => commands.flatMap(opsOf)),
  );
  // With one page and one process, nothing moves and nothing forks.
  expect([...had].toSorted()).toEqual(
    [...new Set([...possible, 'move', 'fork', 'spawn', 'race'])].toSorted(),
  );
});

test('the value of a file in C is that of the rules', () => {
  const source = readFileSync(new URL('../targets/linux/agent/memory.c', import.meta.url), 'utf8');
  expect(source).toContain(`#define FILE_VALUE ${fileValue(0)}\n`);
});

test('whatever the Linux target can be sent is expressed, but for control groups', () => {
  const agent = readFileSync(new URL('../targets/linux/agent/main.c', import.meta.url), 'utf8');
  const declared = /^\} capabilities\[\] = \{.*?^\};/ms.exec(agent)?.[0] ?? '';
  const offered = Capability.options.filter((one) => declared.includes(`{ "${one}", `));
  expect(offered.length).toBeGreaterThan(30);
  const missing = [...offered, ...UNDECLARED].filter((one) => !DRIVER.has(one));
  expect(new Set(missing)).toEqual(new Set(['groups']));
});

test.each([
  ['processes alone', /sigjmp_buf|munmap|pthread|userfaultfd|swapon|vmsplice|memfd|mremap/],
  [
    'what was there from the beginning',
    /pthread|userfaultfd|swapon|vmsplice|memfd|mremap|mlock|ZDC_MAKE_EXCLUSIVE\)/,
  ],
  ['watched pages', /pthread|swapon|memfd|mremap|ROUNDS/],
  ['two threads at once', /userfaultfd|swapon|vmsplice|memfd|mremap|mlock/],
])('only the parts that a case needs go into its program: %s', (name, others) => {
  const text = ofCommands(DRIVER_CASES[name] ?? []);
  expect(text).toContain('int main(void)');
  const code = text
    .replaceAll(/\/\*.*?\*\/|"(?:[^"\\]|\\.)*"|= -\d+,/gs, '')
    .replaceAll(/^enum (?:op|entry) \{[^}]*/gm, '');
  expect(code).not.toMatch(others);
});

test('what the target did not offer is not sent by the program', () => {
  const commands = [map(0, 0), lock(0, 0), toDevice(0, 0), load(0, 0)];
  const subject = subjectOfCase(driverCase(commands));
  const capabilities = new Set([...subject.capabilities].filter((one) => one !== 'lock'));
  expect(programOf(subject)).toContain('.op = OP_LOCK');
  expect(programOf({ ...subject, capabilities })).not.toContain('.op = OP_LOCK');
});

const CONDITIONAL = `before
#ifdef HAS_A
a
#ifndef OTHER
a without other
#else
a with other
#endif
#elif !defined(HAS_B) && defined(HAS_C)
c
#else
neither
#ifdef OTHER
other
#endif
#endif
after`;

test.each([
  [['HAS_A'], ['a', '#ifndef OTHER', 'a without other', '#else', 'a with other', '#endif']],
  [
    ['HAS_A', 'HAS_C'],
    ['a', '#ifndef OTHER', 'a without other', '#else', 'a with other', '#endif'],
  ],
  [['HAS_C'], ['c']],
  [
    ['HAS_B', 'HAS_C'],
    ['neither', '#ifdef OTHER', 'other', '#endif'],
  ],
])('with %j, the conditionals on HAS_ macros leave %j', (has, lines) => {
  expect(resolved(CONDITIONAL, new Set(has)).split('\n')).toEqual(['before', ...lines, 'after']);
});

const SWITCH = `switch (command->op) {
	case OP_MAP:
	case OP_UNMAP:
		if (one)
			return 1;
		return 2;
	case OP_LOAD:

		return 3;
	default:
		return 4;
	}`;

test.each([
  [[], []],
  [['OP_MAP'], ['\tcase OP_MAP:', '\t\tif (one)', '\t\t\treturn 1;', '\t\treturn 2;']],
  [['OP_UNMAP'], ['\tcase OP_UNMAP:', '\t\tif (one)', '\t\t\treturn 1;', '\t\treturn 2;']],
  [['OP_LOAD'], ['\tcase OP_LOAD:', '', '\t\treturn 3;']],
])('with the labels %j, the branches %j stay', (labels, lines) => {
  const kept = withoutOtherBranches(SWITCH, new Set(labels)).split('\n');
  expect(kept).toEqual(['switch (command->op) {', ...lines, '\tdefault:', '\t\treturn 4;', '\t}']);
});

test('a condition that is not understood is an error', () => {
  expect(() => resolved('#if HAS_A > 1\n#endif', new Set())).toThrow('not understood: HAS_A > 1');
});

test.each([
  ['/* of two */\nstatic int *one(int two)\n{\n\tint three;\n}', ['one']],
  ['static __attribute__((noinline)) int one(void *two,\n\t\tint three)\n{\n}', ['one']],
  ['static struct two one[THREE], four[FIVE];', ['one', 'four']],
  ['static const int ONE[] = { TWO, THREE };', ['ONE']],
  ['#define ONE(two) (two)\n#define THREE 4', ['ONE', 'THREE']],
  ['enum { ONE = 1, TWO };', ['ONE', 'TWO']],
  ['enum three {\n\tONE,\n\tTWO,\n};', ['ONE', 'TWO']],
  ['enum three one(int two)\n{\n}', ['one']],
  ['static struct one {\n\tint two;\n} *three;', ['one', 'three']],
])('%j declares %j', (text, names) => {
  expect(declaredIn(text)).toEqual(names);
});
