import { findCheckout } from '../corpus/suite.ts';
import { shellLine } from './shell-quote.ts';

/**
 * How the command is called from a folder: `npx zdc` in a checkout. Elsewhere by the name of the package, because the
 * npm name zdc is not ours and npx would fetch it.
 */
export const caller = (cwd: string): string =>
  findCheckout(cwd) === undefined ? 'npx zone-device-conformance' : 'npx zdc';

/** The command that shows a saved counterexample again, to be pasted into a shell. */
export const replayCommand = (cwd: string, file: string, targetSpec: string): string =>
  `${caller(cwd)} ${shellLine(['replay', file, '--target', targetSpec])}`;

/** The command that goes on with the reduction of a saved counterexample. */
export const minimizeCommand = (cwd: string, file: string, targetSpec: string): string =>
  `${caller(cwd)} ${shellLine(['minimize', file, '--target', targetSpec])}`;
