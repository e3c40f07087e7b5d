import pc from 'picocolors';

/** Colours and weights for a terminal; without colours, every one of them leaves the text as it is. */
export type Paint = ReturnType<typeof pc.createColors>;

export const paintWith = (colours: boolean): Paint => pc.createColors(colours);

/** Text for files: no colours. */
export const PLAIN: Paint = paintWith(false);

/** Whether a stream gets colours: NO_COLOR and FORCE_COLOR have the last word, then whether it is a terminal. */
export function wantsColours(
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}
