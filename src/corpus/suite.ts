import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Who we are, as package.json says it. */
export interface Suite {
  readonly name: string;
  readonly version: string;
}

const NAME = 'zone-device-conformance';

/**
 * The folder of this package, from which files that are not code are read. The sources lie two folders below it, and what
 * is built from them three: so we look upward.
 */
export const PACKAGE_FOLDER: string | undefined = findCheckout(dirname(fileURLToPath(import.meta.url)));

/** This suite. */
export const SUITE: Suite = readSuite();

/** As we introduce ourselves to targets and in files. */
export const SUITE_AND_VERSION = `${SUITE.name} ${SUITE.version}`;

/** The folder at or above this one that holds our own package.json; undefined where there is none. */
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
    // None here, or not one that can be read: then it is not ours.
    return undefined;
  }
}
