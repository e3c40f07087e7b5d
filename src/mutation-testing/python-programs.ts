import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { CaseQuestion } from '../../spec/protocol/codec.ts';

/**
 * Runs each case of its input on the first program and on the programs named, and prints the reply of the first and
 * those that differ from it. The programs have most of their functions in common, so each function is compiled once.
 */
const HOST = `
import __future__, json, sys
compiled = {}
def load(source):
    names = {"__name__": "program"}
    for part in source.split("\\n\\n\\n"):
        if part not in compiled:
            compiled[part] = compile(part, "program", "exec", __future__.annotations.compiler_flag)
        exec(compiled[part], names)
    return names
programs = [load(source) for source in json.loads(sys.stdin.readline())]
print(json.dumps(programs[0]["HELLO"]), flush=True)
for line in sys.stdin:
    which, case = json.loads(line)
    right = programs[0]["run_case"](case, 0)
    replies = {at: programs[at]["run_case"](case, 0) for at in which}
    wrong = [(at, json.dumps(reply)) for at, reply in replies.items() if reply != right]
    print(json.dumps([json.dumps(right) if not which else "", wrong]), flush=True)
`;

/** The reply of the first program (only if no others were named), and those of others that differ from it. */
type Replies = readonly [right: string, wrong: readonly (readonly [program: number, reply: string])[]];

/** Several versions of one program in one Python interpreter, which run the same cases. */
export class PythonPrograms {
  readonly #process;
  readonly #lines;

  /** @param sources texts of `zone_device.py`: the right one, then versions with bugs */
  constructor(sources: readonly string[]) {
    this.#process = spawn('python3', ['-c', HOST], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.#write(sources);
  }

  /** The first line of the output: the hello of the first program. */
  async hello(): Promise<string> {
    return this.#line();
  }

  async run(question: CaseQuestion, programs: readonly number[]): Promise<Replies> {
    this.#write([programs, question]);
    const replies: Replies = JSON.parse(await this.#line());
    return replies;
  }

  close(): void {
    this.#process.stdin.end();
  }

  #write(value: unknown): void {
    this.#process.stdin.write(`${JSON.stringify(value)}\n`);
  }

  async #line(): Promise<string> {
    const { done, value } = await this.#lines.next();
    if (done === true) throw new Error('python3 ended early');
    return value;
  }
}
