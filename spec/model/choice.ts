/**
 * A point at which the specification leaves the implementation free. The first option is the one that an implementation
 * most likely takes; the others follow in the order in which they are tried.
 */
export interface Choice<Option extends string = string> {
  /** The question that an implementation decides, for people. */
  readonly question: string;
  readonly options: readonly Option[];
}

export const choice = <const Option extends string>(
  question: string,
  ...options: readonly Option[]
): Choice<Option> => ({ question, options });

/** A choice with its options, in words. */
export const choiceInWords = ({ question, options }: Choice): string =>
  options.length === 0 ? question : `${question}: ${options.join(' or ')}`;
