import { ruleIndex } from '../requirements/catalogue.ts';
import type { CommandOf } from '../vocabulary/command.ts';
import { commonIndex } from './access.ts';
import { type Attribution, attribution } from './attribution.ts';
import { ANSWERED, reachForeign } from './device-foreign.ts';
import { deviceReach } from './device-reach.ts';
import { emptyValue } from './own-page.ts';
import { isCommon, isHost } from './permission.ts';
import { NO_OBJECT, WAS_SHARED, WATCHED_STORES } from './state.ts';
import type { Step } from './step.ts';

const DEVICE_LOAD_NO_CALLBACKS = ruleIndex('device.load-no-callbacks');
const DEVICE_LOAD_VALUE = ruleIndex('device.load-value');
const TYPES_HOST_VALUE = ruleIndex('types.host-value');
const TYPES_SHARED_VALUE = ruleIndex('types.shared-value');
const WATCH_PASSES_LOADS = ruleIndex('watch.passes-loads');
const LOADED = attribution({
  result: 'device.permission',
  value: 'device.load-value',
  faults: 'device.load-no-callbacks',
  frees: 'device.load-no-callbacks',
  entry: 'device.load-no-callbacks',
  sharers: 'device.load-no-callbacks',
  writable: 'device.load-no-callbacks',
  references: 'device.load-no-callbacks',
  mappings: 'device.load-no-callbacks',
});
const LOADED_UNPOPULATED: Attribution = { ...LOADED, value: 'migrate.unpopulated-is-zero' };
const LOADED_SHARED: Attribution = { ...LOADED, value: 'fork.isolation' };
const LOADED_HOST: Attribution = { ...LOADED, value: 'types.host-value' };
const LOADED_SHARED_MEMORY: Attribution = {
  ...LOADED,
  value: 'types.shared-value',
  entry: 'types.shared-stays',
};

export function deviceLoad(step: Step, command: CommandOf<'device-load'>): void {
  const { state } = step;
  const { device = 0 } = command;
  const entry = state.at(command.process, command.page);
  step.names(command.process, command.page);
  if (!deviceReach(step, entry, false, device)) return;
  step.cover(DEVICE_LOAD_VALUE);
  const object = state.entry[entry] ?? NO_OBJECT;
  const mapping = state.mapping[entry] ?? 0;
  if (isCommon(mapping)) {
    step.attribution = isHost(mapping) ? LOADED_HOST : LOADED_SHARED_MEMORY;
    step.cover(isHost(mapping) ? TYPES_HOST_VALUE : TYPES_SHARED_VALUE);
    step.cover(DEVICE_LOAD_NO_CALLBACKS);
    step.result = state.common[commonIndex(state, entry)] ?? 0;
    return;
  }
  if (((state.track[entry] ?? 0) & WATCHED_STORES) !== 0) step.cover(WATCH_PASSES_LOADS);
  if (object !== NO_OBJECT && state.onDevice(object) && !state.isOn(object, device)) {
    if (reachForeign(step, entry, false) !== ANSWERED) step.result = state.value[object] ?? 0;
    return;
  }
  step.cover(DEVICE_LOAD_NO_CALLBACKS);
  const shared = object !== NO_OBJECT && ((state.history[object] ?? 0) & WAS_SHARED) !== 0;
  step.attribution = shared ? LOADED_SHARED : state.isStillUnpopulated(object) ? LOADED_UNPOPULATED : LOADED;
  step.result = object === NO_OBJECT ? emptyValue(step, entry) : (state.value[object] ?? 0);
}
