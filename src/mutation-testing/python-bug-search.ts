import { judgeTrace } from '../../spec/judge/judge.ts';
import { decodeAnswer } from '../../spec/protocol/codec.ts';
import { type Shows, showsOf } from '../../spec/protocol/shows.ts';
import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { caseRandom, CaseSource } from '../generate/case-source.ts';
import { batchOf } from '../targets/stdio-batch.ts';
import { readHello } from '../targets/stdio-launch.ts';
import { patched, profileOf, type PythonBug } from './python-bugs.ts';
import { PythonPrograms } from './python-programs.ts';

/** The result of one case on the example, or on a version with a bug: a requirement and its step, or another word. */
type Judged = string;

/** The Python example and versions of it with bugs, which run and judge cases. */
export class PythonBugs {
  readonly #bugs: readonly PythonBug[];
  readonly #programs: PythonPrograms;
  readonly #capabilities: ReadonlySet<Capability>;
  readonly #shows: Shows;

  private constructor(
    bugs: readonly PythonBug[],
    programs: PythonPrograms,
    capabilities: ReadonlySet<Capability>,
  ) {
    this.#bugs = bugs;
    this.#programs = programs;
    this.#capabilities = capabilities;
    this.#shows = showsOf(capabilities);
  }

  static async start(example: string, bugs: readonly PythonBug[]): Promise<PythonBugs> {
    const programs = new PythonPrograms([example, ...bugs.map((bug) => patched(example, bug))]);
    const { capabilities } = readHello(await programs.hello()).hello;
    return new PythonBugs(bugs, programs, capabilities);
  }

  close(): void {
    this.#programs.close();
  }

  /** The verdict on the example without a bug. */
  async right(testCase: Case): Promise<Judged> {
    const [right] = await this.#programs.run(this.#question(testCase), []);
    return this.#judged(testCase, right);
  }

  /** The verdicts on the versions that behave otherwise than the example without a bug. */
  async wrong(testCase: Case, bugs: readonly PythonBug[]): Promise<ReadonlyMap<PythonBug, Judged>> {
    const programs = bugs.map((bug) => this.#bugs.indexOf(bug) + 1);
    const [, wrong] = await this.#programs.run(this.#question(testCase), programs);
    const verdicts = new Map<PythonBug, Judged>();
    for (const [program, reply] of wrong) {
      const bug = this.#bugs[program - 1];
      if (bug !== undefined) verdicts.set(bug, this.#judged(testCase, reply));
    }
    return verdicts;
  }

  /**
   * The number of commands of random cases after which each bug is found, up to a maximum. The directed suite is left
   * out, and each bug is searched in the profile of its witness.
   */
  async search(seed: number, maxCommands: number): Promise<ReadonlyMap<PythonBug, number>> {
    const found = new Map<PythonBug, number>();
    for (const profile of new Set(this.#bugs.map((bug) => profileOf(bug)))) {
      const source = new CaseSource({ profile, capabilities: this.#capabilities });
      let sought = this.#bugs.filter((bug) => profileOf(bug) === profile);
      for (let index = 0, commands = 0; sought.length > 0; index++) {
        const testCase = source.draw(caseRandom(seed, index));
        commands += testCase.commands.length;
        if (commands > maxCommands) break;
        for (const [bug, verdict] of await this.wrong(testCase, sought)) {
          if (verdict.includes(' at ')) found.set(bug, commands);
        }
        sought = sought.filter((bug) => !found.has(bug));
      }
    }
    return found;
  }

  #question(testCase: Case) {
    return { ...testCase, id: 0, commands: batchOf(testCase, this.#capabilities).commands };
  }

  #judged(testCase: Case, reply: string): Judged {
    const { commands } = this.#question(testCase);
    if (commands.length !== testCase.commands.length) return 'a command is not admitted';
    const answer = decodeAnswer(reply, this.#question(testCase), this.#shows);
    if (answer.kind !== 'observations') return answer.message;
    const capabilities = this.#capabilities;
    const judged = judgeTrace({ case: testCase, capabilities, observations: answer.observations });
    if (judged.kind !== 'violates') return judged.kind;
    return `${judged.violation.requirement} at ${judged.violation.step}`;
  }
}
