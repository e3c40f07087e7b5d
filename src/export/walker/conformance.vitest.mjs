import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { TABLE } from './table.mjs';
import { firstMismatch } from './walk.mjs';

/** The time that the adapter has for the whole case, in milliseconds. */
const TIME_LIMIT = 10_000;

test(`${TABLE.title}`, { timeout: 2 * TIME_LIMIT }, async () => {
  const command = process.env['ZDC_TARGET'] ?? '';
  expect(command, 'set ZDC_TARGET to the command that starts your adapter').not.toBe('');
  const [hello, reply] = (await converse(command)).map((line) => JSON.parse(line));
  expect(hello.profiles, 'the profiles of the adapter').toContain(TABLE.case.profile);
  expect(hello.capabilities, 'the capabilities of the adapter').toEqual(
    expect.arrayContaining([...TABLE.needs]),
  );
  expect(reply, 'the reply to the case').toMatchObject({ type: 'observations', id: 0 });
  expect(reply.observations, 'an observation for each step').toHaveLength(TABLE.steps.length);
  expect(firstMismatch(TABLE, reply.observations, new Set(hello.capabilities))).toBeUndefined();
});

/**
 * Starts the adapter, sends hello and the case, and ends the adapter after its two replies.
 *
 * @param {string} command
 * @returns {Promise<string[]>} the two lines
 */
function converse(command) {
  const requests = [
    { type: 'hello', protocol: 1, suite: TABLE.suite },
    { type: 'case', id: 0, ...TABLE.case },
  ];
  return new Promise((resolve, reject) => {
    const adapter = spawn(command, { shell: true, detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
    let output = '';
    let isOver = false;
    /** @param {string} problem */
    const end = (problem) => {
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      try {
        // The adapter leads a process group of its own.
        if (adapter.pid !== undefined) process.kill(-adapter.pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
      const lines = output.split('\n').slice(0, -1);
      if (lines.length >= 2) resolve(lines.slice(0, 2));
      else reject(new Error(`${problem} after ${lines.length} of 2 replies`));
    };
    const timer = setTimeout(() => end('the adapter was silent for too long'), TIME_LIMIT);
    adapter.on('error', (error) => end(error.message));
    adapter.on('close', (code, signal) => end(`the adapter ended (${signal ?? code})`));
    adapter.stdin.on('error', () => undefined);
    adapter.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      if (output.split('\n').length > 2) end('');
    });
    adapter.stdin.end(requests.map((request) => `${JSON.stringify(request)}\n`).join(''));
  });
}
