import type { CatalogueEntry } from '../../spec/requirements/catalogue.ts';
import { coveredBy } from '../mutation/covered-by.ts';
import { EXIT, type ExitCode } from '../report/exit-code.ts';
import { traceability, type TracedChapter } from '../report/traceability.ts';
import { sentenceName, traceabilityText } from '../report/traceability-page.ts';
import { type Io, paintFor, widthOf } from './io.ts';

const WIDEST = 120;

/** Prints the traceability matrix. */
export async function showMatrix(
  wanted: readonly CatalogueEntry[],
  asJson: boolean,
  io: Io,
): Promise<ExitCode> {
  io.stderr.write('Measuring which commands cover each requirement …\n');
  const covered = await coveredBy(undefined, io.signal);
  if (io.signal.aborted) {
    io.stdout.write('Interrupted. (exit 130)\n');
    return EXIT.interrupted;
  }
  const chapters = traceability(covered).map(({ title, requirements }) => ({
    title,
    requirements: requirements.filter(({ requirement }) => wanted.includes(requirement)),
  }));
  const width = Math.min(widthOf(io.stdout), WIDEST);
  io.stdout.write(asJson ? matrixJson(chapters) : `${traceabilityText(chapters, width, paintFor(io))}\n`);
  return EXIT.conforms;
}

const matrixJson = (chapters: readonly TracedChapter[]): string =>
  jsonOf({
    requirements: chapters.flatMap(({ requirements }) =>
      requirements.map(({ requirement, sentences, profiles, ...looksAfter }) => ({
        id: requirement.id,
        level: requirement.level,
        title: requirement.title,
        seed: sentences.map((sentence) => ({ where: sentenceName(sentence), gist: sentence.gist })),
        source: requirement.source,
        ...looksAfter,
        profiles: profiles ?? null,
      })),
    ),
  });

export const jsonOf = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
