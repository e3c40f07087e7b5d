import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// Kills runs with a journal at random moments, resumes them, and compares the final report with that of a run that was not
// killed. Every other kill waits until the journal has grown, so that it falls into the work and not into the start.
//
//   node dist/src/bench/kills-main.js                                          100 kills (minutes)
//   node dist/src/bench/kills-main.js --kills 20 -- --target … --seed 1 --runs 500
//
// Exit code 1 if a report differs.

const MAIN = fileURLToPath(new URL('../../cli/main.js', import.meta.url));
const DEFAULT =
  '--target embedded:mutant=fork-keeps-parent-write --profile origin --seed 3 --runs 60 --no-directed';
const COMMON = ['--no-save', '--no-corpus', '--quiet'];
const { values, positionals } = parseArgs({
  options: { kills: { type: 'string', default: '100' } },
  allowPositionals: true,
});
const wanted = Number(values.kills);
const words = [...(positionals.length > 0 ? positionals : DEFAULT.split(' ')), ...COMMON];
const folder = mkdtempSync(join(tmpdir(), 'zdc-kills-'));

/** A report without times. */
const reportIn = (name: string): string =>
  JSON.stringify(
    JSON.parse(readFileSync(join(folder, name), 'utf8'), (key, value: unknown) =>
      key === 'date' || key === 'elapsedMilliseconds' ? undefined : value,
    ),
  );

const startOf = (journal: string): readonly string[] =>
  existsSync(join(folder, journal)) ? ['--resume', journal, ...COMMON] : ['--journal', journal, ...words];

const sizeOf = (journal: string): number =>
  existsSync(join(folder, journal)) ? statSync(join(folder, journal)).size : 0;

const began = performance.now();
spawnSync(process.execPath, [MAIN, 'run', ...words, '--report', 'json=whole.json'], { cwd: folder });
const whole = reportIn('whole.json');
const duration = performance.now() - began;
process.stdout.write(`The whole run: ${Math.round(duration)} ms\n`);

/** Milliseconds between two looks at the size of a journal. */
const POLL = 5;

/** Waits for a random moment of the process that writes the journal. */
async function randomMoment(journal: string, signal: AbortSignal): Promise<void> {
  if (kills % 2 === 0) return setTimeout(Math.random() * duration * 0.75, undefined, { signal });
  const before = sizeOf(journal);
  while (sizeOf(journal) <= before) await setTimeout(POLL, undefined, { signal });
  return setTimeout(Math.random() * duration * 0.1, undefined, { signal });
}

let kills = 0;
let withProgress = 0;
let runs = 0;
let differences = 0;
while (kills < wanted) {
  const journal = `journal-${runs}.jsonl`;
  for (let isEnded = false; !isEnded;) {
    const before = sizeOf(journal);
    const child = spawn(
      process.execPath,
      [MAIN, 'run', ...startOf(journal), '--report', `json=report-${runs}.json`],
      { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
    );
    const waiting = new AbortController();
    const ended = once(child, 'close').then(() => {
      waiting.abort();
      return true;
    });
    const moment = randomMoment(journal, waiting.signal).then(
      () => false,
      () => true,
    );
    isEnded = kills < wanted ? await Promise.race([ended, moment]) : await ended;
    if (isEnded) break;
    child.kill('SIGKILL');
    await ended;
    if (child.signalCode !== 'SIGKILL') break;
    kills++;
    if (sizeOf(journal) > before) withProgress++;
  }
  const isSame = existsSync(join(folder, `report-${runs}.json`)) && reportIn(`report-${runs}.json`) === whole;
  if (!isSame) differences++;
  runs++;
  process.stdout.write(
    `${kills} kills, ${withProgress} of them after further results; ${runs} runs ended, ${differences} with another report\n`,
  );
}
if (differences === 0) rmSync(folder, { recursive: true });
else process.stdout.write(`The journals are in ${folder}\n`);
process.exitCode = differences === 0 ? 0 : 1;
