import { findCheckout } from '../corpus/suite.ts';
import { shellLine } from '../targets/command-line.ts';

/**
 * The command prefix for a folder: `npx zdc` in a checkout. Elsewhere it is the name of the package, because npx would
 * fetch an unrelated npm package named zdc.
 */
export const caller = (cwd: string): string =>
  findCheckout(cwd) === undefined ? 'npx zone-device-conformance' : 'npx zdc';

/** The shell command that examines a target. */
export const doctorCommand = (cwd: string, targetSpec: string): string =>
  `${caller(cwd)} ${shellLine(['doctor', '--target', targetSpec])}`;

/** The shell command that replays a saved counterexample. */
export const replayCommand = (cwd: string, file: string, targetSpec: string): string =>
  `${caller(cwd)} ${shellLine(['replay', file, '--target', targetSpec])}`;

/** The shell command that continues to shrink a saved counterexample. */
export const minimizeCommand = (cwd: string, file: string, targetSpec: string): string =>
  `${caller(cwd)} ${shellLine(['minimize', file, '--target', targetSpec])}`;
