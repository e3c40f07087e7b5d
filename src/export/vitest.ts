import type { ExpectedStep } from './expectation.ts';
import { exportedData } from './exported-data.ts';
import { laidOut, type Notation } from './laid-out.ts';
import { MATCHING_JAVASCRIPT } from './matching-javascript.ts';
import { recordedCommand, remarks } from './remarks.ts';
import { type Subject, titleOf } from './subject.ts';

/** JSON is JavaScript, but for separators of lines, which some tools still take for ends of lines. */
const literal = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16)}`);

/** Keys are ours, and names of JavaScript, all of them. */
const NOTATION: Notation = { scalar: literal, key: (key) => key, pad: ' ' };

const written = (value: unknown): string => laidOut(value, NOTATION);

/** A test file for vitest: it starts an adapter, sends the case, and walks through what is allowed. */
export function vitestExport(subject: Subject, steps: readonly ExpectedStep[]): string {
  const { suite, needs, counts, case: testCase, steps: rows } = exportedData(subject, steps);
  const recorded = recordedCommand(subject);
  const head = [
    ...remarks(subject),
    '',
    'Needs vitest and nothing else. ZDC_TARGET is the command that starts your adapter, a program that speaks wire',
    'protocol v1 on its standard input and output; this file never starts anything else.',
    ...(recorded === undefined ? [] : [`It was found on: ${recorded}`]),
  ];
  return `${head.map((line) => `// ${line}`.trimEnd()).join('\n')}

import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';

const HELLO = ${written({ type: 'hello', protocol: 1, suite })};

const CASE = ${written({ type: 'case', id: 0, ...testCase })};

/** What the adapter must declare; without, this test would see nothing. */
const NEEDS = ${written(needs)};

/** The reference count of a frame by the number of entries that name it, and inside page_free. */
const COUNTS = ${written(counts)};

/** Each step with its allowed ways, from one of the states before it to one of the states after it. */
const STEPS = ${written(rows)};

const TIME_LIMIT = 10_000;

test(${literal(titleOf(subject))}, { timeout: 2 * TIME_LIMIT }, async () => {
  const command = process.env.ZDC_TARGET ?? '';
  expect(command, 'set ZDC_TARGET to the command that starts your adapter').not.toBe('');
  const [hello, answer] = (await converse(command)).map((line) => JSON.parse(line));
  expect(hello.profiles, 'the profiles of the adapter').toContain(CASE.profile);
  expect(hello.capabilities, 'the capabilities of the adapter').toEqual(expect.arrayContaining(NEEDS));
  expect(answer, 'the answer to the case').toMatchObject({ type: 'observations', id: 0 });
  expect(answer.observations, 'an observation for each step').toHaveLength(STEPS.length);
  expect(firstNotAllowed(answer.observations, new Set(hello.capabilities))).toBeUndefined();
});

/** Sends hello and the case at once, and gives the two lines that answer them. */
function converse(command) {
  return new Promise((resolve, reject) => {
    const adapter = spawn(command, { shell: true, detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    let over = false;
    const end = (problem) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      try {
        process.kill(-adapter.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
      const lines = output.split('\\n').slice(0, -1);
      if (lines.length >= 2) resolve(lines.slice(0, 2));
      else reject(new Error(\`\${problem} after \${lines.length} of 2 answers\`));
    };
    const timer = setTimeout(() => end('the adapter was silent for too long'), TIME_LIMIT);
    adapter.on('error', (error) => end(error.message));
    adapter.on('close', (code, signal) => end(\`the adapter ended (\${signal ?? code})\`));
    adapter.stdin.on('error', () => undefined);
    adapter.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (output.split('\\n').length > 2) end('');
    });
    adapter.stdin.end(\`\${JSON.stringify(HELLO)}\\n\${JSON.stringify(CASE)}\\n\`);
  });
}
${MATCHING_JAVASCRIPT}`;
}
