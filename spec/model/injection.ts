import type { CommandOf, InjectionKind } from '../vocabulary/command.ts';
import {
  ANY_VICTIM,
  NO_COPY,
  NO_FRAME,
  NO_LARGE_FRAME,
  NO_LARGE_PAGE,
  NO_SPLIT,
  OOM,
  SIGBUS,
  UNTIL_HEALED,
} from './state.ts';
import type { Step } from './step.ts';

const KIND: { readonly [K in InjectionKind]: number } = {
  sigbus: SIGBUS,
  oom: OOM,
  'no-frame': NO_FRAME,
  'no-copy': NO_COPY,
  'no-large-frame': NO_LARGE_FRAME,
  'no-large-page': NO_LARGE_PAGE,
  'no-split': NO_SPLIT,
};

export function inject(step: Step, command: CommandOf<'inject'>): void {
  const { state } = step;
  const kind = KIND[command.kind];
  state.remaining[kind] = command.remaining === 'until-healed' ? UNTIL_HEALED : command.remaining;
  state.victim[kind] =
    command.victim === 'any' ? ANY_VICTIM : state.at(command.victim.process, command.victim.page);
}

export function heal(step: Step): void {
  step.state.remaining.fill(0);
  step.state.victim.fill(0);
}
