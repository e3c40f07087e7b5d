import type { RaceSide } from '../spec/vocabulary/command.ts';
import { mayRead, mayWrite, isMapped } from './mapping-table.ts';
import type { Side } from './race-step.ts';

type Op = RaceSide['op'];

const READS: ReadonlySet<Op> = new Set(['load', 'kernel-load', 'peek', 'device-load'] as const);
const WRITES: ReadonlySet<Op> = new Set([
  'store',
  'kernel-store',
  'device-store',
  'pin',
  'make-exclusive',
  'device-exchange',
] as const);
/** The sides that may call page_fault for the page that they name. */
const ACCESSES: ReadonlySet<Op> = new Set([
  'load',
  'store',
  'kernel-load',
  'kernel-store',
  'pin',
  'make-exclusive',
  'device-load',
  'device-store',
  'protect',
] as const);

export const reads = ({ command }: Side): boolean => READS.has(command.op);
export const mayCall = ({ command }: Side): boolean => ACCESSES.has(command.op);

/** Whether the mapping before the race permits it. */
export const sidePermits = ({ command, mapping }: Side): boolean =>
  isMapped(mapping) && (WRITES.has(command.op) ? mayWrite(mapping) : mayRead(mapping));

/** Whether two sides name one page of one process. */
export const areAtOnePage = (side: Side, other: Side): boolean => side.cell >= 0 && side.cell === other.cell;

/** Whether the other side changes the mapping or the protection of this side's page. */
export function changesMapping(other: Side, side: Side, pages: number): boolean {
  const { command } = other;
  switch (command.op) {
    case 'unmap':
    case 'protect':
      return areAtOnePage(side, other);
    case 'move':
      return areAtOnePage(side, other) || isDestination(other, side.cell, pages);
    case 'exit':
      return side.cell >= 0 && Math.floor(side.cell / pages) === command.process;
    case 'fork':
    case 'discard':
    case 'load':
    case 'store':
    case 'migrate-to-device':
    case 'migrate-to-system':
    case 'evict':
    case 'device-load':
    case 'device-store':
    case 'pin':
    case 'unpin':
    case 'detach':
    case 'kernel-load':
    case 'kernel-store':
    case 'peek':
    case 'close':
    case 'make-exclusive':
    case 'device-exchange':
      return false;
  }
}

/** Whether a side moves a mapping to this cell. */
export const isDestination = ({ command }: Side, cell: number, pages: number): boolean =>
  command.op === 'move' && command.process * pages + command.to === cell;

/** Whether the other side unpopulates the page of this one. */
export const empties = (other: Side, side: Side): boolean =>
  areAtOnePage(side, other) && (other.command.op === 'discard' || other.command.op === 'move');

/** Whether the other side detaches or closes the device through which this one acts. */
export function endsDevice({ command: other }: Side, { command }: Side): boolean {
  if (other.op !== 'detach' && other.op !== 'close') return false;
  return 'device' in command && (command.device ?? 0) === (other.device ?? 0);
}
