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

/** What was built, written down when it was done: a build that was broken off leaves none. */
const Record = z.object({
  /** The version of the source package. */
  source: z.string(),
  configuration: z.string(),
  guest: z.string(),
});
type BuiltRecord = z.infer<typeof Record>;

export const recordFile = ({ cache }: LinuxPlaces, version: KernelVersion): string =>
  join(cache, `built-${version}.json`);

/** How what is built stands to what would be built now. */
export interface Built {
  readonly record: BuiltRecord | undefined;
  readonly kernel: 'there' | 'missing' | 'outdated';
  readonly guest: 'there' | 'missing' | 'outdated';
}

/** Looks at the cache. Nothing but the cache and our own sources is asked, so that it is done at once. */
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
    // None yet, or not one of ours: then it is built anew.
    return undefined;
  }
}
