/** Requirement ids before version 0.1.0, by their current ids. Files that name the old ids are still read. */
const RENAMED: ReadonlyMap<string, string> = new Map([
  ['race.books', 'race.frame-accounting'],
  ['race.calls', 'race.page-fault-calls'],
  ['robust.survives', 'robust.no-crash'],
  ['robust.answers', 'robust.terminates'],
  ['query.quiet', 'query.no-callbacks'],
  ['track.quiet', 'track.no-callbacks'],
  ['unmap.quiet', 'unmap.no-callbacks'],
  ['protect.quiet', 'protect.no-callbacks'],
  ['device.load-quiet', 'device.load-no-callbacks'],
  ['fork.quiet', 'fork.no-callbacks'],
  ['move.quiet', 'move.no-callbacks'],
  ['migrate.quiet', 'migrate.no-callbacks'],
  ['types.host-quiet', 'types.host-no-callbacks'],
  ['device.store-lands', 'device.store-visible'],
  ['devices.apart', 'devices.isolated'],
  ['unmap.then-refused', 'unmap.access-faults'],
  ['migrate.vector', 'migrate.result-per-page'],
  ['pin.stays-put', 'pin.blocks-migration'],
  ['kernel.peek-stays', 'kernel.nofault-does-not-migrate'],
  ['kernel.peek-value', 'kernel.nofault-value'],
  ['kernel.access-lands', 'kernel.store-visible'],
  ['fault.brings-back', 'fault.migrates-back'],
  ['populate.brings-back', 'populate.migrates-back'],
  ['pin.brings-back', 'pin.migrates-back'],
  ['migrate.hole-is-zero', 'migrate.unpopulated-is-zero'],
  ['types.hot-add', 'types.add-memory'],
]);

/** The current id of a requirement; an id that was never renamed is returned as it is. */
export const currentId = (id: string): string => RENAMED.get(id) ?? id;
