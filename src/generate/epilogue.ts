import type { Capability } from '../../spec/vocabulary/capability.ts';
import type { Observe } from '../../spec/vocabulary/case.ts';
import type { Command } from '../../spec/vocabulary/command.ts';
import { CONTROL_GROUPS } from '../../spec/vocabulary/scope.ts';
import type { ModelRun } from './model-run.ts';

/**
 * The end of a case: take a snapshot, heal, load every mapped page, release every pin, end every process, and take
 * snapshots again. It shows errors that the case has caused and not shown.
 *
 * @param add adds a command if it is admitted
 */
export function addEpilogue(
  guide: ModelRun,
  observe: Observe,
  capabilities: ReadonlySet<Capability>,
  add: (command: Command) => void,
): void {
  const look = (): void => {
    if (observe === 'inspect') add({ op: 'inspect' });
  };
  look();
  add({ op: 'heal' });
  const { processes, pages, slots } = guide.scope;
  for (let process = 0; process < processes; process++) {
    for (let page = 0; page < pages; page++) {
      if (guide.state.mapping[guide.state.at(process, page)] !== 0) add({ op: 'load', process, page });
    }
  }
  if (capabilities.has('pin')) {
    for (let slot = 0; slot < slots; slot++) {
      if (guide.state.slot[slot] !== 0) add({ op: 'unpin', slot });
    }
  }
  if (capabilities.has('groups') && guide.state.member.some((group) => group !== 0)) {
    for (let group = 0; group < CONTROL_GROUPS; group++) add({ op: 'charge', group });
  }
  look();
  for (let process = 0; process < processes; process++) add({ op: 'exit', process });
  look();
}
