import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PACKAGE_FOLDER } from '../corpus/suite.ts';

/** The C sources of exported programs, and what one program is made of. */
export interface Amalgamation {
  /** The file that includes all others, in the folder `c`. */
  readonly root: string;
  /** Macros with the prefix HAS_: the conditional parts that the program contains. */
  readonly has: ReadonlySet<string>;
  /** The text of included files that are generated for each program, by their names. */
  readonly generated: Readonly<Record<string, string>>;
}

/** A top-level part of a source, delimited by empty lines. */
interface Part {
  readonly text: string;
  /** Whether it is kept even if the program does not use it. */
  readonly fixed: boolean;
}

/**
 * Puts the C sources of a program into one text, as an amalgamation: includes in quotes are replaced by the files,
 * conditionals on HAS_ macros are resolved, and definitions that the program does not use are left out.
 */
export const amalgamated = (amalgamation: Amalgamation): string =>
  usedParts(partsOf(cFile(amalgamation.root), dirname(amalgamation.root), amalgamation)).join('\n\n');

/** A file in the folder of C sources; the files are not compiled, so they are read from the folder of the package. */
export function cFile(path: string): string {
  if (PACKAGE_FOLDER === undefined)
    throw new Error('The package.json of this suite is missing: install it again.');
  return readFileSync(join(PACKAGE_FOLDER, 'src/export/c', path), 'utf8').replaceAll('\r\n', '\n');
}

const INCLUDE = /^#include "(.*)"$/gm;

function partsOf(source: string, folder: string, amalgamation: Amalgamation): readonly Part[] {
  const text = resolved(source, amalgamation.has);
  const parts: Part[] = [];
  let end = 0;
  for (const include of text.matchAll(INCLUDE)) {
    parts.push(...partsBetween(text.slice(end, include.index)));
    parts.push(...includedParts(include[1] ?? '', folder, amalgamation));
    end = include.index + include[0].length;
  }
  return [...parts, ...partsBetween(text.slice(end))];
}

function includedParts(name: string, folder: string, amalgamation: Amalgamation): readonly Part[] {
  const generated = amalgamation.generated[name];
  if (generated !== undefined) return [{ text: generated.trim(), fixed: true }];
  const path = join(folder, name);
  const text = cFile(path);
  // The interface of the driver is outside this folder and stays whole.
  return path.startsWith('..')
    ? [{ text: text.trim(), fixed: true }]
    : partsOf(text, dirname(path), amalgamation);
}

/** Splits at empty lines that no block and no remaining conditional encloses. */
function partsBetween(text: string): readonly Part[] {
  const parts: string[] = [];
  let depth = 0;
  for (const block of text.split(/\n{2,}(?=\S)/)) {
    if (depth > 0) parts.push(`${parts.pop() ?? ''}\n\n${block}`);
    else parts.push(block);
    depth += count(block, /^#if/gm) - count(block, /^#endif/gm);
  }
  return parts
    .map((part) => part.replace(/^\n+/, '').trimEnd())
    .filter((part) => part !== '')
    .map((part) => ({ text: part, fixed: part.includes('#include <') }));
}

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

const TITLE = /^\/\* ---- .* ---- \*\/$/;

/** The parts that later parts use, and titles above them. Goes backwards, since C declares before it uses. */
function usedParts(parts: readonly Part[]): readonly string[] {
  const kept: string[] = [];
  const used = new Set(['main']);
  for (const { text, fixed } of parts.toReversed()) {
    const following = kept[0];
    const isTitled = TITLE.test(text) && following !== undefined && !TITLE.test(following);
    if (!fixed && !isTitled && !declaredIn(text).some((name) => used.has(name))) continue;
    kept.unshift(text);
    for (const [name] of bare(text).matchAll(/(?<![\w.]|->)[A-Za-z_]\w*/g)) used.add(name);
  }
  return kept;
}

/** Without comments and strings, which use nothing. */
const bare = (text: string): string => text.replaceAll(/\/\*.*?\*\/|"(?:[^"\\\n]|\\.)*"/gs, ' ');

/** The names that a part declares at its top level: functions, variables, macros, enumerators and tags. */
export function declaredIn(text: string): readonly string[] {
  const code = bare(text).replaceAll(/__attribute__\(\(.*?\)\)/g, '');
  const enumerators = [...code.matchAll(/^(?:static )?enum(?: \w+)? \{(.*?)\}/gms)].flatMap(([, list = '']) =>
    [...list.matchAll(/(?:^|,)\s*(\w+)/g)].map(([, name = '']) => name),
  );
  const others = code
    .split('\n')
    .filter((line) => /^[A-Za-z_#}]/.test(line) && !line.startsWith('enum'))
    .flatMap(declaredOnLine);
  return [...enumerators, ...others];
}

function declaredOnLine(line: string): readonly string[] {
  const macro = /^#\s*define (\w+)/.exec(line)?.[1];
  if (macro !== undefined) return [macro];
  const tag = /\bstruct (\w+) \{/.exec(line)?.[1];
  if (tag !== undefined) return [tag];
  if (line.startsWith('#')) return [];
  const declarators = line.replace(/\(.*| = .*/, '').replaceAll(/\[.*?\]/g, '');
  return declarators.split(',').flatMap((part) => /(\w+)\W*$/.exec(part)?.[1] ?? []);
}

/** Whether a conditional is resolved here, whether one of its branches was taken, and whether this branch is. */
interface Conditional {
  readonly isOurs: boolean;
  wasTaken: boolean;
  isTaken: boolean;
}

/** Resolves the conditionals on HAS_ macros; all others stay. */
export function resolved(text: string, has: ReadonlySet<string>): string {
  const open: Conditional[] = [];
  return text
    .split('\n')
    .filter((line) => {
      const [, directive, condition = ''] = /^#(ifdef|ifndef|if|elif|else|endif)\b\s*(.*)$/.exec(line) ?? [];
      const current = open.at(-1);
      switch (directive) {
        case 'ifdef':
        case 'ifndef':
        case 'if': {
          const isOurs = condition.includes('HAS_');
          const isTaken = !isOurs || holds(directive, condition, has);
          const isReached = open.every((one) => one.isTaken);
          open.push({ isOurs, isTaken, wasTaken: isTaken });
          return !isOurs && isReached;
        }
        case 'elif':
        case 'else':
          if (current?.isOurs !== true) break;
          current.isTaken = !current.wasTaken && (directive === 'else' || holds('if', condition, has));
          current.wasTaken ||= current.isTaken;
          return false;
        case 'endif':
          open.pop();
          return current?.isOurs === false && open.every((one) => one.isTaken);
        case undefined:
          break;
      }
      return open.every((one) => one.isTaken);
    })
    .join('\n');
}

/** Evaluates `defined(A)`, `!`, `&&` and `||`, without brackets. */
function holds(directive: string, condition: string, has: ReadonlySet<string>): boolean {
  if (directive === 'ifdef') return has.has(condition);
  if (directive === 'ifndef') return !has.has(condition);
  return condition.split('||').some((all) =>
    all.split('&&').every((one) => {
      const [, not, name] = /^\s*(!?)defined\((\w+)\)\s*$/.exec(one) ?? [];
      if (name === undefined)
        throw new Error(`The exported C sources have a condition that is not understood: ${one}`);
      return has.has(name) !== (not === '!');
    }),
  );
}
