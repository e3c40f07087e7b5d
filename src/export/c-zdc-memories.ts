import type { MappingKind } from '../../spec/vocabulary/command.ts';
import { fileValue } from '../../spec/vocabulary/scope.ts';
import type { CodeChapter } from './c-linked.ts';
import { MEMORIES } from './c-order-words.ts';
import type { Repertoire } from './c-repertoire.ts';

/** The part of an exported C program that has memory which processes do not have to themselves. */
export function cZdcMemories({ memories }: Repertoire): CodeChapter {
  const lines = [...memories].filter((kind) => kind !== 'private').map(lineFor);
  return {
    title: 'Memory that processes share',
    pieces: {
      memories: `
/* Of each kind that the program maps a file in memory, with a page for each of a process. */
static int memories[MEMORIES];
`,
      make_memory: `
static void make_memory(int kind, const char *name)
{
	if (memories[kind] > 0)
		close(memories[kind]);
	memories[kind] = memfd_create(name, MFD_CLOEXEC);
	if (memories[kind] < 0 || ftruncate(memories[kind], PAGES * ZDC_PAGE) != 0)
		give_up(name);
}
`,
      fill_file: `
/* The file holds on each of its pages a value of its own. */
static void fill_file(void)
{
	for (int page = 0; page < PAGES; page++) {
		for (int at = 0; at < ZDC_CELLS; at++) {
			uint64_t value = ${fileValue(0)} + page;
			off_t place = page * ZDC_PAGE + ZDC_CELL(at);
			if (pwrite(memories[FILE_MEMORY], &value, sizeof value, place) != sizeof value)
				give_up("file");
		}
	}
}
`,
      make_memories: `
static void make_memories(void)
{
${lines.map((line) => `\t${line}\n`).join('')}}
`,
    },
  };
}

const lineFor = (kind: MappingKind): string =>
  `make_memory(${MEMORIES[kind]}, "${kind}");${kind === 'file' ? '\n\tfill_file();' : ''}`;
