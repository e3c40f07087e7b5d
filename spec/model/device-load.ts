import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { commonIndex } from './access.ts';
import { type Blame, blame } from './blame.ts';
import { ANSWERED, reachForeign } from './device-foreign.ts';
import { reach } from './device-reach.ts';
import { emptyValue } from './own-page.ts';
import { isCommon, isHost } from './permission.ts';
import { NO_OBJECT, WAS_SHARED, WATCHED_STORES } from './state.ts';
import type { Step } from './step.ts';

const DEVICE_LOAD_QUIET = ruleIndex('device.load-quiet');
const DEVICE_LOAD_VALUE = ruleIndex('device.load-value');
const TYPES_HOST_VALUE = ruleIndex('types.host-value');
const TYPES_SHARED_VALUE = ruleIndex('types.shared-value');
const WATCH_PASSES_LOADS = ruleIndex('watch.passes-loads');
const LOADED = blame({
  result: 'device.permission',
  value: 'device.load-value',
  faults: 'device.load-quiet',
  frees: 'device.load-quiet',
  entry: 'device.load-quiet',
  sharers: 'device.load-quiet',
  flavour: 'device.load-quiet',
  references: 'device.load-quiet',
  mappings: 'device.load-quiet',
});
const LOADED_HOLE: Blame = { ...LOADED, value: 'migrate.hole-is-zero' };
const LOADED_SHARED: Blame = { ...LOADED, value: 'fork.isolation' };
const LOADED_HOST: Blame = { ...LOADED, value: 'types.host-value' };
const LOADED_SHARED_MEMORY: Blame = { ...LOADED, value: 'types.shared-value', entry: 'types.shared-stays' };

export function deviceLoad(step: Step, command: CommandOf<'device-load'>): void {
  const { state } = step;
  const { device = 0 } = command;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (!reach(step, entry, false, device)) return;
  step.exercise(DEVICE_LOAD_VALUE);
  const object = state.entry[entry] ?? NO_OBJECT;
  const mapping = state.mapping[entry] ?? 0;
  if (isCommon(mapping)) {
    step.blame = isHost(mapping) ? LOADED_HOST : LOADED_SHARED_MEMORY;
    step.exercise(isHost(mapping) ? TYPES_HOST_VALUE : TYPES_SHARED_VALUE);
    step.exercise(DEVICE_LOAD_QUIET);
    step.result = state.common[commonIndex(state, entry)] ?? 0;
    return;
  }
  if (((state.track[entry] ?? 0) & WATCHED_STORES) !== 0) step.exercise(WATCH_PASSES_LOADS);
  if (object !== NO_OBJECT && state.onDevice(object) && !state.isOn(object, device)) {
    if (reachForeign(step, entry, false) !== ANSWERED) step.result = state.value[object] ?? 0;
    return;
  }
  step.exercise(DEVICE_LOAD_QUIET);
  const shared = object !== NO_OBJECT && ((state.history[object] ?? 0) & WAS_SHARED) !== 0;
  step.blame = shared ? LOADED_SHARED : state.isStillTheHole(object) ? LOADED_HOLE : LOADED;
  step.result = object === NO_OBJECT ? emptyValue(step, entry) : (state.value[object] ?? 0);
}
