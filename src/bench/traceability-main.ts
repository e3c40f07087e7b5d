import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { exercisedBy } from '../mutation/covered-by.ts';
import { holesIn, traceability } from '../report/traceability.ts';
import { traceabilityPage } from '../report/traceability-page.ts';

// Writes reports/traceability.md: from the sentences of the seed to the mutants. Takes seconds.

const chapters = traceability(await exercisedBy());
const holes = holesIn(chapters);
writeFileSync(
  fileURLToPath(new URL('../../../reports/traceability.md', import.meta.url)),
  traceabilityPage(chapters),
);
console.log(holes.length === 0 ? 'no holes' : holes.join('\n'));
