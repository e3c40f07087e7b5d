/** The oldest Node that the suite and its dependencies run on; package.json and README.md say the same. */
export const MIN_NODE = '20.19';

/**
 * What to tell somebody whose Node is too old; undefined where it is not. This file and main.ts use only syntax that
 * old versions parse, so that they get this sentence and not a SyntaxError of a dependency.
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
