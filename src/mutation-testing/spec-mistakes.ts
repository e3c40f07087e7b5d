/** A single mistake in the specification: one text of one file of `spec/model` or `spec/judge`, replaced. */
export interface SpecMistake {
  readonly id: string;
  /** The mistake in one sentence. */
  readonly title: string;
  readonly file: string;
  /** Occurs once in the file. */
  readonly from: string;
  readonly to: string;
}

/** The environment variable that names the mistake with which the tests run (`vitest.config.ts`). */
export const SPEC_MISTAKE = 'ZDC_SPEC_MISTAKE';
/** The environment variable that names the file to which the results of the tests are written. */
export const TEST_RESULTS = 'ZDC_TEST_RESULTS';

/**
 * The compiled text of the file with the mistake. The compiler changes white space, and nothing else of these texts.
 *
 * @throws if the text does not occur exactly once
 */
export function inCompiled(text: string, { id, from, to }: SpecMistake): string {
  const words = from.trim().split(/\s+/);
  const pattern = new RegExp(
    words.map((word) => word.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&')).join('\\s+'),
    'g',
  );
  if ([...text.matchAll(pattern)].length !== 1) throw new Error(`the text of ${id} does not occur once`);
  return text.replace(pattern, () => to);
}

const inModel =
  (file: string) =>
  (id: string, title: string, from: string, to: string): SpecMistake => ({
    id,
    title,
    file: `spec/model/${file}.ts`,
    from,
    to,
  });
const inJudge =
  (file: string) =>
  (id: string, title: string, from: string, to: string): SpecMistake => ({
    id,
    title,
    file: `spec/judge/${file}.ts`,
    from,
    to,
  });

const process = inModel('process');
const migratePage = inModel('migrate-page');
const migrateBack = inModel('migrate-back');
const access = inModel('page-access');
const mapping = inModel('mapping');
const attachment = inModel('attachment');
const exclusive = inModel('exclusive');
const tracking = inModel('tracking');
const charging = inModel('charging');
const device = inModel('device-access');
const move = inModel('move');
const advise = inModel('advise');
const race = inModel('race');
const pin = inModel('pin');
const adoption = inJudge('adoption');
const entries = inJudge('entries-clause');
const callbacks = inJudge('callbacks-clause');
const counts = inJudge('counts-clause');
const result = inJudge('result-clause');
const judge = inJudge('judge');
const tally = inJudge('tally');

/** Thirty mistakes, each noticed by a test (`reports/spec-mistakes.md`). */
export const SPEC_MISTAKES: readonly SpecMistake[] = [
  process(
    'fork-leaves-parent-writable',
    'A fork leaves the entry of the parent writable.',
    '  state.writable[from] = READ_ONLY;\n  step.link(to, object, READ_ONLY);',
    '  step.link(to, object, READ_ONLY);',
  ),
  process(
    'child-inherits-lock',
    'The child of a fork inherits the locks of the parent.',
    'state.mapping[to] = mapping & ~(LOCKED | WATCHED_MISSING);\n    if',
    'state.mapping[to] = mapping & ~WATCHED_MISSING;\n    if',
  ),
  process(
    'child-of-no-group',
    'The child of a fork belongs to no control group.',
    'state.member[command.child] = state.member[command.process] ?? 0;',
    'state.member[command.child] = 0;',
  ),
  process(
    'pinned-page-is-shared',
    'A fork shares a pinned page in every profile.',
    'if (judging.profile.forkCopiesPinned) {',
    'if (judging.profile.forkCopiesPinned && state.onDevice(object)) {',
  ),
  migratePage(
    'pinned-page-moves',
    'A pinned page may migrate to the device.',
    'if (object > NO_OBJECT && state.pinned(object)) {',
    'if (object > NO_OBJECT && state.pinned(object) && state.onDevice(object)) {',
  ),
  migratePage(
    'shared-page-becomes-writable',
    'A page with several mappers gets WRITE entries on the device.',
    'if (!sole || watched ||',
    'if (watched ||',
  ),
  migratePage(
    'poison-moves-as-unpopulated',
    'A migration of a poisoned page is attributed to the rule for unmapped pages.',
    'if (isPoison(object)) return poisonPage(object);',
    'if (isPoison(object)) return MIGRATE_MUST_SKIP;',
  ),
  migratePage(
    'skipped-return-breaks-no-should',
    'A migration to system memory that skips a page without a reason follows every SHOULD.',
    "    if (!state.isInFolio(object)) step.breakShould('migrate.progress');",
    '',
  ),
  migrateBack(
    'fault-brings-foreign-pages',
    'A fault may migrate pages of another device back.',
    'if (judging.ownersMatter && !state.isOn(object, device)) continue;',
    '',
  ),
  migrateBack(
    'short-memory-is-never-retried',
    'A fault that runs out of memory once must not be retried.',
    'const mayRetry = !step.lasting(OOM);',
    'const mayRetry = false;',
  ),
  access(
    'poison-reads-as-empty',
    'An access to a poisoned page is not refused.',
    'if (isPoison(object)) {',
    'if (isPoison(object) && write) {',
  ),
  access(
    'access-keeps-exclusive',
    'An access leaves the exclusive access of a device.',
    'state.writable[entry] = READ_ONLY;\n  step.select(ACCESS.exclusive);',
    'step.select(ACCESS.exclusive);',
  ),
  mapping(
    'locked-page-is-discarded',
    'A discard of a locked page succeeds.',
    "if ((mapping & LOCKED) !== 0) {\n    step.result = 'EINVAL';",
    'if ((mapping & LOCKED) !== 0) {\n    removeEntry(step, entry);',
  ),
  mapping(
    'protect-upgrades',
    'A change of protection may make a READ entry WRITE.',
    'state.writable[entry] = READ_ONLY;\n  } else if (onDevice && !judging',
    'state.writable[entry] = MAYBE_WRITABLE;\n  } else if (onDevice && !judging',
  ),
  attachment(
    'attach-again-succeeds',
    'An attach of an attached device succeeds.',
    "if (state.attached[device] === 1) {\n    step.result = 'EBUSY';",
    "if (state.attached[device] === 1) {\n    step.result = 'ok';",
  ),
  attachment(
    'detach-fails-without-cause',
    'A detach may fail without an injected failure.',
    'if (!excused) step.ruleOut();',
    '',
  ),
  exclusive(
    'exchange-returns-new-value',
    'An exchange returns the new value.',
    'step.result = state.value[object] ?? 0;\n  state.value[object] = command.value;',
    'state.value[object] = command.value;\n  step.result = state.value[object] ?? 0;',
  ),
  exclusive(
    'exclusive-to-any-device',
    'Exclusive access belongs to device 0, whichever requested it.',
    'state.writable[entry] = exclusiveTo(device);',
    'state.writable[entry] = exclusiveTo(0);',
  ),
  tracking(
    'store-is-not-tracked',
    'A store may leave a page clean.',
    'setSoft(state, entry, DIRTY);',
    'setSoft(state, entry, DIRTY_OR_CLEAN);',
  ),
  charging(
    'limit-counts-one-more',
    'A control group may exceed its limit by a page.',
    'if (surely >= bound - 1) return true;',
    'if (surely >= bound) return true;',
  ),
  device(
    'device-store-of-shared-page-in-place',
    'A device store changes a shared page in system memory in place.',
    'if (state.maps[object] === 1) return true;',
    'if ((state.maps[object] ?? 0) >= 1) return true;',
  ),
  device(
    'device-reads-stale-zero',
    'A device load of a page in system memory may read zero.',
    'step.result = object === NO_OBJECT ? emptyValue(step, entry) : (state.value[object] ?? 0);',
    'step.result = state.onDevice(object) ? (state.value[object] ?? 0) : emptyValue(step, entry);',
  ),
  move(
    'move-keeps-mapping',
    'A move leaves the old address mapped.',
    'state.mapping[from] = keep ? mapping & ~LOCKED : NOT_MAPPED;',
    'state.mapping[from] = mapping & ~LOCKED;',
  ),
  advise(
    'pinned-page-is-dropped',
    'Advice may drop a pinned page.',
    'const mayGo = isLazyFree(state, entry) && !state.pinned(object);',
    'const mayGo = isLazyFree(state, entry);',
  ),
  race(
    'race-takes-right-result-twice',
    'A race reports the result of the right command for both.',
    'left: torn(step, sides.left.answer, mayTear.left),',
    'left: torn(step, sides.right.answer, mayTear.left),',
  ),
  pin(
    'slot-is-reused',
    'A pin into a busy slot succeeds.',
    'if (state.slot[command.slot] !== 0) {',
    'if ((state.slot[command.slot] ?? 0) < 0) {',
  ),
  adoption(
    'two-objects-in-a-frame',
    'A frame that holds an object may be taken for another.',
    ' && state.holderOf(frame) === NO_OBJECT',
    '',
  ),
  entries(
    'write-entry-is-accepted-for-read',
    'A WRITE entry is accepted where the model has a READ entry.',
    'if (writable === READ_ONLY) return upgraded(step, before, entry, code);',
    '',
  ),
  callbacks(
    'free-is-not-required',
    'A frame that an object leaves need not be freed.',
    ': freed === left.length;',
    ': freed <= left.length;',
  ),
  counts(
    'references-may-exceed',
    'A reference count may be too high.',
    'if (refs[frame] !== references) {',
    'if ((refs[frame] ?? 0) < references) {',
  ),
  result(
    'longer-vector-is-accepted',
    'The results of pages beyond those of the model are not compared.',
    'index < Math.max(expected.length, observed.length)',
    'index < Math.min(expected.length, observed.length) - 1',
  ),
  judge(
    'first-outcome-names-requirement',
    'The outcome that matches the fewest clauses names the requirement.',
    'if (order < 0) continue;',
    'if (order > 0) continue;',
  ),
  tally(
    'covered-without-evidence',
    'A requirement counts as covered though its evidence was not shown.',
    'if (missing === 0) this.cover(rule);',
    'if (missing === 0 || missing !== 0) this.cover(rule);',
  ),
];
