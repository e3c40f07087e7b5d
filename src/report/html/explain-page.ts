import type { Capability } from '../../../spec/vocabulary/capability.ts';
import { SUITE_AND_VERSION } from '../../corpus/suite.ts';
import type { Explanation } from '../../explain/explanation.ts';
import type { PageData } from './page-data.ts';
import { pictureOf } from './picture.ts';
import { earlierFacts, targetFacts } from './run-page.ts';
import { shownText } from './shown-text.ts';

/** The target on which a case is explained. */
export interface ExplainedTarget {
  readonly name: string;
  readonly version: string | undefined;
  readonly capabilities: ReadonlySet<Capability>;
}

/** The data of the page for a single counterexample. */
export const explainPage = (explanation: Explanation, target: ExplainedTarget): PageData => ({
  title: `${explanation.violation.requirement} – ${shownText(target.name)}`,
  suite: SUITE_AND_VERSION,
  facts: targetFacts(target),
  pictures: [pictureOf(explanation, target.capabilities, earlierFacts(explanation))],
});
