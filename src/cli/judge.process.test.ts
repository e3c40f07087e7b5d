import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { recordedRound } from './recording.fixture.ts';

const MAIN = fileURLToPath(new URL('../../dist/src/cli/main.js', import.meta.url));

/** Writes a header and then a block so many times, as fast as it is read. */
const WRITER = `
  const [header, block, times] = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
  let left = times;
  const write = () => {
    while (left > 0) { left--; if (!process.stdout.write(block)) return process.stdout.once('drain', write); }
  };
  process.stdout.write(header, write);
`;

const ROUNDS_A_BLOCK = 100;

/** The result of "zdc judge -" on a recording with the given number of ten-step rounds and heap size in megabytes. */
async function judged(
  rounds: number,
  heap: number,
): Promise<{ readonly code: number | null; readonly text: string }> {
  const { header, round } = recordedRound();
  const block = `${round.join('\n')}\n`.repeat(ROUNDS_A_BLOCK);
  const writer = spawn(process.execPath, ['-e', WRITER], { stdio: ['pipe', 'pipe', 'inherit'] });
  const judge = spawn(process.execPath, [`--max-old-space-size=${heap}`, MAIN, 'judge', '-'], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  writer.stdin.end(JSON.stringify([`${header}\n`, block, rounds / ROUNDS_A_BLOCK]));
  writer.stdout.pipe(judge.stdin);
  let text = '';
  for (const output of [judge.stdout, judge.stderr]) {
    output.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  }
  const code = await new Promise<number | null>((resolve) => {
    judge.on('close', resolve);
  });
  return { code, text };
}

test('a million steps are judged in a heap that does not hold a tenth of them', async () => {
  const { code, text } = await judged(100_000, 48);
  expect(text).toContain('✓ case 1 (line 1, origin) conforms: 1,000,000 steps');
  expect(text).toContain('1 case, 1,000,000 steps, 900,000 of them sent');
  expect(code).toBe(0);
});
