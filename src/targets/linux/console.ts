/** Where the kernel begins to complain. */
const USER_ERROR =
  /BUG:|kernel BUG|page dumped because|WARNING:|Oops|Kernel panic|general protection|cut here|blocked for more than|soft lockup|Out of memory/;
const TIMESTAMP = /^\[\s*\d+\.\d+\]\s?/;
/** Enough for a trace, with what led to it. */
const KEPT = 16 * 1024;

/** What of a console's text is worth showing: from the first complaint on, or else its end. */
export function userErrorIn(text: string): string {
  const lines = text.split(/\r?\n/);
  const first = lines.findIndex((line) => USER_ERROR.test(line));
  return first < 0 ? text.slice(-KEPT) : lines.slice(first).join('\n').slice(0, KEPT);
}

/** The complaint in one line, without the time; undefined where there is none. */
export function headlineOf(text: string): string | undefined {
  const line = text.split(/\r?\n/).find((one) => USER_ERROR.test(one) && !one.includes('cut here'));
  return line?.replace(TIMESTAMP, '').trim();
}
