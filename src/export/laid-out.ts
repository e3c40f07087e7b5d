/** How a language writes plain values. */
export interface Notation {
  readonly scalar: (value: unknown) => string;
  readonly key: (key: string) => string;
  /** What stands inside the braces of a map that is on one line. */
  readonly pad: string;
}

const WIDTH = 110;

/**
 * A plain value over as many lines as it takes: what fits into a line is on one. JavaScript, JSON and Python write
 * lists and maps alike.
 */
export function laidOut(value: unknown, notation: Notation, indent = ''): string {
  const whole = onOneLine(value, notation);
  if (indent.length + whole.length <= WIDTH || typeof value !== 'object' || value === null) return whole;
  const deeper = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const items = Array.isArray(value)
    ? value.map((item) => laidOut(item, notation, deeper))
    : fieldsOf(value).map(([key, item]) => `${notation.key(key)}: ${laidOut(item, notation, deeper)}`);
  return `${open}\n${items.map((item) => `${deeper}${item}`).join(',\n')}\n${indent}${close}`;
}

function onOneLine(value: unknown, notation: Notation): string {
  const { scalar, key, pad } = notation;
  if (Array.isArray(value)) return `[${value.map((item) => onOneLine(item, notation)).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return scalar(value);
  const items = fieldsOf(value).map(([name, item]) => `${key(name)}: ${onOneLine(item, notation)}`);
  return items.length === 0 ? '{}' : `{${pad}${items.join(', ')}${pad}}`;
}

/** As in JSON, a field that is undefined is not there. */
const fieldsOf = (value: object): readonly (readonly [string, unknown])[] =>
  Object.entries(value).filter(([, item]) => item !== undefined);
