import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formattedJson } from '../corpus/printable.ts';
import { PACKAGE_FOLDER } from '../corpus/suite.ts';
import type { ExpectedStep } from './expectation.ts';
import { exportedTable } from './exported-table.ts';
import { type Subject, recordedCommand, remarks } from './subject.ts';

/** A test file for vitest: it starts an adapter, sends the case, and walks through the table. */
export function vitestExport(subject: Subject, steps: readonly ExpectedStep[]): string {
  // Some tools take these separators for ends of lines.
  const table = jsonOf(subject, steps, /[\u2028\u2029]/g);
  const test = walkerFile('conformance.vitest.mjs')
    .replace("import { TABLE } from './table.mjs';\n", () => `\nconst TABLE = ${table};\n`)
    .replace("import { firstMismatch } from './walk.mjs';\n", '');
  // Function declarations are hoisted, so the walker can be last.
  const walker = walkerFile('walk.mjs').replaceAll(/^export /gm, '');
  const code = [test, walker].map((text) => text.replaceAll(/^\/\*\* @import .*\n/gm, '')).join('');
  return `${comment('//', [...remarks(subject), '', ...usage('vitest', subject)])}\n\n${code}`;
}

/** A stand-alone test for Python's unittest that does the same. */
export function pythonExport(subject: Subject, steps: readonly ExpectedStep[]): string {
  // In a raw string between ''' only the quote itself needs an escape.
  const table = jsonOf(subject, steps, /[^\n -~]|'/g);
  const [walkerImports, walker] = pythonParts(walkerFile('walk.py'));
  const [testImports, test] = pythonParts(walkerFile('conformance_test.py'));
  const imports = [...new Set([...walkerImports, ...testImports])]
    .filter((line) => !/^from (?:table|walk) /.test(line))
    .toSorted();
  const head = [
    'A test of an implementation of ZONE_DEVICE private memory.',
    '',
    ...remarks(subject),
    '',
    ...usage('Python 3.8', subject),
  ];
  return `#!/usr/bin/env python3
${comment('#', head)}

${mergedTyping(imports).join('\n')}

TABLE = json.loads(
    r'''
${table}
'''
)

${walker}

${test}`;
}

const jsonOf = (subject: Subject, steps: readonly ExpectedStep[], escaped: RegExp): string =>
  formattedJson(exportedTable(subject, steps)).replace(
    escaped,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The files are not compiled, so they are read from the folder of the package. */
function walkerFile(name: string): string {
  if (PACKAGE_FOLDER === undefined)
    throw new Error('The package.json of this suite is missing: install it again.');
  return readFileSync(join(PACKAGE_FOLDER, 'src/export/walker', name), 'utf8').replaceAll('\r\n', '\n');
}

/** The lines of a Python file that import, which are at its top, and the rest. */
function pythonParts(text: string): readonly [imports: readonly string[], rest: string] {
  const lines = text.split('\n');
  const end = lines.findIndex((line) => line !== '' && !/^(?:import|from) /.test(line));
  return [lines.slice(0, end).filter((line) => line !== ''), lines.slice(end).join('\n')];
}

const isTyping = (line: string): boolean => line.startsWith('from typing import ');

/** One import from `typing` instead of several. */
function mergedTyping(imports: readonly string[]): readonly string[] {
  const names = imports
    .filter(isTyping)
    .flatMap((line) => line.replace('from typing import ', '').split(', '));
  const merged = `from typing import ${[...new Set(names)].toSorted().join(', ')}`;
  return [...imports.filter((line) => !isTyping(line)), merged];
}

const usage = (needed: string, subject: Subject): readonly string[] => {
  const recorded = recordedCommand(subject);
  return [
    `Requires ${needed} and nothing else. ZDC_TARGET is the command that starts your adapter, a program that speaks wire`,
    'protocol v1 on its standard input and output; this file never starts anything else.',
    ...(recorded === undefined ? [] : [`It failed on: ${recorded}`]),
  ];
};

const comment = (mark: string, lines: readonly string[]): string =>
  lines.map((line) => `${mark} ${line}`.trimEnd()).join('\n');
