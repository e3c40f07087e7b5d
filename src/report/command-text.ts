import { match, P } from 'ts-pattern';
import type { Command, Protection, Victim } from '../../spec/vocabulary/command.ts';

const PROTECTIONS = {
  none: 'no access',
  read: 'read-only',
  write: 'writable',
} as const satisfies Record<Protection, string>;

const at = ({ process, page }: { readonly process: number; readonly page: number }): string =>
  `page ${page} of process ${process}`;

const range = (command: {
  readonly process: number;
  readonly page: number;
  readonly count: number;
}): string =>
  command.count === 1
    ? at(command)
    : `pages ${command.page} to ${command.page + command.count - 1} of process ${command.process}`;

const victimInWords = (victim: Victim): string => (victim === 'any' ? 'any page' : at(victim));

/** A command as people say it. */
export const commandInWords = (command: Command): string =>
  match(command)
    .with({ op: 'spawn' }, ({ process }) => `spawn process ${process}`)
    .with({ op: 'fork' }, ({ process, child }) => `fork process ${process} into process ${child}`)
    .with({ op: 'exit' }, ({ process }) => `exit process ${process}`)
    .with({ op: 'map' }, (map) => `map ${map.kind} ${at(map)}, ${PROTECTIONS[map.protection]}`)
    .with({ op: P.union('unmap', 'discard', 'load', 'evict') }, (touch) => `${touch.op} ${at(touch)}`)
    .with({ op: 'protect' }, (protect) => `protect ${at(protect)}: ${PROTECTIONS[protect.protection]}`)
    .with({ op: 'store' }, (store) => `store ${store.value} to ${at(store)}`)
    .with({ op: 'migrate-to-device' }, (migrate) => `migrate ${range(migrate)} to the device`)
    .with({ op: 'migrate-to-system' }, (migrate) => `migrate ${range(migrate)} to system memory`)
    .with({ op: 'device-load' }, (load) => `the device loads ${at(load)}`)
    .with({ op: 'device-store' }, (store) => `the device stores ${store.value} to ${at(store)}`)
    .with({ op: 'pin' }, (pin) => `pin ${at(pin)} in slot ${pin.slot}`)
    .with({ op: 'unpin' }, ({ slot }) => `unpin slot ${slot}`)
    .with({ op: 'inject' }, ({ kind, victim, remaining }) => {
      const often =
        remaining === 'until-healed' ? 'until healed' : remaining === 1 ? 'once' : `${remaining} times`;
      return `inject ${kind} on ${victimInWords(victim)}, ${often}`;
    })
    .with({ op: 'heal' }, () => 'heal: no injection any more')
    .with({ op: 'attach' }, () => 'attach the device')
    .with({ op: 'detach' }, () => 'detach the device')
    .with({ op: 'swap-on' }, ({ areas }) => `switch on ${areas} swap area${areas === 1 ? '' : 's'}`)
    .with({ op: 'inspect' }, () => 'inspect')
    .exhaustive();
