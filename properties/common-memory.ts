import type { RequirementId } from '../spec/requirements/catalogue.ts';
import { PRESENT } from '../spec/vocabulary/snapshot.ts';
import { entryInWords } from '../spec/vocabulary/words.ts';
import { define } from './define.ts';
import type { Mapping } from './mapping-table.ts';
import { defineRead } from './read-value.ts';
import { modified } from './stillness.ts';
import { endsAsItMay, findsSlotBusy, isPermitted } from './access-outcome.ts';
import { isVector } from '../spec/vocabulary/result.ts';

/** A kind of memory whose pages all mappings share. */
interface CommonMemory<Kind extends 'host' | 'shared'> {
  readonly kind: Kind;
  readonly isOfKind: (mapping: Mapping) => boolean;
  readonly value: RequirementId;
  readonly stays: RequirementId;
  readonly quiet: RequirementId;
}

/** The properties of shared memory. They are the same for every kind of backing. */
export function commonMemory<const Kind extends 'host' | 'shared'>(memory: CommonMemory<Kind>) {
  const { kind, isOfKind, value, stays, quiet } = memory;
  return [
    defineRead({
      id: `types/${kind}-value`,
      title: `Every process that maps a ${kind} page reads the value stored there last`,
      requirements: [value],
      needs: [kind],
      concerns: ({ mapping }) => isOfKind(mapping),
    }),
    define({
      id: `types/${kind}-present`,
      title: `The entry of a ${kind} mapping is always present`,
      requirements: [stays],
      needs: [kind, 'entries'],
      steps: (reading) => reading.anew,
      check({ after, mappings }) {
        let pages = 0;
        for (let cell = 0; cell < mappings.length; cell++) {
          if (!isOfKind(mappings[cell] ?? 0)) continue;
          const entry = after?.[cell] ?? 0;
          if (entry !== PRESENT) return `the entry of a ${kind} mapping is a ${entryInWords(entry)}`;
          pages++;
        }
        return pages;
      },
    }),
    define({
      id: `types/${kind}-skipped`,
      title: `Every migration skips ${kind} memory`,
      requirements: [stays],
      needs: [kind],
      steps: (reading) => reading.migrations,
      check({ result, cell, mappingsBefore, command }) {
        if (!isVector(result)) return 0;
        let pages = 0;
        for (let i = 0; i < result.length; i++) {
          if (!isOfKind(mappingsBefore[cell + i] ?? 0)) continue;
          if (result[i] === 'moved')
            return `${command.op} moved page ${command.page + i}, which is ${kind} memory`;
          pages++;
        }
        return pages;
      },
    }),
    define({
      id: `types/${kind}-quiet`,
      title: `A command on one page of ${kind} memory calls no callback`,
      requirements: [quiet],
      needs: [kind, 'callbacks'],
      steps: (reading) => reading.atCommon,
      check({ command, events, mapping }) {
        if (!isOfKind(mapping)) return 0;
        // The callbacks of a range may belong to another page of it.
        if (command.op === 'migrate-to-device' || command.op === 'migrate-to-system') {
          if (command.count > 1) return 0;
        }
        return events.length === 0 ? 1 : `${command.op} of ${kind} memory called the driver`;
      },
    }),
    define({
      id: `types/${kind}-works`,
      title: `An access to ${kind} memory succeeds if the mapping permits it, in every state of the device`,
      requirements: [value],
      needs: [kind],
      steps: (reading) => reading.accesses,
      check(step) {
        if (!isOfKind(step.mapping) || !isPermitted(step) || findsSlotBusy(step)) return 0;
        return endsAsItMay(step) ?? modified(step) ?? 1;
      },
    }),
  ] as const;
}
