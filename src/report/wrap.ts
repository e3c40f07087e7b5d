const WIDTH = 100;

/** Breaks text into lines at blanks. Continuation lines begin with `indent`. */
export function wrap(text: string, indent: string, width: number = WIDTH): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    // The first line keeps its leading blanks.
    let line = lines.length === 0 ? (/^ */.exec(paragraph)?.[0] ?? '') : indent;
    let isEmpty = true;
    for (const word of paragraph.split(' ').filter((part) => part !== '')) {
      if (!isEmpty && line.length + 1 + word.length > width) {
        lines.push(line);
        line = indent;
        isEmpty = true;
      }
      line += isEmpty ? word : ` ${word}`;
      isEmpty = false;
    }
    lines.push(line);
  }
  return lines;
}
