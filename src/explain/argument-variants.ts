import { match, P } from 'ts-pattern';
import {
  Advice,
  type Command,
  type CommandOf,
  Inheritance,
  InjectionKind,
  isContender,
  type Limit,
  MappingKind,
  PinAccess,
  Protection,
  type Remaining,
  Watch,
} from '../../spec/vocabulary/command.ts';
import {
  CONTROL_GROUPS,
  devicesIn,
  LARGEST_VALUE,
  MAX_SWAP_AREAS,
  type Scope,
} from '../../spec/vocabulary/scope.ts';

/** A command with one of its arguments changed. */
export interface Variant {
  readonly argument: string;
  /** What the argument is in this variant, in words. */
  readonly value: string;
  readonly command: Command;
}

const below = (end: number): readonly number[] =>
  Array.from({ length: Math.max(0, end) }, (_, index) => index);

/** One variant for each of the options that is not the argument as it is. */
const vary = <T extends string | number | boolean>(
  argument: string,
  now: T,
  options: readonly T[],
  change: (option: T) => Command,
): readonly Variant[] =>
  [...new Set(options)]
    .filter((option) => option !== now)
    .map((option) => ({ argument, value: String(option), command: change(option) }));

const value = <C extends Command & { readonly value: number }>(c: C): readonly Variant[] =>
  vary('value', c.value, [1, Math.min(c.value + 1, LARGEST_VALUE), LARGEST_VALUE], (option) => ({
    ...c,
    value: option,
  }));

/** Every variant of a command that differs from it in one argument, within a scope. Of the values of stores, three. */
export function argumentVariants(command: Command, scope: Scope): readonly Variant[] {
  const processes = below(scope.processes);
  const pages = below(scope.pages);
  const slots = below(scope.slots);
  const devices = below(devicesIn(scope));
  const groups = below(CONTROL_GROUPS);
  const process = <C extends Command & { readonly process: number }>(c: C): readonly Variant[] =>
    vary('process', c.process, processes, (option) => ({ ...c, process: option }));
  const place = <C extends Command & { readonly process: number; readonly page: number }>(
    c: C,
  ): readonly Variant[] => [
    ...process(c),
    ...vary('page', c.page, pages, (option) => ({ ...c, page: option })),
  ];
  const device = <C extends Command & { readonly device?: number | undefined }>(c: C): readonly Variant[] =>
    vary('device', c.device ?? 0, devices, (option) => ({ ...c, device: option }));
  const group = <C extends Command & { readonly group: number }>(c: C): readonly Variant[] =>
    vary('group', c.group, groups, (option) => ({ ...c, group: option }));
  return match<Command, readonly Variant[]>(command)
    .with({ op: P.union('spawn', 'exit', 'clear-soft-dirty', 'smaps') }, process)
    .with({ op: 'fork' }, (c) => [
      ...process(c),
      ...vary('child', c.child, processes, (child) => ({ ...c, child })),
    ])
    .with({ op: 'map' }, (c) => [
      ...place(c),
      ...vary('kind', c.kind, MappingKind.options, (kind) => ({ ...c, kind })),
      ...vary('protection', c.protection, Protection.options, (protection) => ({ ...c, protection })),
    ])
    .with({ op: 'protect' }, (c) => [
      ...place(c),
      ...vary('protection', c.protection, Protection.options, (protection) => ({ ...c, protection })),
    ])
    .with({ op: P.union('unmap', 'discard', 'load', 'evict', 'kernel-load', 'peek') }, place)
    .with({ op: P.union('populate', 'lock', 'unlock', 'soft-dirty', 'page-map', 'residency') }, place)
    .with({ op: P.union('device-load', 'make-exclusive') }, (c) => [...place(c), ...device(c)])
    .with({ op: P.union('store', 'kernel-store') }, (c) => [...place(c), ...value(c)])
    .with({ op: P.union('device-store', 'device-exchange') }, (c) => [...place(c), ...value(c), ...device(c)])
    .with({ op: 'move' }, (c) => [
      ...place(c),
      ...vary('to', c.to, pages, (to) => ({ ...c, to })),
      ...vary('keep', c.keep, [false, true], (keep) => ({ ...c, keep })),
    ])
    .with({ op: 'advise' }, (c) => [
      ...place(c),
      ...vary('advice', c.advice, Advice.options, (advice) => ({ ...c, advice })),
    ])
    .with({ op: 'watch' }, (c) => [
      ...place(c),
      ...vary('watch', c.watch, Watch.options, (watch) => ({ ...c, watch })),
    ])
    .with({ op: 'join' }, (c) => [...process(c), ...group(c)])
    .with({ op: 'charge' }, group)
    .with({ op: 'limit' }, (c) => [
      ...group(c),
      ...vary<Limit>('pages', c.pages, [0, 1, 2, 'none'], (most) => ({ ...c, pages: most })),
    ])
    .with(
      { op: P.union('attach', 'detach', 'evict-all', 'close', 'open', 'hot-add', 'surprise-remove') },
      device,
    )
    .with({ op: P.union('migrate-to-device', 'migrate-to-system') }, (c) => [
      ...place(c),
      ...device(c),
      ...vary(
        'count',
        c.count,
        below(scope.pages - c.page).map((more) => more + 1),
        (count) => ({ ...c, count }),
      ),
    ])
    .with({ op: 'inherit' }, (c) => [
      ...place(c),
      ...vary('inheritance', c.inheritance, Inheritance.options, (inheritance) => ({ ...c, inheritance })),
    ])
    .with({ op: 'pin' }, (c) => [
      ...place(c),
      ...vary('slot', c.slot, slots, (slot) => ({ ...c, slot })),
      ...vary('access', c.access ?? 'write', PinAccess.options, (access) => ({ ...c, access })),
    ])
    .with({ op: 'unpin' }, (c) => vary('slot', c.slot, slots, (slot) => ({ ...c, slot })))
    .with({ op: 'inject' }, (c) => [
      ...vary('kind', c.kind, InjectionKind.options, (kind) => ({ ...c, kind })),
      ...victims(c, scope),
      ...vary<Remaining>('remaining', c.remaining, [1, 2, 3, 'until-healed'], (remaining) => ({
        ...c,
        remaining,
      })),
    ])
    .with({ op: 'swap-on' }, (c) =>
      vary('areas', c.areas, [1, Math.max(1, c.areas - 1), MAX_SWAP_AREAS], (areas) => ({ ...c, areas })),
    )
    .with({ op: 'race' }, (c) => [...sideVariants(c, 'left', scope), ...sideVariants(c, 'right', scope)])
    .with({ op: P.union('heal', 'inspect') }, () => [])
    .exhaustive();
}

/** What one side of a race could be instead. */
const sideVariants = (race: CommandOf<'race'>, side: 'left' | 'right', scope: Scope): readonly Variant[] =>
  argumentVariants(race[side], scope).flatMap(({ argument, command, value: option }) =>
    isContender(command)
      ? [{ argument: `${side} ${argument}`, value: option, command: { ...race, [side]: command } }]
      : [],
  );

function victims(
  command: Extract<Command, { readonly op: 'inject' }>,
  { processes, pages }: Scope,
): readonly Variant[] {
  const { victim } = command;
  const places = below(processes).flatMap((process) => below(pages).map((page) => ({ process, page })));
  const others = places.filter(
    ({ process, page }) => victim === 'any' || victim.process !== process || victim.page !== page,
  );
  return [
    ...(victim === 'any'
      ? []
      : [{ argument: 'victim', value: 'any page', command: { ...command, victim: 'any' as const } }]),
    ...others.map((place) => ({
      argument: 'victim',
      value: `page ${place.page} of process ${place.process}`,
      command: { ...command, victim: place },
    })),
  ];
}
