import { Admission } from '../vocabulary/admission.ts';
import type { ProfileName } from '../profiles/profile.ts';
import type { MappingKind } from '../vocabulary/command.ts';
import { exit, map, spawn, watch } from '../vocabulary/shorthand.ts';
import type { Scope } from '../vocabulary/scope.ts';
import { isFile, isHost, isCommon, isMapped } from './permission.ts';
import { type State, WATCHED_MISSING, WATCHED_STORES } from './state.ts';

const kindOf = (mapping: number): MappingKind => {
  if (isCommon(mapping)) return isHost(mapping) ? 'host' : 'shared';
  return isFile(mapping) ? 'file' : 'private';
};

/**
 * The commands that a case admits in the state that it has reached. The state determines which processes are alive, and which
 * pages are mapped, with their kind, and watched. It does not determine whether an unmapped page was mapped before, so
 * accesses to such a page, which change nothing, are not admitted.
 */
export class AdmissionIn {
  readonly #admission: Admission;

  constructor(scope: Scope, profile: ProfileName) {
    this.#admission = new Admission(scope, profile);
  }

  /** Returns the same object on every call; it is valid until the next call. */
  at(state: State): Admission {
    const admission = this.#admission;
    const { processes, pages } = state.scope;
    admission.reset();
    for (let process = 0; process < processes; process++) {
      if (state.alive[process] !== 1) continue;
      if (process > 0) admission.admit(spawn(process));
      for (let page = 0; page < pages; page++) {
        const entry = state.at(process, page);
        const mapping = state.mapping[entry] ?? 0;
        if (!isMapped(mapping)) continue;
        admission.admit(map(process, page, 'write', kindOf(mapping)));
        const watched = (mapping & WATCHED_MISSING) | ((state.track[entry] ?? 0) & WATCHED_STORES);
        if (watched !== 0) admission.admit(watch(process, page, 'missing'));
      }
    }
    if (state.alive[0] !== 1) admission.admit(exit(0));
    return admission;
  }
}
