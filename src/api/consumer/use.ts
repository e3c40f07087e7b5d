import fc from 'fast-check';
import second from 'second-fast-check';
import {
  caseArbitrary,
  caseGenerator,
  check,
  embedded,
  inProcess,
  replay,
  shrink,
  type Case,
  type CheckResult,
  type Report,
} from 'zone-device-conformance';
import { defineAdapter, type CommandOf, type Result, type World } from 'zone-device-conformance/adapter';

/** A memory of one table, which ignores protection and the limits of the device. */
class Table implements World {
  readonly #values = new Map<string, number>();

  spawn = (): Result => 'ok';
  exit = (): Result => 'ok';

  map({ process, page }: CommandOf<'map'>): Result {
    this.#values.set(`${process}/${page}`, 0);
    return 'ok';
  }

  unmap({ process, page }: CommandOf<'unmap'>): Result {
    this.#values.delete(`${process}/${page}`);
    return 'ok';
  }

  load({ process, page }: CommandOf<'load'>): Result {
    return this.#values.get(`${process}/${page}`) ?? 'SIGSEGV';
  }

  async store({ process, page, value }: CommandOf<'store'>): Promise<Result> {
    this.#values.set(`${process}/${page}`, value);
    return 'ok';
  }

  migrateToDevice = ({ count }: CommandOf<'migrate-to-device'>): Result =>
    Array<'moved'>(count).fill('moved');
  migrateToSystem = ({ count }: CommandOf<'migrate-to-system'>): Result =>
    Array<'skipped'>(count).fill('skipped');
}

const table = defineAdapter({
  name: 'table',
  profiles: ['origin'],
  capabilities: [],
  createWorld: () => new Table(),
});

const result: CheckResult = await check(inProcess(table, { deterministic: true }), { runs: 10, seed: 1 });
const report: Report = result.report;
console.log(`in process: ${report.verdict}, ${result.exitCode}`);

const generate = caseGenerator({ profile: 'origin' });
const one: Case = generate(1, 0);
console.log(`embedded: ${(await replay(embedded(), one)).verdict.kind}`);

const faulty = embedded({ mutant: 'fork-keeps-parent-write' });
const found = await shrink(faulty, {
  profile: 'origin',
  scope: { processes: 2, pages: 1, frames: 1, slots: 1 },
  observe: 'every-step',
  commands: [
    { op: 'map', process: 0, page: 0, kind: 'private', protection: 'write' },
    { op: 'load', process: 0, page: 0 },
    { op: 'migrate-to-device', process: 0, page: 0, count: 1 },
    { op: 'fork', process: 0, child: 1 },
  ],
});
console.log(`shrunk: ${found?.requirement}, ${found?.case.commands.length} commands`);

let tried = 0;
const holds = async (testCase: Case): Promise<boolean> => {
  tried++;
  return (await replay(embedded(), testCase)).verdict.kind !== 'violates';
};
await fc.assert(fc.asyncProperty(caseArbitrary({ profile: 'origin' }), holds), { numRuns: 10 });
console.log(`first copy of fast-check: ${tried} cases`);

tried = 0;
const cases = second.nat().map((seed) => generate(seed, 0));
await second.assert(second.asyncProperty(cases, holds), { numRuns: 10 });
console.log(`second copy of fast-check: ${tried} cases`);
