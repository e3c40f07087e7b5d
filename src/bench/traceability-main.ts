import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { coveredBy } from '../mutation-testing/covered-by.ts';
import { gapsIn, traceability, traceabilityPage } from '../report/generated-pages.ts';

// Writes reports/traceability.md: from the sentences of the origin commit to the mutants. Takes seconds.

const chapters = traceability(await coveredBy());
const gaps = gapsIn(chapters);
writeFileSync(
  fileURLToPath(new URL('../../../reports/traceability.md', import.meta.url)),
  traceabilityPage(chapters),
);
console.log(gaps.length === 0 ? 'complete' : gaps.join('\n'));
