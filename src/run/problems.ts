import type { TargetFailure } from '../targets/target.ts';
import type { CaseNumber } from '../shrink/case-number.ts';
import type { PropertyBreach } from '../judge/examiner.ts';
import type { PropertyDisagreement } from './outcome.ts';

const MAX_PROTOCOL_ERRORS = 5;
const MAX_DISAGREEMENTS = 5;

/** Problems that make the result of a profile inconclusive although no requirement is known to be violated. */
export class Problems {
  readonly disagreements: PropertyDisagreement[] = [];
  readonly protocolErrors: (CaseNumber & { readonly failure: TargetFailure })[] = [];
  /** Cases that could not be judged, with the first reason. */
  inconclusive = 0;
  inconclusiveReason: string | undefined;

  /** Cases set aside because they exceed the limits of the judge, with the first reason. */
  setAside = 0;
  setAsideReason: string | undefined;

  addSetAside(reason: string): void {
    this.setAside++;
    this.setAsideReason ??= reason;
  }

  addInconclusive(reason: string): void {
    this.inconclusive++;
    this.inconclusiveReason ??= reason;
  }

  addProtocolError({ index, directed }: CaseNumber, failure: TargetFailure): void {
    if (!this.areTooMany) this.protocolErrors.push({ index, directed, failure });
  }

  addDisagreements({ index, directed }: CaseNumber, broken: readonly PropertyBreach[]): void {
    for (const breach of broken) {
      if (this.disagreements.length < MAX_DISAGREEMENTS)
        this.disagreements.push({ index, directed, ...breach });
    }
  }

  /** Whether there are so many protocol errors that continuing is useless. */
  get areTooMany(): boolean {
    return this.protocolErrors.length >= MAX_PROTOCOL_ERRORS;
  }
}
