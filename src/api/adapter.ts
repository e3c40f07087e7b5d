// Only types of the suite are loaded here, so that an adapter in a process of its own starts at once.
export {
  type Adapter,
  defineAdapter,
  serve,
  type ServeOptions,
  type World,
  type WorldOptions,
} from '../targets/adapter.ts';
export type {
  Capability,
  Command,
  CommandOf,
  DriverEvent,
  Op,
  ProfileName,
  Result,
  Scope,
  Snapshot,
} from './vocabulary.ts';
