/** The oldest Node that the suite and its dependencies support, also stated in package.json and README.md. */
export const MIN_NODE = '20.19';

/**
 * The message for a Node that is too old; undefined otherwise. This file and main.ts use only syntax that old versions
 * parse, so that they print this message and not a SyntaxError of a dependency.
 */
export function nodeTooOld(version: string): string | undefined {
  const [major, minor] = numbersOf(version);
  const [minMajor, minMinor] = numbersOf(MIN_NODE);
  if (major > minMajor || (major === minMajor && minor >= minMinor)) return undefined;
  return (
    'error: zdc needs Node ' + MIN_NODE + ' or newer; this is Node ' + version + '. See https://nodejs.org.'
  );
}

function numbersOf(version: string): [number, number] {
  const parts = version.split('.').map(Number);
  return [parts[0] || 0, parts[1] || 0];
}
