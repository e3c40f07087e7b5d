import type { Advice, MappingKind, Protection, Watch } from '../../spec/vocabulary/command.ts';
import type { Repertoire } from './c-repertoire.ts';

/** What orders say, in the words of C, or in those of the program. */
export const PROTECTIONS = {
  none: 'PROT_NONE',
  read: 'PROT_READ',
  write: 'PROT_READ | PROT_WRITE',
} as const satisfies Record<Protection, string>;

export const ADVICES = {
  free: 'MADV_FREE',
  cold: 'MADV_COLD',
  'page-out': 'MADV_PAGEOUT',
  'move-node': 'MOVE_NEARER',
} as const satisfies Record<Advice, string>;

export const WATCHES = {
  none: 'WATCH_NONE',
  missing: 'WATCH_MISSING',
  'write-protect': 'WATCH_STORES',
} as const satisfies Record<Watch, string>;

export const MEMORIES = {
  private: 'PRIVATE_MEMORY',
  host: 'HOST_MEMORY',
  shared: 'SHARED_MEMORY',
  file: 'FILE_MEMORY',
} as const satisfies Record<MappingKind, string>;

const enumOf = (words: Readonly<Record<string, string>>, ...more: readonly string[]): string =>
  `enum { ${[...Object.values(words), ...more].join(', ')} };\n`;

/** The part of an exported C program that declares those words that C does not have. */
export function cOrderWords({ ops, memories }: Repertoire): string {
  const words = [
    [...memories].some((kind) => kind !== 'private') ? enumOf(MEMORIES, 'MEMORIES') : '',
    ops.has('watch') ? enumOf(WATCHES) : '',
    ops.has('advise')
      ? '/* No advice of C: to move the page nearer to another processor. */\n#define MOVE_NEARER -1\n'
      : '',
  ].join('');
  return words === '' ? '' : `\n${words}`;
}
