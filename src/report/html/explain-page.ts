import type { Capability } from '../../../spec/vocabulary/capability.ts';
import { SUITE_AND_VERSION } from '../../corpus/suite.ts';
import type { Explanation } from '../../explain/explanation.ts';
import type { PageData } from './page-data.ts';
import { pictureOf } from './picture.ts';
import { earlierFacts, targetFacts } from './run-page.ts';
import { shownText } from './shown-text.ts';

/** Whom an explanation speaks of. */
export interface ExplainedTarget {
  readonly name: string;
  readonly version: string | undefined;
  readonly capabilities: ReadonlySet<Capability>;
}

/** What the page of a single counterexample shows. */
export const explainPage = (explanation: Explanation, target: ExplainedTarget): PageData => ({
  title: `${explanation.violation.requirement} – ${shownText(target.name)}`,
  suite: SUITE_AND_VERSION,
  facts: targetFacts(target),
  pictures: [pictureOf(explanation, target.capabilities, earlierFacts(explanation))],
});
