import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

// The public surface as text, from the declaration files of the build.

/** A statement at the top of a declaration file, without comments. */
interface Declaration {
  readonly file: string;
  readonly name: string;
  readonly text: string;
  readonly isDocumented: boolean;
}

interface DeclarationFile {
  readonly declarations: ReadonlyMap<string, Declaration>;
  /** The file and the name there, by the name here. */
  readonly imported: ReadonlyMap<string, readonly [file: string, name: string]>;
  /** The names of this file that are exported, or exported again, in their order. */
  readonly exported: readonly string[];
}

/** The statements of a file: each begins at the left margin and ends where the next one or its comment begins. */
const statementsIn = (text: string): readonly string[] =>
  text.split(/\n(?=(?:\/\*\*|\/\/|export |import |declare |type |interface ))(?<!\*\/\n)/);

const COMMENTS = /\/\*[^]*?\*\/|^\s*\/\/.*$/gm;
const LIST = /^(?:import|export) (?:type )?\{(?<names>[^}]*)\} from '(?<from>[^']+)'/;

const namesIn = (list: string): readonly (readonly [outer: string, inner: string])[] =>
  list
    .split(',')
    .map((item) => item.trim().replace(/^type /, ''))
    .filter((item) => item !== '')
    .map((item) => {
      const [name = item, alias = name] = item.split(' as ');
      return [alias, name];
    });

function read(file: string): DeclarationFile {
  const declarations = new Map<string, Declaration>();
  const imported = new Map<string, readonly [string, string]>();
  const exported: string[] = [];
  for (const statement of statementsIn(readFileSync(file, 'utf8'))) {
    const text = statement
      .replaceAll(COMMENTS, '')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .join('\n')
      .trimEnd();
    const list = LIST.exec(text)?.groups;
    if (list !== undefined) {
      const from = list['from'] ?? '';
      const target = from.startsWith('.')
        ? join(dirname(file), from).replace(/\.[jt]s$/, '.d.ts')
        : undefined;
      for (const [outer, inner] of namesIn(list['names'] ?? '')) {
        if (target !== undefined) imported.set(outer, [target, inner]);
        if (text.startsWith('export')) exported.push(outer);
      }
      continue;
    }
    const local = /^export (?:type )?\{(?<names>[^}]*)\};/.exec(text)?.groups?.['names'];
    if (local !== undefined) {
      exported.push(...namesIn(local).map(([outer]) => outer));
      continue;
    }
    const [, name] =
      /^(?:export )?(?:declare )?(?:abstract )?(?:const|function|class|interface|type) (\w+)/.exec(text) ??
      [];
    if (name === undefined) continue;
    if (text.startsWith('export')) exported.push(name);
    // A type and the schema that it is inferred from have one name; the schema files hold those.
    const isSchema = text.includes('z.Zod') && !/^(?:export )?(?:type|interface)/.test(text);
    if (isSchema) continue;
    const isDocumented = statement.trimStart().startsWith('/**');
    declarations.set(name, { file, name, text, isDocumented });
  }
  return { declarations, imported, exported };
}

/** The public surface of all entries. */
interface Surface {
  /** The declaration of each exported name by entry, then of each type that they use. */
  readonly text: string;
  /** Exported names without a comment. */
  readonly undocumented: readonly string[];
}

/** The surface of the entries whose declarations are in these files. */
export function surfaceOf(entries: readonly string[], root: string): Surface {
  const files = new Map<string, DeclarationFile>();
  const fileOf = (file: string): DeclarationFile => {
    const known = files.get(file) ?? read(file);
    files.set(file, known);
    return known;
  };
  const find = (file: string, name: string): Declaration | undefined => {
    const { declarations, imported } = fileOf(file);
    const elsewhere = imported.get(name);
    return declarations.get(name) ?? (elsewhere === undefined ? undefined : find(...elsewhere));
  };
  const show = (declarations: Iterable<Declaration>): string =>
    [...declarations]
      .toSorted((one, other) => (one.name < other.name ? -1 : 1))
      .map(({ file, text }) => `// ${relative(root, file)}\n${text}`)
      .join('\n\n');
  const used = new Set<Declaration>();
  const undocumented: string[] = [];
  const parts = entries.map((entry) => {
    const own = new Set<Declaration>();
    for (const name of fileOf(entry).exported) {
      const found = find(entry, name);
      if (found !== undefined) own.add(found);
      if (found?.isDocumented !== true) undocumented.push(name);
    }
    for (const one of own) used.add(one);
    return `// ===== ${relative(root, entry)}\n\n${show(own)}`;
  });
  const exported = new Set(used);
  for (const { file, text } of used) {
    for (const [word] of text.matchAll(/\b[A-Z]\w*/g)) {
      const found = find(file, word);
      if (found !== undefined) used.add(found);
    }
  }
  const others = show([...used].filter((one) => !exported.has(one)));
  return { text: `${[...parts, `// ===== types that these use\n\n${others}`].join('\n\n')}\n`, undocumented };
}
