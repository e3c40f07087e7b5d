/**
 * Characters that could move a terminal's cursor, set colours, change the text direction or be invisible: controls,
 * format characters, line separators, and unpaired surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const escaped = (character: string): string =>
  `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;

/** External text escaped for a terminal, as one line. */
export const oneLine = (text: string): string => text.replace(UNSAFE, escaped);

/** External text escaped for a terminal; line breaks and tabs are kept. */
export const printable = (text: string): string =>
  text
    .replaceAll('\r\n', '\n')
    .replace(UNSAFE, (character) =>
      character === '\n' || character === '\t' ? character : escaped(character),
    );

/** The length of a line of formatted JSON, in characters. */
const WIDTH = 110;

/** JSON in which every list and object that fits into a line is on one line. */
export function formattedJson(value: unknown, width = WIDTH, indent = ''): string {
  const whole = onOneLine(value);
  if (indent.length + whole.length <= width || typeof value !== 'object' || value === null) return whole;
  const deeper = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const items = Array.isArray(value)
    ? value.map((item) => formattedJson(item, width, deeper))
    : fieldsOf(value).map(([key, item]) => `${JSON.stringify(key)}: ${formattedJson(item, width, deeper)}`);
  return `${open}\n${items.map((item) => `${deeper}${item}`).join(',\n')}\n${indent}${close}`;
}

function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const items = fieldsOf(value).map(([key, item]) => `${JSON.stringify(key)}: ${onOneLine(item)}`);
  return items.length === 0 ? '{}' : `{ ${items.join(', ')} }`;
}

/** As in JSON, a field with the value undefined is left out. */
const fieldsOf = (value: object): readonly (readonly [string, unknown])[] =>
  Object.entries(value).filter(([, item]) => item !== undefined);

/** The reason why a file cannot be read or written, as the end of a message. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return oneLine(String(error));
  const code = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file or folder';
  if (code === 'EISDIR') return 'it is a folder; name one of the files in it';
  // A module that was not found is followed by the modules that require it.
  return oneLine(error.message.replace(/\nRequire stack:[\s\S]*/, ''));
}
