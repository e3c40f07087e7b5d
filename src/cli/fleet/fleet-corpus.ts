import { caseFileName, type CaseFile, parseCaseFile, readCaseFile } from '../../corpus/case-file.ts';
import { readCorpus } from '../../corpus/corpus-folder.ts';
import { addCaseFile } from '../../corpus/save-case-file.ts';
import type { FleetStore } from './fleet-store.ts';

/** Saves the counterexamples of a store in a folder, and returns the number of new ones. Invalid ones are left out. */
export async function saveShared(store: FleetStore, folder: string): Promise<number> {
  let saved = 0;
  for (const text of await store.shared()) {
    const contents = parseCaseFile(text);
    if (contents.kind === 'counterexample' && !(await addCaseFile(contents.file, folder)).wasThere) saved++;
  }
  return saved;
}

/** Shares the counterexamples of a folder that were found on this target. */
export async function shareCorpus(store: FleetStore, folder: string, spec: string): Promise<void> {
  for (const entry of (await readCorpus(folder)).entries) {
    if (entry.kind === 'counterexample' && entry.file.target.spec === spec) await share(store, entry.file);
  }
}

/** Shares a counterexample that was just saved. */
export async function shareFile(store: FleetStore, path: string): Promise<void> {
  const contents = await readCaseFile(path);
  if (contents.kind === 'counterexample') await share(store, contents.file);
}

const share = (store: FleetStore, file: CaseFile): Promise<void> =>
  store.share(caseFileName(file), JSON.stringify(file));
