import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { judgeTrace } from '../../spec/judge/judge.ts';
import { decodeAnswer } from '../../spec/protocol/codec.ts';
import { showsOf } from '../../spec/protocol/shows.ts';
import type { Case } from '../../spec/vocabulary/case.ts';
import { batchOf } from '../targets/stdio-batch.ts';
import { readHello } from '../targets/stdio-launch.ts';
import { halfOf, patched, PYTHON_BUGS, type PythonBug, witnessOf } from './python-bugs.fixture.ts';

const example = readFileSync(
  fileURLToPath(new URL('../targets/examples/zone_device.py', import.meta.url)),
  'utf8',
);

/**
 * Runs each line of input, a program and its requests, and prints the replies. The programs have most of their functions
 * in common, so each is compiled once.
 */
const HOST = `
import __future__, json, sys
compiled = {}
for line in sys.stdin:
    source, requests = json.loads(line)
    names = {"__name__": "patched"}
    for part in source.split("\\n\\n\\n"):
        if part not in compiled:
            compiled[part] = compile(part, "patched", "exec", __future__.annotations.compiler_flag)
        exec(compiled[part], names)
    print(json.dumps([json.dumps(names["answer"](json.dumps(each).encode(), 0)) for each in requests]))
`;

const hasPython = spawnSync('python3', ['--version']).status === 0;
const HELLO = { type: 'hello', protocol: 1, suite: '' };

/** The replies of each program to its requests, from one interpreter. */
function replies(inputs: readonly (readonly [source: string, requests: readonly object[]])[]): string[][] {
  const input = inputs.map((each) => JSON.stringify(each)).join('\n');
  const { stdout, stderr } = spawnSync('python3', ['-c', HOST], {
    input,
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  if (stderr !== '') throw new Error(stderr);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as string[]);
}

describe.skipIf(!hasPython)('bugs of the Python example that need a history (python3)', () => {
  let verdicts: ReadonlyMap<PythonBug, { readonly found: string; readonly unpatched: string }>;

  beforeAll(() => {
    const [[hello = ''] = []] = replies([[example, [HELLO]]]);
    const { capabilities } = readHello(hello).hello;
    const cases = PYTHON_BUGS.map((bug) => witnessOf(bug));
    const question = (testCase: Case) => ({
      ...testCase,
      id: 0,
      type: 'case',
      commands: batchOf(testCase, capabilities).commands,
    });
    const verdict = (testCase: Case, line: string | undefined): string => {
      const { commands } = question(testCase);
      if (commands.length !== testCase.commands.length) return 'a command is not admitted';
      const answer = decodeAnswer(line ?? '', question(testCase), showsOf(capabilities));
      if (answer.kind !== 'observations') return answer.message;
      const judged = judgeTrace({ case: testCase, capabilities, observations: answer.observations });
      if (judged.kind !== 'violates') return judged.kind;
      return `${judged.violation.requirement} at ${judged.violation.step}`;
    };
    const answers = replies([
      [example, cases.map(question)],
      ...PYTHON_BUGS.map((bug, at): [string, object[]] => {
        const testCase = cases[at];
        return [patched(example, bug), testCase === undefined ? [] : [question(testCase)]];
      }),
    ]);
    verdicts = new Map(
      PYTHON_BUGS.map((bug, at) => [
        bug,
        {
          found: verdict(witnessOf(bug), answers[at + 1]?.[0]),
          unpatched: verdict(witnessOf(bug), answers[0]?.[at]),
        },
      ]),
    );
  });

  test.each(PYTHON_BUGS)('$name', (bug) => {
    expect(verdicts.get(bug)).toEqual({
      found: `${bug.breaks} at ${bug.witness.length - 1}`,
      unpatched: 'conforms',
    });
  });

  test('the halves are of about the same size', () => {
    const heldOut = PYTHON_BUGS.filter((bug) => halfOf(bug) === 'held-out').length;
    expect(PYTHON_BUGS.length).toBeGreaterThanOrEqual(100);
    expect(heldOut).toBeGreaterThan(PYTHON_BUGS.length / 3);
    expect(heldOut).toBeLessThan((PYTHON_BUGS.length * 2) / 3);
  });
});
