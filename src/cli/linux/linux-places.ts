import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../../corpus/suite.ts';
import { EXIT } from '../../report/exit-code.ts';
import { cacheFolder, type LinuxPlaces } from '../../targets/linux/cache-folder.ts';
import { UserError } from '../user-error.ts';
import type { Io } from '../io.ts';

/** Where our sources for the real kernel are, and where what is built from them is kept. */
export function linuxPlaces(env: Io['env']): LinuxPlaces {
  if (PACKAGE_FOLDER === undefined) {
    throw new UserError(
      EXIT.unstartable,
      'The sources of the Linux target, which are part of the package, were not found.',
    );
  }
  return { ours: join(PACKAGE_FOLDER, 'src/targets/linux'), cache: cacheFolder(env) };
}
