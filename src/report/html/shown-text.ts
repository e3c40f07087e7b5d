import { printable } from '../../corpus/printable.ts';

/** In characters. Longer texts of a target are cut, because a page of megabytes opens slowly. */
const MAX_TEXT_LENGTH = 4000;

/**
 * External text for display. Invisible characters and direction changes are escaped. Markup needs no escape, because the
 * page inserts all data as text.
 */
export function shownText(text: string): string {
  const shown = printable(text.slice(0, MAX_TEXT_LENGTH));
  return text.length > MAX_TEXT_LENGTH ? `${shown}… (${text.length} characters)` : shown;
}
