import type { Scope } from '../../spec/vocabulary/scope.ts';
import { type Snapshot, UNMAPPED } from '../../spec/vocabulary/snapshot.ts';
import { entryInWords } from '../../spec/vocabulary/words.ts';

/** What a target showed of its state, a line for each process and each sort of frame. */
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

/** Frames that look the same share a line: most are idle. */
function frameLines({ refs, maps, least }: Snapshot): string[] {
  if (refs === undefined) return [];
  const alike = new Map<string, number[]>();
  for (const [frame, count] of refs.entries()) {
    const low = least?.[frame];
    const looks = [
      `references ${count}`,
      ...(maps === undefined ? [] : [`mappings ${maps[frame] ?? 0}`]),
      ...(low === undefined || low === count ? [] : [`references fell to ${low} in between`]),
    ].join(', ');
    alike.set(looks, [...(alike.get(looks) ?? []), frame]);
  }
  return [...alike].map(
    ([looks, frames]) => `frame${frames.length === 1 ? '' : 's'} ${frames.join(', ')}: ${looks}`,
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
