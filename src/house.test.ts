import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

// The rules of the house: which file may import which, and which names no file may bear.

const trees = ['spec', 'properties', 'src'] as const;

/** The layers of src, highest first. A file imports from its own layer and from lower ones. */
const layers: readonly (readonly string[])[] = [
  ['(src itself)', 'cli', 'api', 'bench'],
  ['export'],
  ['report'],
  ['corpus'],
  ['mutation-testing'],
  ['run'],
  ['explain'],
  ['shrink'],
  ['search'],
  ['generate'],
  ['examine'],
  ['targets'],
  ['planted-bugs'],
  ['kernel'],
];

/** The packages that properties may use, beside spec. */
const packagesOfProperties: ReadonlySet<string> = new Set(['fast-check', 'vitest', 'ts-pattern']);

const bannedName = /^(?:utils?|helpers?|common|misc|managers?)$/i;

/** The text of every source file, by its path from the root of the project. */
type Sources = ReadonlyMap<string, string>;

interface Import {
  readonly from: string;
  /** A path from the root of the project, or the name of a package. */
  readonly to: string;
  readonly relative: boolean;
  /** Whether only types are imported, so that nothing of it is left at run time. */
  readonly typeOnly: boolean;
  /** Whether it is imported by an expression, so that it is loaded only when that is reached. */
  readonly deferred: boolean;
}

const statement =
  /^[ \t]*(?:import|export)\s+(?<type>type\s+)?(?:(?:[\w$]+\s*,\s*)?(?:\{[^}]*\}|\*(?:\s+as\s+[\w$]+)?|[\w$]+)\s*from\s*)['"](?<to>[^'"]+)['"]/gm;
const bareStatement = /^[ \t]*import\s*['"](?<to>[^'"]+)['"]/gm;
const expression = /\bimport\(\s*['"](?<to>[^'"]+)['"]/g;

function importsIn(from: string, text: string): Import[] {
  return [statement, bareStatement, expression].flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap(({ groups }) => {
      const written = groups?.['to'];
      if (written === undefined) return [];
      const relative = written.startsWith('.');
      const to = relative ? posix.join(posix.dirname(from), written) : written;
      const typeOnly = groups?.['type'] !== undefined;
      return [{ from, to, relative, typeOnly, deferred: pattern === expression }];
    }),
  );
}

function allImports(sources: Sources): Import[] {
  return [...sources].flatMap(([path, text]) => importsIn(path, text));
}

const isTest = (path: string): boolean => path.endsWith('.test.ts');
const isIn = (path: string, folder: string): boolean => path.startsWith(`${folder}/`);
const arrow = ({ from, to }: Import): string => `${from} -> ${to}`;

/** The folder of src that holds the file; the files directly in src are a layer member of their own. */
function memberOf(path: string): string {
  const [, folder, ...rest] = path.split('/');
  return rest.length === 0 || folder === undefined ? '(src itself)' : folder;
}

/** 0 is the highest layer, -1 is none. */
const layerOf = (path: string): number => layers.findIndex((layer) => layer.includes(memberOf(path)));

function specLooksOutward(sources: Sources): string[] {
  return allImports(sources)
    .filter(({ from, to, relative }) => isIn(from, 'spec') && relative && !isIn(to, 'spec'))
    .map(arrow);
}

function propertiesLookOutward(sources: Sources): string[] {
  return allImports(sources)
    .filter(({ from }) => isIn(from, 'properties') && !isTest(from))
    .filter(({ to, relative }) =>
      relative ? !isIn(to, 'spec') && !isIn(to, 'properties') : !packagesOfProperties.has(to),
    )
    .map(arrow);
}

function importsFromHigherLayers(sources: Sources): string[] {
  return allImports(sources)
    .filter(({ from, to }) => isIn(from, 'src') && isIn(to, 'src') && !isTest(from))
    .filter(({ from, to }) => layerOf(from) > layerOf(to))
    .map(arrow);
}

function filesInNoLayer(sources: Sources): string[] {
  return [...sources.keys()].filter((path) => isIn(path, 'src') && layerOf(path) === -1);
}

function importsOfTests(sources: Sources): string[] {
  return allImports(sources)
    .filter(({ from, to }) => isTest(to) && !isTest(from))
    .map(arrow);
}

/** Kernel files that name the model, or that run a part of it by way of other files. */
function kernelSharesTheModel(sources: Sources): string[] {
  const imports = allImports(sources).filter(({ relative }) => relative);
  const inKernel = [...sources.keys()].filter((path) => isIn(path, 'src/kernel') && !isTest(path));
  const named = imports
    .filter(({ from, to }) => inKernel.includes(from) && isIn(to, 'spec/model'))
    .map(arrow);
  const cameFrom = new Map<string, string | undefined>(inKernel.map((path) => [path, undefined]));
  for (const path of cameFrom.keys()) {
    for (const { to } of imports.filter((one) => one.from === path && !one.typeOnly)) {
      if (!cameFrom.has(to)) cameFrom.set(to, path);
    }
  }
  const reached = [...cameFrom.keys()]
    .filter((path) => isIn(path, 'spec/model'))
    .map((path) => {
      const outcome = [path];
      for (let at = cameFrom.get(path); at !== undefined; at = cameFrom.get(at)) outcome.unshift(at);
      return outcome.join(' -> ');
    });
  return [...new Set([...named, ...reached])];
}

/** Files of the model that attribute a mismatch or cover a requirement by its id instead of an entry of a table. */
const attributionsInRules = (sources: Sources): string[] =>
  [...sources]
    .filter(([path]) => isIn(path, 'spec/model') && !isIn(path, 'spec/model/attribution') && !isTest(path))
    .filter(([, text]) =>
      /(?<![.\w])(ruleIndex|outcome|refinement|pageRefinement)\(|(: Attribution|step\.attribution) = \{/.test(
        text,
      ),
    )
    .map(([path]) => path);

function importCycles(sources: Sources): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to, relative } of allImports(sources)) {
    if (relative) next.set(from, [...(next.get(from) ?? []), to]);
  }
  const cycles: string[] = [];
  const done = new Set<string>();
  const visit = (path: string, outcome: readonly string[]): void => {
    const start = outcome.indexOf(path);
    if (start !== -1) {
      cycles.push([...outcome.slice(start), path].join(' -> '));
      return;
    }
    if (done.has(path)) return;
    for (const to of next.get(path) ?? []) visit(to, [...outcome, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return cycles;
}

/** All that is loaded at once with a file: what it imports, but for types and for what is imported by an expression. */
function loadedWith(path: string, sources: Sources): string[] {
  const imports = allImports(sources).filter((one) => one.relative && !one.typeOnly && !one.deferred);
  const loaded = new Set([path]);
  for (const at of loaded) {
    for (const { from, to } of imports) if (from === at) loaded.add(to);
  }
  return [...loaded];
}

/** Paths in which a folder, or the name of the file up to its first dot, says nothing of what it holds. */
function emptyNames(paths: readonly string[]): string[] {
  return paths.filter((path) => path.split('/').some((part) => bannedName.test(part.split('.')[0] ?? part)));
}

/**
 * The switches over the name of a command whose default hides a command that was added later. A default is allowed where
 * the compiler checks the commands that are left (`satisfies never`, or commands with certain effects), or passes the rest
 * on with a narrower type.
 */
function silentDefaults(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) =>
    [
      ...text.matchAll(/^(?<indent> *)switch \((?:[\w.]+\.)?op\) \{\n(?<body>[\s\S]*?)^\k<indent>\}/gm),
    ].flatMap(({ groups }) => {
      const [indent = '', body = ''] = [groups?.['indent'], groups?.['body']];
      const last = body.split(`\n${indent}  default:`)[1];
      return last === undefined || / satisfies (?:never|CommandOf<|PageCommand)/.test(last) ? [] : [path];
    }),
  );
}

/** Where a default is right for a command that was added later, and where the compiler narrows it. */
const CHECKED_DEFAULTS: ReadonlySet<string> = new Set([
  // A command without a list of its own: general properties examine its step.
  'properties/step-lists.ts',
  // The arguments of a command without a case of its own are drawn by their kinds.
  'src/generate/command-generator.ts',
  // Heuristics of shrinking and words: neither decides a verdict.
  'src/shrink/further-search.ts',
  'src/shrink/model/ending.ts',
  'src/explain/step-story.ts',
]);

/** The names that a file declares and exports. */
const exportedNames = (text: string): readonly string[] => [
  ...new Set(
    [
      ...text.matchAll(
        /^export (?:declare |abstract |async )*(?:const|let|class|interface|type|enum|function\*?) (?<name>[\w$]+)/gm,
      ),
    ].flatMap(({ groups }) => groups?.['name'] ?? []),
  ),
];

const SHORTHAND = 'spec/vocabulary/shorthand.ts';

/** The exported names that two files declare, with these files. A test file declares none for others. */
function namesDeclaredTwice(sources: Sources): ReadonlyMap<string, readonly string[]> {
  const declared = new Map<string, string[]>();
  for (const [path, text] of sources) {
    if (isTest(path)) continue;
    for (const name of exportedNames(text)) declared.set(name, [...(declared.get(name) ?? []), path]);
  }
  // A command has one name: its rule in the model and its short constructor.
  const isCommand = ([one = '', other = '', ...more]: readonly string[]): boolean =>
    more.length === 0 && isIn(one, 'spec/model') && other === SHORTHAND;
  return new Map([...declared].filter(([, files]) => files.length > 1 && !isCommand(files.toSorted())));
}

/** Names within the package under which it also exports a public form of the same thing. */
const PUBLIC_NAMES =
  'Capability Case Command Counterexample DriverEvent Observation ProfileName replay Requirement Result Scope shrink ' +
  'Snapshot Trace Verdict';

/** Questions about a page that the model and the properties, which share no code, both ask. */
const COMMON_QUESTIONS = 'isCommon isFile isHost isLazyFree isMapped mayBeOut mayRead mayWrite';

/** Names that two files declare with one meaning. */
const ONE_MEANING = new Set(`${PUBLIC_NAMES} ${COMMON_QUESTIONS}`.split(' '));

const root = fileURLToPath(new URL('..', import.meta.url));

const paths = trees.flatMap((tree) => {
  try {
    return readdirSync(posix.join(root, tree), { recursive: true, encoding: 'utf8' }).map((path) =>
      posix.join(tree, path.replaceAll('\\', '/')),
    );
  } catch (error) {
    // A tree that does not exist yet breaks no rule.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
});

const project: Sources = new Map(
  paths
    .filter((path) => path.endsWith('.ts'))
    .map((path) => [path, readFileSync(posix.join(root, path), 'utf8')]),
);

const DOCUMENTS = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'spec/RULES.md'] as const;

/** Folders that a run creates. A fresh clone does not have them. */
const ignored = new Set(readFileSync(new URL('../.gitignore', import.meta.url), 'utf8').split('/\n'));

/**
 * The paths and the names of TypeScript files in backticks that do not exist. A part in capitals (NAME, CHAPTER) is a
 * placeholder of a recipe.
 */
const missingPaths = (text: string): readonly string[] =>
  [...text.matchAll(/`(?<path>(?:src|spec|properties|reports)\/[\w./-]+|[\w.-]+\.ts)`/g)]
    .flatMap(({ groups }) => groups?.['path'] ?? [])
    .filter((path) => !/[A-Z]{4,}/.test(path) && !ignored.has(path))
    .filter((path) => !existsSync(posix.join(root, path)))
    .filter((path) => path.includes('/') || !paths.some((file) => file.endsWith(`/${path}`)));

describe('the files of this project', () => {
  test('spec imports from neither src nor properties', () => {
    expect(specLooksOutward(project)).toEqual([]);
  });

  test('properties imports from spec alone', () => {
    expect(propertiesLookOutward(project)).toEqual([]);
  });

  test('no file of src imports from a higher layer', () => {
    expect(importsFromHigherLayers(project)).toEqual([]);
  });

  test('the table of layers lists every folder of src', () => {
    expect(filesInNoLayer(project)).toEqual([]);
  });

  test('only tests import from tests', () => {
    expect(importsOfTests(project)).toEqual([]);
  });

  test('the kernel shares no code with the model', () => {
    expect(kernelSharesTheModel(project)).toEqual([]);
  });

  test('rules of the model neither attribute a mismatch nor cover a requirement by its id', () => {
    expect(attributionsInRules(project)).toEqual([]);
  });

  test('imports have no cycles', () => {
    expect(importCycles(project)).toEqual([]);
  });

  test('no switch over commands has a silent default', () => {
    const program = new Map([...project].filter(([path]) => !/\.(?:test|fixture)\.ts$/.test(path)));
    const found = silentDefaults(program);
    expect(found.filter((path) => !CHECKED_DEFAULTS.has(path))).toEqual([]);
    expect(new Set(found)).toEqual(CHECKED_DEFAULTS);
  });

  test('no exported name has two meanings', () => {
    expect(new Set(namesDeclaredTwice(project).keys())).toEqual(ONE_MEANING);
  });

  test('the entry point loads few files before it knows the command', () => {
    expect(loadedWith('src/cli/start.ts', project).length).toBeLessThan(12);
  });

  test.each(DOCUMENTS)('every path in %s exists', (document) => {
    expect(missingPaths(readFileSync(new URL(`../${document}`, import.meta.url), 'utf8'))).toEqual([]);
  });

  test('no file or folder has a name without meaning', () => {
    expect(emptyNames(paths)).toEqual([]);
  });
});

const files = (record: Record<string, string>): Sources => new Map(Object.entries(record));

// Each rule is shown a project that breaks it, so that a rule that sees nothing does not pass for one that holds.
describe('these checks report', () => {
  test.each([
    ['a name', `import { a } from "../src/kernel/a.ts";`],
    ['several lines', `import {\n  a, // the first\n  b,\n} from '../src/kernel/a.ts';`],
    ['a type', `import type { A } from '../src/kernel/a.ts';`],
    ['a default', `import a from '../src/kernel/a.ts';`],
    ['a default and names', `import a, { b } from '../src/kernel/a.ts';`],
    ['a namespace', `import * as a from '../src/kernel/a.ts';`],
    ['an effect', `import '../src/kernel/a.ts';`],
    ['a name exported again', `export { a } from '../src/kernel/a.ts';`],
    ['all exported again', `export * from '../src/kernel/a.ts';`],
    ['an expression', `const a = await import('../src/kernel/a.ts');`],
  ])('importing %s', (_, text) => {
    expect(specLooksOutward(files({ 'spec/a.ts': text }))).toEqual(['spec/a.ts -> src/kernel/a.ts']);
  });

  test('spec importing a property, even in a test', () => {
    expect(specLooksOutward(files({ 'spec/a.test.ts': `import '../properties/a.ts'` }))).toHaveLength(1);
    expect(specLooksOutward(files({ 'spec/a.ts': `import './b.ts';\nimport { z } from 'zod';` }))).toEqual(
      [],
    );
  });

  test('properties importing the kernel or another package, but not in a test', () => {
    const text = `import '../src/kernel/a.ts';\nimport { z } from 'zod';\nimport fc from 'fast-check';`;
    expect(propertiesLookOutward(files({ 'properties/a.ts': text }))).toEqual([
      'properties/a.ts -> zod',
      'properties/a.ts -> src/kernel/a.ts',
    ]);
    expect(propertiesLookOutward(files({ 'properties/a.test.ts': text }))).toEqual([]);
  });

  test.each([
    ['src/kernel/a.ts', 'targets/b.ts', 1],
    ['src/targets/a.ts', 'report/b.ts', 1],
    ['src/shrink/a.ts', 'run/b.ts', 1],
    ['src/run/a.ts', 'report/b.ts', 1],
    ['src/run/a.ts', 'cli/b.ts', 1],
    ['src/run/a.ts', 'bench/b.ts', 1],
    ['src/kernel/a.ts', 'b.ts', 1],
    ['src/cli/a.ts', 'kernel/b.ts', 0],
    ['src/shrink/a.ts', 'generate/b.ts', 0],
    ['src/kernel/a.test.ts', 'cli/b.ts', 0],
  ])('%s importing ../%s', (from, to, breaches) => {
    expect(importsFromHigherLayers(files({ [from]: `import { b } from '../${to}';` }))).toHaveLength(
      breaches,
    );
  });

  test('a document that names a moved file', () => {
    expect(
      missingPaths(
        '`src/house.test.ts`, `house.test.ts`, `gone.ts`, `src/gone.ts` and `src/planted-bugs/CHAPTER.ts`',
      ),
    ).toEqual(['gone.ts', 'src/gone.ts']);
  });

  test('a folder of src that the table does not name', () => {
    expect(
      filesInNoLayer(files({ 'src/stray/a.ts': '', 'src/kernel/deep/a.ts': '', 'src/a.ts': '' })),
    ).toEqual(['src/stray/a.ts']);
  });

  test('code that imports from a test', () => {
    expect(importsOfTests(files({ 'src/cli/a.ts': `import './a.test.ts';` }))).toHaveLength(1);
  });

  test('the kernel importing the model, directly or through another file', () => {
    const model = { 'spec/model/m.ts': '', 'spec/all.ts': `export * from './model/m.ts';` };
    const kernel = (text: string): string[] =>
      kernelSharesTheModel(files({ ...model, 'src/kernel/k.ts': text }));
    expect(kernel(`import type { M } from '../../spec/model/m.ts';`)).toEqual([
      'src/kernel/k.ts -> spec/model/m.ts',
    ]);
    expect(kernel(`import { m } from '../../spec/all.ts';`)).toEqual([
      'src/kernel/k.ts -> spec/all.ts -> spec/model/m.ts',
    ]);
    expect(kernel(`import type { M } from '../../spec/all.ts';`)).toEqual([]);
  });

  test('an attribution or a coverage in a rule of the model', () => {
    const inRule = (line: string): string[] => attributionsInRules(files({ 'spec/model/fork.ts': line }));
    expect(inRule(`const FORKED = outcome({ result: 'fork.shares' });`)).toEqual(['spec/model/fork.ts']);
    expect(inRule(`step.refine(refinement({ covers: ['fork.shares'] }));`)).toHaveLength(1);
    expect(inRule(`const FORKED: Attribution = { ...MOVED, entry: 'fork.shares' };`)).toHaveLength(1);
    expect(inRule(`step.attribution = { ...step.attribution, entry: 'fork.shares' };`)).toHaveLength(1);
    expect(inRule(`const FORK_SHARES = ruleIndex('fork.shares');`)).toHaveLength(1);
    expect(inRule('step.select(PROCESS.forked);')).toEqual([]);
    expect(inRule('step.refine(PROCESS.forkedOnDevice);')).toEqual([]);
  });

  test('a cycle of imports', () => {
    const circle = files({
      'spec/a.ts': `import './b.ts';`,
      'spec/b.ts': `import './c.ts';`,
      'spec/c.ts': `import type { A } from './a.ts';`,
    });
    expect(importCycles(circle)).toEqual(['spec/a.ts -> spec/b.ts -> spec/c.ts -> spec/a.ts']);
  });

  test('a silent default', () => {
    const withDefault = (last: string): readonly string[] =>
      silentDefaults(
        files({
          'src/a.ts': `  switch (command.op) {\n    case 'load':\n      return;\n    default:\n      ${last}\n  }\n`,
        }),
      );
    expect(withDefault(`return 'ok';`)).toEqual(['src/a.ts']);
    expect(withDefault('command satisfies never;')).toEqual([]);
  });

  test('a name that two files export', () => {
    const sources = files({
      'spec/model/a.ts': 'export function fork(): void {}\nexport const WHOLE = 64;',
      [SHORTHAND]: 'export const fork = 1;',
      'src/a.ts':
        'export const WHOLE = 1;\nexport type Kind = string;\nexport const Kind = 1;\nconst own = 1;',
      'src/b.ts': 'export abstract class Deep {}\nconst own = 2;',
      'src/c.ts': 'export interface Deep {}',
      'src/d.test.ts': 'export const Kind = 2;',
    });
    expect(namesDeclaredTwice(sources)).toEqual(
      new Map([
        ['WHOLE', ['spec/model/a.ts', 'src/a.ts']],
        ['Deep', ['src/b.ts', 'src/c.ts']],
      ]),
    );
    const forked = files({
      'spec/model/a.ts': 'export const fork = 1;',
      'src/a.ts': 'export const fork = 1;',
    });
    expect([...namesDeclaredTwice(forked).keys()]).toEqual(['fork']);
  });

  test('every file that is loaded with another', () => {
    const sources = files({
      'src/a.ts': `import './b.ts';\nimport type { C } from './c.ts';\nconst d = () => import('./d.ts');`,
      'src/b.ts': `import './e.ts';`,
    });
    expect(loadedWith('src/a.ts', sources)).toEqual(['src/a.ts', 'src/b.ts', 'src/e.ts']);
  });

  test('a name without meaning', () => {
    expect(
      emptyNames(['src/kernel/utils.ts', 'spec/common/a.ts', 'src/cli/Helpers.test.ts', 'spec/commons.ts']),
    ).toEqual(['src/kernel/utils.ts', 'spec/common/a.ts', 'src/cli/Helpers.test.ts']);
  });
});
