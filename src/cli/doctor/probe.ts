import type { Capability } from '../../../spec/vocabulary/capability.ts';
import type { Case } from '../../../spec/vocabulary/case.ts';
import type { Command, Protection } from '../../../spec/vocabulary/command.ts';

/** A small case that checks one behaviour, with advice for an adapter that fails it. */
export interface Probe {
  readonly title: string;
  /** The capability that it checks; undefined for the core. */
  readonly capability: Capability | undefined;
  readonly observe: Case['observe'];
  readonly commands: readonly Command[];
  readonly advice: string;
  /** The world size, if it differs from `PROBE_SCOPE`. */
  readonly scope?: Case['scope'];
}

/** A probe of a capability to execute commands. */
export const able = (
  capability: Capability,
  title: string,
  advice: string,
  ...commands: readonly Command[]
): Probe => ({ title, capability, observe: 'results', commands, advice });

/** The world size of most probes. */
export const PROBE_SCOPE: Case['scope'] = { processes: 2, pages: 3, frames: 2, slots: 1 };

export const map = (page: number, protection: Protection = 'write', process = 0): Command => ({
  op: 'map',
  process,
  page,
  kind: 'private',
  protection,
});
export const load = (page: number, process = 0): Command => ({ op: 'load', process, page });
export const store = (page: number, value: number, process = 0): Command => ({
  op: 'store',
  process,
  page,
  value,
});
export const toDevice = (page: number, count = 1): Command => ({
  op: 'migrate-to-device',
  process: 0,
  page,
  count,
});
export const toSystem = (page: number, count = 1): Command => ({
  op: 'migrate-to-system',
  process: 0,
  page,
  count,
});
export const fork: Command = { op: 'fork', process: 0, child: 1 };
export const inspect: Command = { op: 'inspect' };
