import { match, P } from 'ts-pattern';
import type { Command, Inheritance, Protection, Victim } from '../../spec/vocabulary/command.ts';

const PROTECTIONS = {
  none: 'no access',
  read: 'read-only',
  write: 'writable',
} as const satisfies Record<Protection, string>;

const INHERITANCES = {
  copy: 'let children inherit',
  none: 'let no child inherit',
  zero: 'let children inherit an empty',
} as const satisfies Record<Inheritance, string>;

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

const theDevice = ({ device = 0 }: { readonly device?: number | undefined }): string =>
  device === 0 ? 'the device' : `device ${device}`;

/** A command as people say it. */
export const commandInWords = (command: Command): string =>
  match(command)
    .with({ op: 'spawn' }, ({ process }) => `spawn process ${process}`)
    .with({ op: 'fork' }, ({ process, child }) => `fork process ${process} into process ${child}`)
    .with({ op: 'exit' }, ({ process }) => `exit process ${process}`)
    .with({ op: 'map' }, (map) => `map ${map.kind} ${at(map)}, ${PROTECTIONS[map.protection]}`)
    .with({ op: P.union('unmap', 'discard', 'load', 'evict') }, (access) => `${access.op} ${at(access)}`)
    .with({ op: P.union('populate', 'lock', 'unlock') }, (access) => `${access.op} ${at(access)}`)
    .with({ op: 'protect' }, (protect) => `protect ${at(protect)}: ${PROTECTIONS[protect.protection]}`)
    .with({ op: 'store' }, (store) => `store ${store.value} to ${at(store)}`)
    .with({ op: 'migrate-to-device' }, (migrate) => `migrate ${range(migrate)} to ${theDevice(migrate)}`)
    .with({ op: 'migrate-to-system' }, (migrate) => {
      const from = (migrate.device ?? 0) === 0 ? '' : ` from ${theDevice(migrate)}`;
      return `migrate ${range(migrate)}${from} to system memory`;
    })
    .with({ op: 'device-load' }, (load) => `${theDevice(load)} loads ${at(load)}`)
    .with({ op: 'device-store' }, (store) => `${theDevice(store)} stores ${store.value} to ${at(store)}`)
    .with({ op: 'make-exclusive' }, (access) => `${theDevice(access)} takes ${at(access)} to itself`)
    .with(
      { op: 'device-exchange' },
      (access) => `${theDevice(access)} puts ${access.value} into ${at(access)}, atomically`,
    )
    .with({ op: 'kernel-load' }, (load) => `the kernel loads ${at(load)}`)
    .with({ op: 'kernel-store' }, (store) => `the kernel stores ${store.value} to ${at(store)}`)
    .with({ op: 'peek' }, (peek) => `the kernel peeks at ${at(peek)}`)
    .with({ op: 'pin', access: 'read' }, (pin) => `pin ${at(pin)} for reading in slot ${pin.slot}`)
    .with({ op: 'pin' }, (pin) => `pin ${at(pin)} in slot ${pin.slot}`)
    .with({ op: 'unpin' }, ({ slot }) => `unpin slot ${slot}`)
    .with(
      { op: 'move' },
      (move) => `move ${at(move)} to page ${move.to}${move.keep ? ', keeping the mapping' : ''}`,
    )
    .with({ op: 'advise' }, (advise) => `advise ${advise.advice} for ${at(advise)}`)
    .with({ op: 'watch', watch: 'none' }, (watch) => `end the watch of ${at(watch)}`)
    .with({ op: 'watch' }, (watch) => {
      return `watch ${at(watch)} for ${watch.watch === 'missing' ? 'missing pages' : 'stores'}`;
    })
    .with({ op: 'clear-soft-dirty' }, ({ process }) => `make every page of process ${process} clean`)
    .with({ op: 'soft-dirty' }, (query) => `ask whether ${at(query)} is dirty`)
    .with({ op: 'page-map' }, (query) => `ask what the page map holds for ${at(query)}`)
    .with({ op: 'residency' }, (query) => `ask whether ${at(query)} is resident`)
    .with({ op: 'smaps' }, ({ process }) => `ask how many pages process ${process} has`)
    .with({ op: 'limit' }, ({ group, pages }) => {
      return pages === 'none'
        ? `end the limit of group ${group}`
        : `limit group ${group} to ${pages} page${pages === 1 ? '' : 's'}`;
    })
    .with({ op: 'join' }, ({ process, group }) => `process ${process} joins group ${group}`)
    .with({ op: 'charge' }, ({ group }) => `ask what group ${group} is charged`)
    .with({ op: 'inject' }, ({ kind, victim, remaining }) => {
      const often =
        remaining === 'until-healed' ? 'until healed' : remaining === 1 ? 'once' : `${remaining} times`;
      return `inject ${kind} on ${victimInWords(victim)}, ${often}`;
    })
    .with({ op: 'heal' }, () => 'heal: no injection any more')
    .with(
      { op: P.union('attach', 'detach', 'close', 'open') },
      (change) => `${change.op} ${theDevice(change)}`,
    )
    .with({ op: 'evict-all' }, (evict) => `evict everything from ${theDevice(evict)}`)
    .with({ op: 'hot-add' }, (add) => `hot-add memory where ${theDevice(add)} has its own`)
    .with({ op: 'surprise-remove' }, (remove) => `remove ${theDevice(remove)} by surprise`)
    .with({ op: 'inherit' }, (inherit) => `${INHERITANCES[inherit.inheritance]} ${at(inherit)}`)
    .with({ op: 'swap-on' }, ({ areas }) => `switch on ${areas} swap area${areas === 1 ? '' : 's'}`)
    .with({ op: 'race' }, ({ left, right }) => `at once: ${commandInWords(left)} | ${commandInWords(right)}`)
    .with({ op: 'inspect' }, () => 'inspect')
    .exhaustive();
