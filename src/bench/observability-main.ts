import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { MUTANTS } from '../planted-bugs/planted-bugs.ts';
import { type Observability, ObservabilitySearch } from '../mutation-testing/observability.ts';
import { caughtInWords, observabilityPage, OBSERVABILITY_RUN } from '../report/generated-pages.ts';

// Writes reports/observability.md: the planted bugs that are caught, by the state that a target shows. Takes minutes.

const search = new ObservabilitySearch(OBSERVABILITY_RUN);
const all: Observability[] = [];
for (const mutant of MUTANTS) {
  const [profile = 'origin'] = mutant.profiles;
  all.push(await search.run(mutant, profile));
  if (all.length % 10 === 0) console.log(`${all.length} of ${MUTANTS.length}`);
}
writeFileSync(
  fileURLToPath(new URL('../../../reports/observability.md', import.meta.url)),
  observabilityPage(all),
);
console.log(caughtInWords(all));
