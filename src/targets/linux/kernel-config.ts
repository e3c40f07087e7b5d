/** What a line of a configuration asks of an option. */
const ASKED = /^(?:(?<set>CONFIG_\w+)=(?<value>.+)|# (?<unset>CONFIG_\w+) is not set)$/;

/**
 * The lines of what was asked that the final configuration does not follow: kconfig drops what it cannot satisfy
 * without a word. An option that is not there at all is not set.
 */
export function unsatisfied(asked: string, final: string): readonly string[] {
  const there = new Map<string, string>();
  for (const { set, value } of optionsIn(final)) {
    if (set !== undefined && value !== undefined) there.set(set, value);
  }
  return optionsIn(asked)
    .filter(({ set, unset, value }) =>
      set === undefined ? unset !== undefined && there.has(unset) : there.get(set) !== value,
    )
    .map(({ line }) => line);
}

interface Option {
  readonly line: string;
  readonly set: string | undefined;
  readonly value: string | undefined;
  readonly unset: string | undefined;
}

const optionsIn = (text: string): readonly Option[] =>
  text.split('\n').flatMap((line) => {
    const groups = ASKED.exec(line)?.groups;
    return groups === undefined
      ? []
      : [{ line, set: groups['set'], value: groups['value'], unset: groups['unset'] }];
  });
