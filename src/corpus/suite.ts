import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The name and version of the suite, from package.json. */
export interface Suite {
  readonly name: string;
  readonly version: string;
}

const NAME = 'zone-device-conformance';

/**
 * The folder of this package, from which data files are read. It is searched upwards, because sources and build output
 * are at different depths.
 */
export const PACKAGE_FOLDER: string | undefined = findCheckout(dirname(fileURLToPath(import.meta.url)));

/** The name and version of this suite. */
export const SUITE: Suite = readSuite();

/** The suite as named in the hello to targets and in files. */
export const SUITE_AND_VERSION = `${SUITE.name} ${SUITE.version}`;

/** The nearest folder, from this one upwards, with the package.json of this package; undefined if there is none. */
export function findCheckout(from: string): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    if (readPackage(folder)?.name === NAME) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

function readSuite(): Suite {
  return (
    (PACKAGE_FOLDER === undefined ? undefined : readPackage(PACKAGE_FOLDER)) ?? {
      name: NAME,
      version: 'unknown',
    }
  );
}

function readPackage(folder: string): Suite | undefined {
  try {
    const json: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    if (typeof json !== 'object' || json === null || !('name' in json) || typeof json.name !== 'string') {
      return undefined;
    }
    const version = 'version' in json && typeof json.version === 'string' ? json.version : 'unknown';
    return { name: json.name, version };
  } catch {
    // A missing or unreadable package.json is not the one of this package.
    return undefined;
  }
}
