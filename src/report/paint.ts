import pc from 'picocolors';

/** Terminal colours and weights; without colours, each function returns its text unchanged. */
export type Paint = ReturnType<typeof pc.createColors>;

export const paintWith = (colours: boolean): Paint => pc.createColors(colours);

/** For files: no colours. */
export const PLAIN: Paint = paintWith(false);

/** True if a stream gets colours: NO_COLOR and FORCE_COLOR decide first, then whether it is a terminal. */
export function wantsColours(
  env: Readonly<Record<string, string | undefined>>,
  isTerminal: boolean,
): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}
