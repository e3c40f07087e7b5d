import { access, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { PACKAGE_FOLDER, SUITE } from '../corpus/suite.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { caller } from '../report/replay-command.ts';
import { REPORTERS, type ReportKind } from '../report/reporters.ts';
import { UserError, type Io } from './io.ts';

interface Language {
  /** The name of the skeleton in src/targets/skeletons, and of its copy. */
  readonly file: string;
  /** The command that builds the adapter; undefined if it needs none. */
  readonly build: string | undefined;
  readonly target: string;
}

const PACKAGE = `${SUITE.name}@${SUITE.version}`;

const LANGUAGES = {
  python: { file: 'adapter.py', build: undefined, target: 'stdio:python3 adapter.py' },
  javascript: {
    file: 'adapter.mjs',
    build: `npm install --no-save ${PACKAGE}`,
    target: 'stdio:node adapter.mjs',
  },
  c: { file: 'adapter.c', build: 'cc -std=c11 -O2 -o adapter adapter.c', target: 'stdio:./adapter' },
  go: { file: 'adapter.go', build: 'go build -o adapter adapter.go', target: 'stdio:./adapter' },
  rust: { file: 'adapter.rs', build: 'rustc --edition 2021 -O adapter.rs', target: 'stdio:./adapter' },
} as const satisfies Record<string, Language>;

const CONFIG = 'zdc.config.json';

/** The settings of the run. A fixed seed would never search further. */
const configText = ({ target }: Language): string =>
  `${JSON.stringify(
    { $schema: `https://unpkg.com/${PACKAGE}/src/api/config-v1.schema.json`, target, budget: '60s' },
    null,
    2,
  )}\n`;

/** The file of a format that is written to standard output by default. */
const STANDARD_OUTPUT = '-';

/** The reports that a workflow keeps, with the files of their formats. */
const KEPT = ['junit', 'sarif', 'ktap', 'markdown', 'html'] as const;
const KEPT_FILES = KEPT.map((kind) => REPORTERS[kind].file);

const runCommand = (kinds: readonly ReportKind[]): string =>
  [`npx --yes ${PACKAGE} run`, ...kinds.map((kind) => `--report ${kind}`)].join(' ');

interface Workflow {
  readonly path: string;
  readonly text: (language: Language) => string;
}

const WORKFLOWS = {
  github: {
    path: '.github/workflows/conformance.yml',
    text: (language) => `name: conformance
on: [push, pull_request]
jobs:
  conformance:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-node@v4
        with:
          node-version: 22
${language.build === undefined ? '' : `      - run: ${language.build}\n`}      - run: ${runCommand([...KEPT, 'github'])}
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: conformance
          path: |
${[...KEPT_FILES, '.zdc'].map((path) => `            ${path}\n`).join('')}          include-hidden-files: true
`,
  },
  gitlab: {
    path: '.gitlab-ci.yml',
    text: (language) => `conformance:
  image: node:22
  script:
${language.build === undefined ? '' : `    - ${language.build}\n`}    - ${runCommand(KEPT)}
  artifacts:
    when: always
    paths: [${[...KEPT_FILES, '.zdc'].join(', ')}]
    reports:
      junit: ${REPORTERS.junit.file}
`,
  },
} as const satisfies Record<string, Workflow>;

interface InitFlags {
  readonly language: keyof typeof LANGUAGES;
  readonly ci: keyof typeof WORKFLOWS | 'none';
}

const EXAMPLES = `
Examples:
  zdc init                                 a skeleton in Python, and a workflow for GitHub
  zdc init --language rust --ci gitlab     in Rust, for GitLab

Existing files are never overwritten; lines are added to .gitignore. Exit codes: 0 done; 2 usage; 78 a file exists
already or cannot be written.`;

/** Defines the verb that writes the first files of a project. */
export function defineInit(verb: Command, io: Io, done: (code: ExitCode) => void): void {
  verb
    .description(
      'Writes an adapter to start from, its configuration, a CI workflow and .gitignore lines. The adapter executes the core commands on a ' +
        'table in memory and conforms; replace its parts by your implementation.',
    )
    .addOption(
      new Option('-l, --language <name>', 'the language of the adapter')
        .choices(Object.keys(LANGUAGES))
        .default('python'),
    )
    .addOption(
      new Option('--ci <name>', 'the workflow to write')
        .choices([...Object.keys(WORKFLOWS), 'none'])
        .default('github'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (flags: InitFlags) => {
      done(await initVerb(flags, io));
    });
}

async function initVerb({ language: name, ci }: InitFlags, io: Io): Promise<ExitCode> {
  if (PACKAGE_FOLDER === undefined) {
    throw new UserError(EXIT.configuration, 'The skeletons are not installed; reinstall the package.');
  }
  const language: Language = LANGUAGES[name];
  const workflow = ci === 'none' ? undefined : WORKFLOWS[ci];
  const made = [language.file, CONFIG, ...(workflow === undefined ? [] : [workflow.path])];
  // All are looked for first, so that nothing is written by halves.
  for (const path of made) {
    if (await exists(join(io.cwd, path))) {
      throw new UserError(
        EXIT.configuration,
        `${path} exists already; nothing was written. Move it away first${
          path === workflow?.path ? ', or use --ci none' : ''
        }.`,
      );
    }
  }
  await copyFile(join(PACKAGE_FOLDER, 'src/targets/skeletons', language.file), join(io.cwd, language.file));
  await writeFile(join(io.cwd, CONFIG), configText(language));
  if (workflow !== undefined) {
    const path = join(io.cwd, workflow.path);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, workflow.text(language));
  }
  // Counterexamples are kept; the index beside them is a cache.
  const ignored = [
    '.zdc/.zdc-index',
    'zdc-shard-*.jsonl',
    ...Object.values(REPORTERS).flatMap(({ file }) => (file === STANDARD_OUTPUT ? [] : [file])),
    ...(language.target === 'stdio:./adapter' ? ['adapter'] : []),
  ];
  const added = await ignore(join(io.cwd, '.gitignore'), ignored);
  const next = caller(io.cwd);
  const steps = [...(language.build === undefined ? [] : [language.build]), `${next} doctor`, `${next} run`];
  io.stdout.write(
    `Written: ${[...made, ...(added ? ['.gitignore'] : [])].join(', ')}\n\nNext:\n${steps.map((step) => `  ${step}\n`).join('')}`,
  );
  return EXIT.conforms;
}

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Adds lines that are not there yet; returns whether there were any. */
async function ignore(path: string, lines: readonly string[]): Promise<boolean> {
  const before = (await exists(path)) ? await readFile(path, 'utf8') : '';
  const known = new Set(before.split('\n'));
  const missing = lines.filter((line) => !known.has(line));
  if (missing.length === 0) return false;
  const separator = before === '' || before.endsWith('\n') ? '' : '\n';
  await writeFile(path, `${before}${separator}${missing.join('\n')}\n`);
  return true;
}
