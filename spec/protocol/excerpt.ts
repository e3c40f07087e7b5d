const LONGEST_EXCERPT = 160;

/** Characters that would move a terminal's cursor or be invisible, and that JSON.stringify does not escape. */
const INVISIBLE = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff\ufffd]/g;

/** The beginning of a text from outside, in quotes and on one line, safe to be shown in a message. */
export function excerpt(text: string): string {
  const shown = text.length > LONGEST_EXCERPT ? text.slice(0, LONGEST_EXCERPT) : text;
  const quoted = JSON.stringify(shown).replace(
    INVISIBLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return shown.length === text.length ? quoted : `${quoted}… (${text.length} characters)`;
}

/** A JSON value from outside in the form used in messages. */
export function excerptOf(value: unknown): string {
  if (typeof value === 'string') return excerpt(value);
  if (value === undefined) return 'nothing';
  // JSON has no such numbers, but a large one such as 1e999 is read as Infinity.
  if (typeof value === 'number') return String(value);
  let json: string;
  try {
    json = JSON.stringify(value);
  } catch {
    // A value that could be parsed may still be nested too deep to be serialized.
    return 'something nested very deep';
  }
  return json.length > LONGEST_EXCERPT ? `${json.slice(0, LONGEST_EXCERPT)}…` : json;
}
