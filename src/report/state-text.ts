import type { Scope } from '../../spec/vocabulary/scope.ts';
import { type Snapshot, UNMAPPED } from '../../spec/vocabulary/snapshot.ts';
import { entryInWords } from '../../spec/vocabulary/words.ts';

/** A snapshot in words: a line per process, and a line per group of frames with equal counts. */
export function stateLines(state: Snapshot, scope: Scope): readonly string[] {
  return [...entryLines(state, scope), ...frameLines(state), ...accountLines(state)];
}

function entryLines({ entries }: Snapshot, { processes, pages }: Scope): string[] {
  if (entries === undefined) return [];
  return Array.from({ length: processes }, (_, process) => {
    const mapped = entries
      .slice(process * pages, (process + 1) * pages)
      .flatMap((code, page) => (code === UNMAPPED ? [] : [`page ${page} ${entryInWords(code)}`]));
    return `process ${process}: ${mapped.length === 0 ? 'nothing mapped' : mapped.join(' · ')}`;
  });
}

/** Frames with equal counts share a line, because most frames are free. */
function frameLines({ refs, maps, least }: Snapshot): string[] {
  if (refs === undefined) return [];
  const alike = new Map<string, number[]>();
  for (const [frame, count] of refs.entries()) {
    const low = least?.[frame];
    const counts = [
      `references ${count}`,
      ...(maps === undefined ? [] : [`mappings ${maps[frame] ?? 0}`]),
      ...(low === undefined || low === count ? [] : [`minimum references since the last snapshot: ${low}`]),
    ].join(', ');
    alike.set(counts, [...(alike.get(counts) ?? []), frame]);
  }
  return [...alike].map(
    ([counts, frames]) => `frame${frames.length === 1 ? '' : 's'} ${frames.join(', ')}: ${counts}`,
  );
}

function accountLines({ rss, charged }: Snapshot): string[] {
  return [
    ...(rss === undefined
      ? []
      : [`resident: ${rss.map((pages, process) => `process ${process} ${pages}`).join(' · ')}`]),
    ...(charged === undefined ? [] : [`charged: ${charged}`]),
  ];
}
