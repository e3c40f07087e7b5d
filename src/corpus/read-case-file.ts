import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { isJsonObject } from '../../spec/protocol/json-object.ts';
import { Case } from '../../spec/vocabulary/case.ts';
import { CaseFile, FORMAT, FORMAT_VERSION, FORMAT_VERSION_WITH_EARLIER } from './case-file.ts';
import { oneLine } from './printable.ts';

/** The content of a file. */
export type FileContents =
  | { readonly kind: 'counterexample'; readonly file: CaseFile }
  | { readonly kind: 'case'; readonly case: Case }
  | { readonly kind: 'faulty'; readonly message: string };

const faulty = (message: string): FileContents => ({ kind: 'faulty', message });

/** Reads a saved counterexample or a bare case. */
export async function readCaseFile(path: string): Promise<FileContents> {
  try {
    return parseCaseFile(await readFile(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const code = 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') return faulty('there is no such file');
    if (code === 'EISDIR') return faulty('it is a folder; name one of the files in it');
    return faulty(error.message);
  }
}

/** Parses the text of such a file. */
export function parseCaseFile(text: string): FileContents {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (text.trim() === '') return faulty('it is empty');
    const reason = error instanceof Error ? oneLine(error.message) : 'it cannot be parsed';
    return faulty(`it is not JSON, or only the beginning of it (${reason})`);
  }
  if (!isJsonObject(json)) return faulty('it contains no JSON object');
  if (json['format'] === FORMAT) {
    if (json['version'] !== FORMAT_VERSION && json['version'] !== FORMAT_VERSION_WITH_EARLIER) {
      const version = oneLine(JSON.stringify(json['version'] ?? null));
      return faulty(
        `it is a counterexample of format version ${version}; this suite reads versions ${FORMAT_VERSION} and ${FORMAT_VERSION_WITH_EARLIER}`,
      );
    }
    const parsed = CaseFile.safeParse(json);
    return parsed.success
      ? { kind: 'counterexample', file: parsed.data }
      : faulty(`it is a damaged counterexample: ${firstIssue(parsed.error)}`);
  }
  if (json['format'] !== undefined) {
    return faulty(`its format is ${oneLine(JSON.stringify(json['format']))}, not "${FORMAT}"`);
  }
  if (json['commands'] === undefined || json['profile'] === undefined) {
    return faulty(
      'it is neither a counterexample that zdc saved nor a case (profile, scope, observe, commands)',
    );
  }
  const parsed = Case.safeParse(json);
  return parsed.success
    ? { kind: 'case', case: parsed.data }
    : faulty(`it is not a valid case: ${firstIssue(parsed.error)}`);
}

function firstIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  if (issue === undefined) return 'invalid structure';
  const where = issue.path.map(String).join('.');
  return oneLine(where === '' ? issue.message : `${where}: ${issue.message}`);
}
