import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { type Command, OPS } from '../../spec/vocabulary/command.ts';
import { commandsIn } from '../../spec/vocabulary/commands-in.ts';
import {
  attach,
  charge,
  collapse,
  compound,
  detach,
  evict,
  evictRange,
  heal,
  inject,
  load,
  map,
  pin,
  protect,
  split,
  store,
  makeExclusive,
  move,
  onDevice,
  swapOn,
  toDevice,
  unpin,
  watch,
  whole,
} from '../../spec/vocabulary/shorthand.ts';
import { generatedPart, golden } from '../report/golden.fixture.ts';
import { inexpressible } from './c-expressible.ts';
import { exportAs, type Format, FORMATS } from './formats.ts';
import { sampleFile, sourceFiles } from './recorded.fixture.ts';
import { type Subject, subjectOf, subjectOfCase } from './subject.ts';

function textOf(format: Format, subject: Subject): string {
  const exported = exportAs(format, subject);
  return exported.kind === 'text' ? exported.text : `refused: ${exported.why}`;
}

const caseOf = (...commands: readonly Command[]): Case => ({
  profile: 'origin',
  scope: { processes: 2, pages: 2, frames: 1, slots: 1 },
  observe: 'results',
  commands,
});

/** The source files that an export contains. */
const sourcesOf = (format: Format): readonly string[] =>
  format === 'json' ? [] : sourceFiles(format === 'c' ? 'c' : 'walker');

describe.each(FORMATS)('exported to %s', (format) => {
  test('a counterexample looks as it did', () => {
    const text = generatedPart(textOf(format, subjectOf(sampleFile())), sourcesOf(format));
    const { made, kept } = golden(`${format}.txt`, `${text}\n`, import.meta.url);
    expect(made).toBe(kept);
  });

  test('it ends with the step at which it breaks', () => {
    const text = textOf(format, subjectOf(sampleFile()));
    expect(text).toContain('fork process 0 into process 1');
    expect(text).not.toContain('load page 0 of process 0');
  });
});

/** Names that would like to be code. */
const HOSTILE = [
  '*/ int main(void) { return 0; } /*',
  '??/\n// \\',
  '\u2028process.exit(0); //',
  '\r\nimport os; os.abort() #',
  '"""\n\'\'\' \\',
  '`${process.exit(0)}`',
  '\u202Eesrever\u0000\u001B[31m',
  'a\\',
];

describe.each(HOSTILE)('the hostile name %j stays text', (name) => {
  const subject = subjectOf({
    ...sampleFile({ name, spec: `stdio:${name}` }),
    observed: name,
    expected: [name],
  });

  test.each(['vitest', 'python', 'c'] as const)('in a comment of %s', (format) => {
    const plain = textOf(format, subjectOf(sampleFile())).split('\n');
    const lines = textOf(format, subject).split(/[\n\r\u2028\u2029]/);
    const mark = { vitest: /^\/\/(?: |$)/, python: /^#(?:[ !]|$)/, c: /^(?:\/\*$| \*)/ }[format];
    const firstCode = (all: readonly string[]): number => all.findIndex((line) => !mark.test(line));
    // Whatever the name says, below the comment stands the same code.
    expect(lines.slice(firstCode(lines))).toEqual(plain.slice(firstCode(plain)));
    const head = lines.slice(0, firstCode(lines)).join('\n');
    expect(head.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202E]/u);
    const inside = format === 'c' ? head.slice(2, -2) : '';
    expect(inside).not.toMatch(/\*\/|\/\*|\?\?/);
  });

  test('in JSON', () => {
    expect(JSON.parse(textOf('json', subject))).toMatchObject({ broken: { target: { name } } });
  });
});

test('a name of a requirement that is not in the catalogue stays a string', () => {
  const id = '\'"); process.exit(0); ("\u2028';
  const text = textOf('vitest', subjectOf({ ...sampleFile(), requirement: id }));
  const table = /^const TABLE = (\{.*?^\});$/ms.exec(text)?.[1] ?? '';
  expect(runInNewContext(`(${table}).title`)).toBe(id);
});

describe('what C cannot express is refused, with the step and the command', () => {
  test.each([
    [map(0, 0, 'write', 'host')],
    [pin(0, 0)],
    [unpin()],
    [inject('sigbus')],
    [heal],
    [evict(0, 0)],
    [attach],
    [detach],
    [swapOn(1)],
    [map(0, 0, 'write', 'file')],
    [move(0, 0, 1)],
    [watch(0, 0, 'missing')],
    [makeExclusive(0, 0)],
    [onDevice(1, toDevice(0, 0))],
  ])('%j', (command) => {
    const commands = command.op === 'map' ? [load(0, 1), command] : [map(0, 0), command];
    const testCase: Case = {
      ...caseOf(...commands),
      profile: 'linux-6.1',
      scope: { processes: 2, pages: 2, frames: 2, slots: 1, devices: 2 },
    };
    expect(textOf('c', subjectOfCase(testCase))).toMatch(
      new RegExp(`^refused: step 2 \\(${command.op}\\) cannot be done with the kernel's test device: `),
    );
  });

  test.each([
    [whole(protect(0, 0, 'read')), 'it does not show large folios'],
    [compound(toDevice(0, 0, 2)), 'its requests do not choose whether large folios migrate whole'],
    [evictRange(0, 1), 'it evicts chunks, not ranges of frames'],
    [collapse(0, 0), 'the exported program does not make this system call'],
    [split(0, 0), 'it has no request that splits a large folio'],
  ] as const)('%j, in a world with blocks', (command, why) => {
    const testCase: Case = {
      ...caseOf(map(0, 0), map(0, 1), command),
      profile: 'linux-7.3',
      scope: { processes: 1, pages: 2, frames: 2, slots: 0, block: 2 },
    };
    const text = textOf('c', subjectOfCase(testCase));
    const refused = `refused: step 3 (${command.op}) cannot be done with the kernel's test device: `;
    expect({ isRefused: text.startsWith(refused), text }).toEqual({
      isRefused: true,
      text: expect.stringContaining(why),
    });
  });

  test.each([[charge(), 'the exported program has no control groups']])(
    '%j, for the driver of this suite',
    (command, why) => {
      const testCase: Case = {
        ...caseOf(map(0, 0), command),
        profile: 'linux-6.1',
        scope: { processes: 2, pages: 2, frames: 2, slots: 1, devices: 2 },
      };
      expect(exportAs('c', subjectOfCase(testCase), 'zdc')).toEqual({
        kind: 'refused',
        why: `step 2 (${command.op}) cannot be done with the driver of this suite: ${why}`,
      });
    },
  );

  test('and of every other command it is known', () => {
    const scope = { processes: 1, pages: 1, frames: 1, slots: 1 };
    const expressible = commandsIn(scope, { ops: new Set(OPS), values: [1] }).filter(
      (command) => inexpressible(command) === undefined,
    );
    expect([...new Set(expressible.map(({ op }) => op))]).toEqual([
      'spawn',
      'fork',
      'exit',
      'map',
      'unmap',
      'discard',
      'protect',
      'load',
      'store',
      'migrate-to-device',
      'migrate-to-system',
      'device-load',
      'device-store',
      'inspect',
    ]);
  });

  test('but not what was never sent', () => {
    const capabilities = new Set(Capability.options.filter((one) => one !== 'pin'));
    const subject = { ...subjectOfCase(caseOf(map(0, 0), pin(0, 0))), capabilities };
    expect(textOf('c', subject)).toContain('int main(void)');
  });

  test('a clause that the kernel does not show', () => {
    expect(textOf('c', subjectOf({ ...sampleFile(), clause: 'accounting' }))).toMatch(
      /^refused: it breaks in its accounting, which/,
    );
  });

  test('a bug that shows only where frames are few', () => {
    const file = {
      ...sampleFile(),
      requirement: 'migrate.must-skip',
      clause: 'result' as const,
      step: 4,
      case: caseOf(map(0, 0), map(0, 1), toDevice(0, 0), store(0, 1, 5), toDevice(0, 1)),
      observations: [
        { result: 'ok' as const },
        { result: 'ok' as const },
        { result: ['moved' as const] },
        { result: 'ok' as const },
        { result: ['moved' as const] },
      ],
    };
    const subject = subjectOf({ ...file, case: { ...file.case, commands: [...file.case.commands] } });
    expect(textOf('c', subject)).toMatch(/^refused: what was observed would be allowed .* more frames/);
    expect(textOf('python', subject)).toContain('def test_case');
  });
});

test('where too much is allowed to be written down, that is said', () => {
  const pages = Array.from({ length: 16 }, (_, page) => page);
  const testCase: Case = {
    profile: 'origin',
    scope: { processes: 1, pages: 16, frames: 16, slots: 0 },
    observe: 'every-step',
    commands: [...pages.map((page) => map(0, page)), toDevice(0, 0, 16)],
  };
  expect(textOf('json', subjectOfCase(testCase))).toBe(
    'refused: too much is allowed at step 17 to write it down; is the case reduced?',
  );
});
