import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import {
  configurationKey,
  guestFile,
  guestKey,
  imageFile,
  type LinuxPlaces,
  type KernelVersion,
} from './cache-folder.ts';

/** The record of a complete build. An interrupted build leaves none. */
const Record = z.object({
  /** The version of the source package. */
  source: z.string(),
  configuration: z.string(),
  guest: z.string(),
});
type BuiltRecord = z.infer<typeof Record>;

export const recordFile = ({ cache }: LinuxPlaces, version: KernelVersion): string =>
  join(cache, `built-${version}.json`);

/** The state of the build, compared with the current sources. */
export interface Built {
  readonly record: BuiltRecord | undefined;
  readonly kernel: 'there' | 'missing' | 'outdated';
  readonly guest: 'there' | 'missing' | 'outdated';
}

/** Reads the state of the cache. It is fast, because it reads only the cache and the sources of this project. */
export function lookAtBuilt(places: LinuxPlaces, version: KernelVersion): Built {
  const record = readRecord(places, version);
  const kernel =
    record === undefined || !existsSync(imageFile(places, version))
      ? 'missing'
      : record.configuration === configurationKey(places, version)
        ? 'there'
        : 'outdated';
  const guest =
    record === undefined || !existsSync(guestFile(places, version))
      ? 'missing'
      : kernel === 'there' && record.guest === guestKey(places)
        ? 'there'
        : 'outdated';
  return { record, kernel, guest };
}

export const isReady = ({ kernel, guest }: Built): boolean => kernel === 'there' && guest === 'there';

function readRecord(places: LinuxPlaces, version: KernelVersion): BuiltRecord | undefined {
  try {
    const json: unknown = JSON.parse(readFileSync(recordFile(places, version), 'utf8'));
    return Record.safeParse(json).data;
  } catch {
    // Missing or invalid: it is built again.
    return undefined;
  }
}
