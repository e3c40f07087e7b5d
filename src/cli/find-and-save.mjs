// For corpus.process.test.ts: finds and saves counterexamples in an endless loop. It starts in half the time of "zdc run".
//   node find-and-save.mjs FOLDER FIRST_SEED
import process from 'node:process';
import { run } from '../../dist/src/run/run.js';
import { keeper } from '../../dist/src/cli/corpus-phase.js';
import { mutantById } from '../../dist/src/planted-bugs/planted-bugs.js';
import { EmbeddedTarget } from '../../dist/src/targets/embedded.js';

const [folder = '', first = '1'] = process.argv.slice(2);
const io = { stdout: process.stdout, stderr: process.stderr, env: {}, cwd: process.cwd() };

const MUTANTS = ['fork-keeps-parent-write', 'free-dips-to-zero', 'poison-reads-as-a-hole'];

process.stdout.write('Ready\n');
for (let seed = Number(first); ; seed += 1000) {
  // Most runs are killed before the second mutant.
  for (let turn = 0; turn < MUTANTS.length; turn++) {
    const id = MUTANTS[(Number(first) + turn) % MUTANTS.length] ?? '';
    const target = new EmbeddedTarget({ mutation: mutantById(id).mutation, suffix: id });
    const origin = { hello: target.hello, targetSpec: `embedded:mutant=${id}`, seed };
    await run({
      target,
      targetSpec: origin.targetSpec,
      profiles: ['origin'],
      seed,
      budget: { runs: 40 },
      focus: [],
      store: keeper(io, folder, origin),
      onFinding: ({ file }) => process.stdout.write(`Found a violation: ${file}\n`),
    });
  }
}
