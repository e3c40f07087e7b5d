import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { z } from 'zod';
import {
  inCompiled,
  SPEC_MISTAKE,
  SPEC_MISTAKES,
  type SpecMistake,
  TEST_RESULTS,
} from '../mutation-testing/spec-mistakes.ts';

// Plants each mistake of the specification in turn and runs the checks that may notice it: the comparison of the
// specification with its independent descriptions (specification-main.ts), then the unit tests if it notices nothing.
//
//   node dist/src/bench/spec-mistakes-main.js                   every mistake; writes reports/spec-mistakes.md (minutes)
//   node dist/src/bench/spec-mistakes-main.js --rows ROWS.jsonl the same; a run that was stopped resumes where it stopped
//   node dist/src/bench/spec-mistakes-main.js --jobs 2          two mistakes at a time
//   node dist/src/bench/spec-mistakes-main.js ID …              these mistakes; writes no page
//
// Exit code 1 if a mistake survives.

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Ends a comparison that a mistake makes endless, in milliseconds: it takes seconds. */
const MAX_COMPARISON = 900_000;

/** The result of all checks for one mistake. */
const Noticed = z.object({
  id: z.string(),
  /** Numbers of contradictions. */
  embeddedKernel: z.number(),
  plantedBugs: z.number(),
  /** The properties that reject a trace that the judge accepts. */
  properties: z.array(z.string()),
  /** The comparison did not end, or ended with an exception. */
  failed: z.boolean(),
  /** Files with failing unit tests; empty if the comparison noticed the mistake. */
  unitTests: z.array(z.string()),
});
type Noticed = z.infer<typeof Noticed>;

const Contradictions = z.object({
  embeddedKernel: z.array(z.string()),
  plantedBugs: z.array(z.string()),
  properties: z.array(z.string()),
});

/** Runs the comparison in a copy of the compiled program with the mistake; undefined if it does not end properly. */
async function compare(mistake: SpecMistake): Promise<z.infer<typeof Contradictions> | undefined> {
  const copy = mkdtempSync(join(root, 'dist/mistake-'));
  try {
    for (const tree of ['spec', 'properties', 'src']) {
      cpSync(join(root, 'dist', tree), join(copy, tree), {
        recursive: true,
        filter: (path) => !path.endsWith('.map') && !path.endsWith('.d.ts'),
      });
    }
    const path = join(copy, mistake.file.replace(/ts$/, 'js'));
    writeFileSync(path, inCompiled(readFileSync(path, 'utf8'), mistake));
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(copy, 'src/bench/specification-main.js')],
      { timeout: MAX_COMPARISON, maxBuffer: 1e8 },
    );
    return Contradictions.parse(JSON.parse(stdout));
  } catch (error) {
    // A mistake may make the model throw; an error without an exit code or signal is one of this program.
    if (error instanceof Error && ('signal' in error || 'code' in error)) return undefined;
    throw error;
  } finally {
    rmSync(copy, { recursive: true });
  }
}

const TestResults = z.object({
  numTotalTests: z.number(),
  testResults: z.array(z.object({ name: z.string(), status: z.string() })),
});

/** The tests of model and judge, with those of the judge on other implementations. */
const tests = ['spec/model', 'spec/judge', 'src/examine'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`),
);
const isSlow = (file: string): boolean => file.endsWith('.slow.test.ts');

/** The test files among these that fail with the mistake. */
async function failingTests(mistake: SpecMistake, files: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'zdc-spec-'));
  try {
    const output = join(folder, 'results.json');
    const run = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...files], {
      cwd: root,
      env: { ...process.env, [SPEC_MISTAKE]: mistake.id, [TEST_RESULTS]: output },
      stdio: 'ignore',
    });
    await once(run, 'exit');
    const { numTotalTests, testResults } = TestResults.parse(JSON.parse(readFileSync(output, 'utf8')));
    if (numTotalTests === 0) throw new Error(`no unit test ran with ${mistake.id}`);
    return testResults
      .filter(({ status }) => status === 'failed')
      .map(({ name }) => name.slice(root.length).replaceAll('\\', '/'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function check(mistake: SpecMistake): Promise<Noticed> {
  const found = await compare(mistake);
  const noticed: Noticed = {
    id: mistake.id,
    embeddedKernel: found?.embeddedKernel.length ?? 0,
    plantedBugs: found?.plantedBugs.length ?? 0,
    properties: [...new Set(found?.properties.map((line) => line.split(' ')[0] ?? line))],
    failed: found === undefined,
    unitTests: [],
  };
  if (isNoticed(noticed)) return noticed;
  const fast = await failingTests(
    mistake,
    tests.filter((file) => !isSlow(file)),
  );
  return {
    ...noticed,
    unitTests: fast.length > 0 ? fast : await failingTests(mistake, tests.filter(isSlow)),
  };
}

const isNoticed = ({ embeddedKernel, plantedBugs, properties, failed, unitTests }: Noticed): boolean =>
  embeddedKernel + plantedBugs + properties.length + unitTests.length > 0 || failed;

const inWords = ({
  embeddedKernel,
  plantedBugs,
  properties,
  failed,
  unitTests,
}: Noticed): readonly string[] => [
  failed ? 'fails' : embeddedKernel > 0 ? `${embeddedKernel}` : '–',
  plantedBugs > 0 ? `${plantedBugs}` : '–',
  properties.length > 0 ? properties.join(', ') : '–',
  unitTests.length > 0 ? unitTests.map((file) => `\`${file}\``).join(', ') : '–',
];

function page(all: readonly Noticed[]): string {
  const rows = SPEC_MISTAKES.flatMap(({ id, title, file }) =>
    all
      .filter((one) => one.id === id)
      .map((one) => `| ${[title, `\`${file}\``, ...inWords(one)].join(' | ')} |`),
  );
  return `# Mistakes in the specification

Each of ${all.length} single mistakes of \`src/mutation-testing/spec-mistakes.ts\` was planted in the model or the judge, and the tests were run.
${all.filter(isNoticed).length} of ${all.length} are noticed. \`node dist/src/bench/spec-mistakes-main.js\` writes this page.

- **Embedded kernel**: cases in which the embedded kernel without a planted bug no longer conforms.
- **Planted bugs**: witnesses that no longer violate the requirement of their bug.
- **Properties**: they reject the trace of a planted bug that the judge with the mistake accepts.
- **Tests**: files with failing tests of model and judge, slow ones only if no fast one fails; run only if no other check notices the mistake.

| mistake | file | embedded kernel | planted bugs | properties | tests |
| --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

const { values, positionals: wanted } = parseArgs({
  options: { rows: { type: 'string' }, jobs: { type: 'string', default: '1' } },
  allowPositionals: true,
});
const unknown = wanted.filter((id) => !SPEC_MISTAKES.some((one) => one.id === id));
if (unknown.length > 0) {
  console.error(
    `unknown mistake: ${unknown.join(', ')}. The ids are in src/mutation-testing/spec-mistakes.ts.`,
  );
  process.exit(2);
}
const mistakes = SPEC_MISTAKES.filter(({ id }) => wanted.length === 0 || wanted.includes(id));
const all: Noticed[] = [];
if (values.rows !== undefined && existsSync(values.rows)) {
  const lines = readFileSync(values.rows, 'utf8').split('\n').filter(Boolean);
  all.push(...lines.map((line) => Noticed.parse(JSON.parse(line))));
}
const left = mistakes.filter(({ id }) => !all.some((one) => one.id === id));
const work = async (): Promise<void> => {
  for (let mistake = left.shift(); mistake !== undefined; mistake = left.shift()) {
    const noticed = await check(mistake);
    all.push(noticed);
    if (values.rows !== undefined) appendFileSync(values.rows, `${JSON.stringify(noticed)}\n`);
    console.log(
      `${isNoticed(noticed) ? 'noticed ' : 'SURVIVED'}  ${mistake.id}: ${inWords(noticed).join(' | ')}`,
    );
  }
};
await Promise.all(Array.from({ length: Number(values.jobs) }, work));
if (wanted.length === 0) writeFileSync(join(root, 'reports/spec-mistakes.md'), page(all));
process.exitCode = all.every(isNoticed) ? 0 : 1;
