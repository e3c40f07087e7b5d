import type { MappingKind } from '../spec/vocabulary/command.ts';
import {
  attach,
  detach,
  deviceStore,
  exit,
  hotAdd,
  inject,
  kernelLoad,
  load,
  map,
  spawn,
  store,
  swapOn,
  toDevice,
  toSystem,
  unmap,
} from '../spec/vocabulary/shorthand.ts';
import { alloc, fault, free } from '../spec/vocabulary/driver-events.fixture.ts';
import { type Lines, type Proof, prove } from './hand-made.fixture.ts';
import { fileProperties, typesProperties } from './types.ts';

const mapped = (kind: MappingKind): Lines => [[map(0, 0, 'write', kind), { entries: '= .' }]];

/** The proofs for shared memory of each kind of backing. */
function proofs(kind: 'host' | 'shared') {
  const one = mapped(kind);
  const both: Lines = [...one, [spawn(1)], [map(1, 0, 'write', kind)]];
  const value: Proof = {
    holds: [...both, [store(0, 0, 7)], [exit(0)], [kernelLoad(1, 0), { result: 7 }]],
    breaks: [
      [...both, [store(0, 0, 7)], [load(1, 0), { result: 0 }]],
      [...one, [deviceStore(0, 0, 7)], [unmap(0, 0)], [map(0, 0, 'read', kind)], [load(0, 0), { result: 0 }]],
    ],
  };
  const present: Proof = {
    holds: one,
    breaks: [
      [[map(0, 0, 'write', kind), { entries: 'o .' }]],
      [...one, [toDevice(0, 0), { result: ['skipped'], entries: 'W0 .' }]],
    ],
  };
  const skipped: Proof = {
    holds: [...one, [toDevice(0, 0), { result: ['skipped'] }]],
    breaks: [[...one, [toDevice(0, 0), { result: ['moved'] }]]],
  };
  const quiet: Proof = {
    holds: [...one, [load(0, 0), { result: 0 }]],
    breaks: [
      [...one, [load(0, 0), { result: 0, events: [fault(0, 0)] }]],
      [...one, [toDevice(0, 0), { result: ['skipped'], events: [alloc(0), free(0)] }]],
      [...one, [unmap(0, 0), { events: [free(0)] }]],
    ],
  };
  const works: Proof = {
    holds: [...one, [inject('sigbus')], [store(0, 0, 7)]],
    breaks: [
      [...one, [load(0, 0), { result: 'SIGBUS' }]],
      [...one, [store(0, 0, 7), { entries: '= =' }]],
    ],
  };
  return { value, present, skipped, quiet, works };
}

const [host, shared] = [proofs('host'), proofs('shared')];

prove(typesProperties, {
  'types/host-value': host.value,
  'types/host-present': host.present,
  'types/host-skipped': host.skipped,
  'types/host-quiet': host.quiet,
  'types/host-works': host.works,
  'types/shared-value': shared.value,
  'types/shared-present': shared.present,
  'types/shared-skipped': shared.skipped,
  'types/shared-quiet': shared.quiet,
  'types/shared-works': shared.works,
  'types/swap-limit': {
    holds: [
      [swapOn(20), { result: 20 }],
      [swapOn(20), { result: 7 }],
      [swapOn(1), { result: 0 }],
    ],
    breaks: [
      [[swapOn(32), { result: 28 }]],
      [
        [swapOn(20), { result: 20 }],
        [swapOn(20), { result: 0 }],
      ],
    ],
  },
  'types/hot-add': {
    holds: [
      [hotAdd, { result: 'EEXIST' }],
      [detach],
      [hotAdd],
      [hotAdd, { result: 'EEXIST' }],
      [attach],
      [detach],
      [hotAdd],
    ],
    breaks: [
      [[hotAdd]],
      [[detach], [hotAdd, { result: 'EEXIST' }]],
      [[detach], [hotAdd], [hotAdd]],
      [...mapped('private'), [hotAdd, { result: 'EEXIST', entries: 'o .' }]],
    ],
  },
});

const fileMapped: Lines = [[map(0, 0, 'write', 'file'), { entries: 'o .' }]];
const copied: Lines = [...fileMapped, [store(0, 0, 7), { entries: '= .' }]];
const moved: Lines = [...copied, [toDevice(0, 0), { result: ['moved'], entries: 'W0 .' }]];

prove(fileProperties, {
  'types/file-stays': {
    // The entry may be shown as unpopulated or as present.
    holds: [...fileMapped, [load(0, 0), { result: 30_000, entries: '= .' }]],
    breaks: [
      [...fileMapped, [load(0, 0), { result: 30_000, entries: 'R0 .' }]],
      [...fileMapped, [load(0, 0), { result: 30_000, entries: '. .' }]],
    ],
  },
  'types/file-skipped': {
    holds: [...fileMapped, [toDevice(0, 0), { result: ['skipped'] }]],
    breaks: [
      [...fileMapped, [toDevice(0, 0), { result: ['moved'] }]],
      [...fileMapped, [toDevice(0, 0), { result: ['skipped'], events: [alloc(0), free(0)] }]],
    ],
  },
  'types/file-copy': {
    holds: [...moved, [load(0, 0), { result: 7 }]],
    breaks: [
      [...moved, [load(0, 0), { result: 30_000 }]],
      [...moved, [load(0, 0), { result: 0 }]],
    ],
  },
  'types/file-copy-moves': {
    holds: moved,
    breaks: [
      [...copied, [toDevice(0, 0), { result: ['moved'], entries: '= .' }]],
      [...moved, [toSystem(0, 0), { result: ['moved'], entries: 'o .' }]],
    ],
  },
});
