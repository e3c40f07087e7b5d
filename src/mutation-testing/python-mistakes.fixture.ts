import type { ProfileName } from '../../spec/profiles/profile.ts';
import type { RequirementId } from '../../spec/requirements/catalogue.ts';

/** A one-line mistake in an implementation, and the rules that may be named for it. */
interface Mistake {
  readonly name: string;
  /** The line of the Python example; it occurs exactly once. */
  readonly line: string;
  readonly becomes: string;
  readonly named: readonly RequirementId[];
  /** The profile in which it is a mistake; `origin` by default. */
  readonly profile?: ProfileName;
}

/** Common mistakes about pages, entries, and counts. */
const OF_PAGES: readonly Mistake[] = [
  {
    name: 'fork leaves WRITE entries',
    line: 'mine.write_protect()  # WRITE becomes READ in the parent, and so in the child.',
    becomes: 'pass',
    named: ['fork.read-both'],
  },
  {
    name: 'a frame is never freed',
    line: 'if frame.head.refs == self.freed_at:',
    becomes: 'if frame.head.refs < self.freed_at:',
    named: [
      'count.free-once',
      'unmap.releases',
      'migrate.frees-source',
      'failure.poison-releases',
      'device.store-counts',
    ],
  },
  {
    name: 'the idle reference is passed on and counted as well',
    line: 'if not self.profile.idle_reference_is_passed_on:',
    becomes: 'if True:',
    named: ['count.references', 'count.free-once', 'count.idle', 'unmap.releases', 'migrate.frees-source'],
    profile: 'linux-5.18',
  },
  {
    name: 'a failed fault poisons nothing',
    line: 'self.unlink(entry, POISON)',
    becomes: 'pass',
    named: ['failure.poison', 'failure.poison-releases'],
  },
  {
    name: 'a failed fault poisons in linux-6.1 too',
    line: 'if self.profile.sigbus_poisons:',
    becomes: 'if True:',
    named: ['failure.nothing-lost'],
    profile: 'linux-6.1',
  },
  {
    name: 'out of memory is answered as SIGBUS',
    line: 'if outcome == "oom":\n            return "oom"',
    becomes: 'if outcome == "oom":\n            return "SIGBUS"',
    named: ['failure.oom', 'pin.failure', 'kernel.access-errors', 'populate.failure'],
  },
  {
    name: 'protection is not asked for on the device',
    line: 'if not permitted:',
    becomes: 'if not permitted and not entry.on_device:',
    named: ['fault.permission-first'],
  },
  {
    name: 'copy-on-write is forgotten',
    line: 'return self.object is None or self.object.shared',
    becomes: 'return self.object is None',
    named: ['fork.isolation', 'account.charge'],
  },
  {
    name: 'pinned pages migrate',
    line: 'if entry.object is not None and entry.object.pins > 0:',
    becomes: 'if entry.object is not None and entry.object.pins > 1:',
    named: ['pin.blocks-migration'],
  },
  {
    name: 'protect leaves WRITE entries',
    line: 'if entry.protection == command["protection"]:',
    becomes: 'if entry.protection != command["protection"]:',
    named: ['protect.downgrades'],
  },
  {
    name: 'resident pages are not counted',
    line: 'entry.process.rss += 1',
    becomes: 'entry.process.rss += 0',
    named: ['account.rss'],
  },
  {
    name: 'a hole on the device is not cleared',
    line: 'frame.write(entry.bare_value)',
    becomes: 'pass',
    named: ['migrate.unpopulated-is-zero'],
  },
  {
    name: 'half a page is copied',
    line: 'self.cells = list(other.cells)',
    becomes: 'self.cells = [other.cells[0]] + self.cells[1:]',
    named: ['migrate.transparent', 'fault.last-value', 'device.load-value', 'fork.isolation'],
  },
  {
    name: 'a moved mapping leaves its entry behind',
    line: 'row[page] = left  # The old page gets a new entry.',
    becomes: 'pass',
    named: ['move.entry', 'move.value', 'unmap.access-faults'],
  },
  {
    name: 'pages of files migrate',
    line: 'if entry.state == FILE_PAGE:',
    becomes: 'if False:',
    named: ['types.file-stays'],
  },
];

/** Common mistakes about queries, watches, advice, locks, and control groups. */
const OF_ONLOOKERS: readonly Mistake[] = [
  {
    name: 'the page map brings the page back',
    line: 'if entry.state in (PRESENT, FILE_PAGE):',
    becomes:
      'if entry.state in (PRESENT, FILE_PAGE) or (entry.on_device and world.page_fault(entry) is None):',
    named: ['query.no-callbacks', 'query.page-map'],
  },
  {
    name: 'a peek faults',
    line: 'return "EFAULT"  # A migration back would be a fault.',
    becomes: 'world.page_fault(entry)',
    named: ['kernel.nofault-does-not-migrate'],
  },
  {
    name: 'a locked page is discarded',
    line: 'if entry.locked:  # Locked memory keeps its content.',
    becomes: 'if False:',
    named: ['populate.locked'],
  },
  {
    name: 'a page that is wanted is dropped',
    line: 'advice == "free" and entry.state == PRESENT',
    becomes: 'advice == "page-out" and entry.state == PRESENT',
    named: ['advise.keeps-content'],
  },
  {
    name: 'a watch is lost in migration',
    line: '        entry.state = state\n        if not self.profile.tracks_moves:',
    becomes:
      '        entry.state, entry.watch = state, NOT_WATCHED\n        if not self.profile.tracks_moves:',
    named: ['watch.survives', 'watch.traps-store', 'watch.traps-missing'],
    profile: 'linux-6.1',
  },
  {
    name: 'a child is watched like its parent',
    line: '        self.watch = NOT_WATCHED\n        self.dirty = other.dirty',
    becomes: '        self.watch = other.watch\n        self.dirty = other.dirty',
    named: ['watch.own', 'watch.traps-store'],
    profile: 'linux-6.1',
  },
  {
    name: 'soft-dirty is lost in migration',
    line: 'if not self.profile.tracks_moves:\n            entry.dirty = True',
    becomes: 'if self.profile.tracks_moves:\n            entry.dirty = False',
    named: ['track.survives', 'track.store'],
    profile: 'linux-6.1',
  },
  {
    name: 'a limit is ignored at a hole that moves',
    line: 'if entry.state == UNPOPULATED and entry.process.group.full:',
    becomes: 'if False:',
    named: ['account.limit-holds'],
  },
  {
    name: 'a limit stands in the way back',
    line: 'if self.injections.strikes("oom", obj.entries):',
    becomes: 'if self.injections.strikes("oom", obj.entries) or obj.group.full:',
    named: ['account.limit-spares-return', 'fault.migrates-back', 'migrate.progress'],
  },
  {
    name: 'pages on the device stay with the old group',
    line: 'if entry.counted:  # Pages on a device as well.',
    becomes: 'if entry.counted and not entry.on_device:',
    named: ['account.join-moves'],
    profile: 'linux-6.1',
  },
];

/** Common mistakes about devices: their identity, their contents, and their presence. */
const OF_DEVICES: readonly Mistake[] = [
  {
    name: 'the owner is not asked for',
    line: 'if not entry.is_on(device):',
    becomes: 'if not entry.on_device:',
    named: ['devices.foreign-skipped'],
    profile: 'linux-6.1',
  },
  {
    name: 'a device uses the page of another in place',
    line: 'if self.profile.foreign_access_faults:',
    becomes: 'if False:',
    named: ['devices.foreign-access', 'devices.foreign-value', 'device.permission'],
    profile: 'linux-6.1',
  },
  {
    name: 'evict-all counts what it could not bring back',
    line: 'return world.evict_frames(world.device(command).frames).count(MOVED)',
    becomes: 'return len(world.evict_frames(world.device(command).frames))',
    named: ['migrate.evict-all'],
  },
  {
    name: 'a closed device forgets its pages',
    line: '    device.open = False',
    becomes: '    device.open = [obj.place.scrub() for obj in world.objects_on(device.frames)] is None',
    named: ['device.close-keeps', 'fault.last-value', 'migrate.transparent'],
  },
  {
    name: 'memory is added where the device is',
    line: 'if device.attached or device.range_is_used:',
    becomes: 'if device.range_is_used:',
    named: ['types.add-memory'],
  },
  {
    name: 'exclusive access survives a load',
    line: '        entry.end_exclusive()\n        if entry.traps(writes):',
    becomes: '        if entry.traps(writes):',
    named: ['exclusive.revoked'],
    profile: 'linux-6.1',
  },
  {
    name: 'an exchange needs no exclusive access',
    line: 'if entry.state != EXCLUSIVE:',
    becomes: 'if entry.object is None:',
    named: ['exclusive.exchange'],
    profile: 'linux-6.1',
  },
];

/** Common mistakes about concurrent commands. */
const OF_RACES: readonly Mistake[] = [
  {
    name: 'the callbacks of the first of two at once are lost',
    line: 'results[sides[1]] = COMMANDS[',
    becomes: 'results[sides[1]] = world.events.clear() or COMMANDS[',
    named: ['race.frame-accounting', 'race.page-fault-calls'],
  },
];

/** Host memory that all cases have in common is visible only in a case that runs after another. */
export const COMMON_HOST_MEMORY = {
  line: 'self.common_objects: Dict[Tuple[str, int], Object] = {}',
  becomes: 'self.common_objects = World.entry.__dict__',
};

export const MISTAKES: readonly Mistake[] = [...OF_PAGES, ...OF_ONLOOKERS, ...OF_DEVICES, ...OF_RACES];
