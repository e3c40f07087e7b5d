/** A chapter of a C program: its pieces by the names that others call them by, in the order in which they must stand. */
export interface CodeChapter {
  readonly title: string;
  readonly pieces: Readonly<Record<string, string>>;
}

/** The chapters with those pieces alone that something behind them names, and at last what stands behind them all. */
export function linked(chapters: readonly CodeChapter[], rest: string): string {
  const kept: string[] = [rest];
  let named = bare(rest);
  for (const { title, pieces } of chapters.toReversed()) {
    const before = kept.length;
    for (const [name, text] of Object.entries(pieces).toReversed()) {
      if (!new RegExp(`(?<![\\w.]|->)${name}\\b`).test(named)) continue;
      kept.unshift(text);
      named += bare(text);
    }
    if (kept.length > before) kept.unshift(`\n/* ---- ${title} ---- */\n`);
  }
  return kept.join('');
}

/** Without comments and strings, which name nothing. */
const bare = (text: string): string => text.replaceAll(/\/\*.*?\*\/|"(?:[^"\\]|\\.)*"/gs, ' ');
