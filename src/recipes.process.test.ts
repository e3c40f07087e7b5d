import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

// The recipe "Add a command" of CONTRIBUTING.md, followed in a copy of the tree: two rows are added to the table of
// commands, and the files in which the compiler reports an error are those that the recipe names.

const root = fileURLToPath(new URL('..', import.meta.url));
const copy = mkdtempSync(join(tmpdir(), 'zdc-recipe-'));
afterAll(() => {
  rmSync(copy, { recursive: true });
});

/** A command on a process, with these columns in its row. */
const row = (op: string, admission: string, effects: string): string => `
  '${op}': command('${op}', { process: 'process' }, {
    result: 'word',
    words: OK,
    needs: [],
    race: 'never',
    admission: '${admission}',
    effects: ${effects},
    call: 'none',
    sentence: ({ process }) => \`do to process \${process}\`,
  }),
`;

const ROWS = [
  row('added', 'own', `{ ...ACCESS, space: 'changes', content: 'process', entries: 'process' }`),
  row('harmless', 'always', 'NO_EFFECT'),
];

function copyWithRows(): void {
  for (const tree of ['spec', 'properties', 'src', 'tsconfig.json', 'tsconfig.build.json', 'package.json']) {
    cpSync(join(root, tree), join(copy, tree), {
      recursive: true,
      filter: (path) => !/\.(?:test|fixture)\.ts$/.test(path),
    });
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const table = join(copy, 'spec/vocabulary/commands.ts');
  const text = readFileSync(table, 'utf8');
  const end = text.lastIndexOf('};');
  writeFileSync(table, `${text.slice(0, end)}${ROWS.join('')}${text.slice(end)}`);
}

interface CompilerError {
  readonly file: string;
  readonly text: string;
}

/** The errors of the compiler in the copy. The lines of an error after the first are indented. */
function errorsInCopy(): readonly CompilerError[] {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout } = spawnSync(
    process.execPath,
    [compiler, '-p', 'tsconfig.build.json', '--noEmit', '--pretty', 'false', '--noErrorTruncation'],
    { cwd: copy, encoding: 'utf8' },
  );
  return stdout.split(/\n(?=\S)/).flatMap((text) => {
    const file = /^(?<file>[^(]+)\(\d+,\d+\): error/.exec(text)?.groups?.['file'];
    return file === undefined ? [] : [{ file, text }];
  });
}

/** The rows of the table of the recipe: a file, and the commands for which the compiler reports it. */
function recipe(): readonly { readonly file: string; readonly subject: string }[] {
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const section = text.split('\n## ').find((part) => part.startsWith('Add a command')) ?? '';
  const table = section.split('reports the places where a decision is needed:')[1]?.split('\n\n')[1] ?? '';
  return [...table.matchAll(/^\| `(?<file>[^`]+)` .*\| (?<subject>[^|]+?) +\|$/gm)].map(({ groups }) => ({
    file: groups?.['file'] ?? '',
    subject: groups?.['subject'] ?? '',
  }));
}

const filesOf = (entries: readonly { readonly file: string }[]): readonly string[] =>
  [...new Set(entries.map(({ file }) => file))].toSorted();

test('the compiler reports the files of the recipe for a command', () => {
  const steps = recipe();
  expect(steps.length).toBeGreaterThan(2);
  copyWithRows();
  const errors = errorsInCopy();
  expect(filesOf(errors.filter(({ text }) => /\badded\b/.test(text)))).toEqual(filesOf(steps));
  expect(filesOf(errors.filter(({ text }) => /missing [^\n]*\bharmless\b/.test(text)))).toEqual(
    filesOf(steps.filter(({ subject }) => subject === 'each command')),
  );
  expect(filesOf(errors)).toEqual(filesOf(steps));
});
