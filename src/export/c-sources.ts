import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PACKAGE_FOLDER } from '../corpus/suite.ts';

/** The C sources of exported programs, and what one program is made of. */
export interface Amalgamation {
  /** The file that includes all others, in the folder `c`. */
  readonly root: string;
  /** Macros with the prefix HAS_: the conditional parts that the program contains. */
  readonly has: ReadonlySet<string>;
  /** The labels with the prefix OP_ or MEMORY_ whose branches the program contains. */
  readonly labels: ReadonlySet<string>;
  /** The text of included files that are generated for each program, by their names. */
  readonly generated: Readonly<Record<string, string>>;
}

/** A top-level part of a source, delimited by empty lines. */
interface Part {
  readonly text: string;
  readonly file: string;
  /** Generated parts are kept even if the program does not use them, and a title if a part of its file follows. */
  readonly kind: 'code' | 'generated' | 'title';
}

/** All parts of a program, and the system headers that each file includes. */
interface Sources {
  readonly parts: Part[];
  readonly headers: Map<string, readonly string[]>;
}

/**
 * Puts the C sources of a program into one text, as an amalgamation. Includes in quotes are replaced by the files, each
 * once, and system headers are included at the beginning. Conditionals on HAS_ macros are resolved. Declarations in
 * headers, branches for other commands, and definitions that the program does not use are left out.
 */
export function amalgamated(amalgamation: Amalgamation): string {
  const sources: Sources = { parts: [], headers: new Map() };
  addFile(amalgamation.root, amalgamation, sources);
  const kept = usedParts(sources.parts);
  const files = new Set(kept.map(({ file }) => file));
  const headers = [...files].flatMap((file) => sources.headers.get(file) ?? []);
  const includes = [...new Set(headers)].toSorted().map((header) => `#include <${header}>\n`);
  return `#define _GNU_SOURCE\n${includes.join('')}\n${kept.map(({ text }) => text).join('\n\n')}`;
}

/** A file in the folder of C sources; the files are not compiled, so they are read from the folder of the package. */
function cFile(path: string): string {
  if (PACKAGE_FOLDER === undefined)
    throw new Error('The package.json of this suite is missing: install it again.');
  return readFileSync(join(PACKAGE_FOLDER, 'src/export/c', path), 'utf8').replaceAll('\r\n', '\n');
}

const INCLUDE = /^#include "(.*)"$/gm;
const SYSTEM_INCLUDE = /^#include <(.*)>\n/gm;
const LICENSE = /^(?:\/\/ SPDX-License-Identifier: .*|\/\* SPDX-License-Identifier: .* \*\/)\n/;
const GUARD = /^#ifndef (\w+_H)\n#define \1\n(.*)^#endif\n*$/ms;
const FIRST_COMMENT = /^\/\*.*?\*\/(?=\n)/s;

function addFile(path: string, amalgamation: Amalgamation, sources: Sources): void {
  if (sources.headers.has(path)) return;
  const source = cFile(path).replace('#define _GNU_SOURCE\n', '');
  const isLicensed = LICENSE.test(source);
  let text = resolved(source.replace(LICENSE, '').replace(GUARD, '$2'), amalgamation.has);
  const headers = [...text.matchAll(SYSTEM_INCLUDE)].map(([, header = '']) => header);
  sources.headers.set(path, headers);
  text = withoutOtherBranches(text.replaceAll(SYSTEM_INCLUDE, ''), amalgamation.labels);
  const title = isLicensed ? FIRST_COMMENT.exec(text)?.[0] : undefined;
  if (title !== undefined) {
    sources.parts.push({ text: title, file: path, kind: 'title' });
    text = text.slice(title.length);
  }
  let end = 0;
  for (const include of text.matchAll(INCLUDE)) {
    addParts(text.slice(end, include.index), path, sources);
    addIncluded(include[1] ?? '', dirname(path), amalgamation, sources);
    end = include.index + include[0].length;
  }
  addParts(text.slice(end), path, sources);
}

function addIncluded(name: string, folder: string, amalgamation: Amalgamation, sources: Sources): void {
  const generated = amalgamation.generated[name];
  if (generated === undefined) addFile(join(folder, name), amalgamation, sources);
  else sources.parts.push({ text: generated.trim(), file: name, kind: 'generated' });
}

function addParts(text: string, file: string, { parts }: Sources): void {
  const own = partsBetween(text).filter((part) => !file.endsWith('.h') || !isDeclaration(part));
  parts.push(...own.map((part): Part => ({ text: part, file, kind: TITLE.test(part) ? 'title' : 'code' })));
}

/** Splits at empty lines that no block and no remaining conditional encloses. */
function partsBetween(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  for (const block of text.split(/\n{2,}(?=\S)/)) {
    if (depth > 0) parts.push(`${parts.pop() ?? ''}\n\n${block}`);
    else parts.push(block);
    depth += count(block, /^#if/gm) - count(block, /^#endif/gm);
  }
  return parts.map((part) => part.replace(/^\n+/, '').trimEnd()).filter((part) => part !== '');
}

/** Whether a part of a header declares functions and variables that are defined elsewhere, and nothing else. */
const isDeclaration = (text: string): boolean =>
  /^\s*(?:(?:extern\b[^;{}]*|[\w\s*]+\([^;{}]*\)\s*);\s*)+$/.test(bare(text));

const count = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

const TITLE = /^\/\* ---- .* ---- \*\/$/;

/** The parts that later parts use, and titles above them. Goes backwards, since C declares before it uses. */
function usedParts(parts: readonly Part[]): readonly Part[] {
  const kept: Part[] = [];
  const used = new Set(['main']);
  for (const part of parts.toReversed()) {
    const [following] = kept;
    const isKept = {
      code: () => declaredIn(part.text).some((name) => used.has(name)),
      generated: () => true,
      title: () => following?.file === part.file && following.kind !== 'title',
    }[part.kind]();
    if (!isKept) continue;
    kept.unshift(part);
    for (const [name] of bare(part.text).matchAll(/(?<![\w.]|->)[A-Za-z_]\w*/g)) used.add(name);
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
    .filter((line) => /^[A-Za-z_#}]/.test(line) && !/^enum\b[^(]*$/.test(line))
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

/** Leaves out the branches of switches with a label that starts with OP_ or MEMORY_ and is not one of these. */
export function withoutOtherBranches(text: string, labels: ReadonlySet<string>): string {
  const kept: string[] = [];
  /** The labels above a branch are collected until its first line, which decides together with them. */
  let above: string[] = [];
  let depth = 0;
  let isLeftOut = false;
  for (const line of text.split('\n')) {
    const [, tabs = '', label = ''] = /^(\t+)case ((?:OP|MEMORY)_\w+):$/.exec(line) ?? [];
    if (label !== '') {
      if (above.length === 0) isLeftOut = true;
      above.push(label);
      depth = tabs.length;
      if (!labels.has(label)) continue;
      isLeftOut = false;
      kept.push(line);
      continue;
    }
    above = [];
    const indent = /^\t*(?=\S)/.exec(line)?.[0].length;
    if (isLeftOut && indent !== undefined && indent <= depth) isLeftOut = false;
    if (!isLeftOut) kept.push(line);
  }
  return kept.join('\n');
}
