/** A string of C: printable ASCII as it is, all else byte by byte; `?` too, because of trigraphs. */
export const cString = (text: string): string =>
  `"${[...Buffer.from(text, 'utf8')].map(byteInString).join('')}"`;

const byteInString = (byte: number): string => {
  const character = String.fromCharCode(byte);
  return /[ !#->@-[\]-~]/.test(character) ? character : `\\${byte.toString(8).padStart(3, '0')}`;
};

/** Lines as one comment of C that nothing in them ends. They hold no control characters. */
export const cComment = (lines: readonly string[]): string =>
  `/*\n${lines.map((line) => ` * ${inComment(line)}`.trimEnd()).join('\n')}\n */`;

/** Neither the end of a comment nor the beginning of another one; and no trigraph, which may join two lines. */
const inComment = (line: string): string =>
  line.replaceAll('*/', '* /').replaceAll('/*', '/ *').replaceAll('??', '? ?');
