import { findRequirement } from '../../spec/requirements/catalogue.ts';
import { allocationIsNotCounted } from './allocation-is-not-counted.ts';
import { answersForTheNextPage } from './answers-for-the-next-page.ts';
import { attachTakesAReference } from './attach-takes-a-reference.ts';
import { copyErrorGoesUnnoticed } from './copy-error-goes-unnoticed.ts';
import { detachWithoutEviction } from './detach-without-eviction.ts';
import { deviceLoadAsksForWrite } from './device-load-asks-for-write.ts';
import { deviceLoadBringsThePageBack } from './device-load-brings-the-page-back.ts';
import { deviceLoadSkipsSystemMemory } from './device-load-skips-system-memory.ts';
import { devicePagesAreNotResident } from './device-pages-are-not-resident.ts';
import { deviceStoreFailsAtHoles } from './device-store-fails-at-holes.ts';
import { deviceStoreKeepsAReference } from './device-store-keeps-a-reference.ts';
import { deviceStoreThroughRead } from './device-store-through-read.ts';
import { deviceWorksWhileDetached } from './device-works-while-detached.ts';
import { discardCrashesOnDeviceEntries } from './discard-crashes-on-device-entries.ts';
import { discardKeepsPoison } from './discard-keeps-poison.ts';
import { discardSparesReadOnly } from './discard-spares-read-only.ts';
import { driverTakesAFrameInUse } from './driver-takes-a-frame-in-use.ts';
import { evictForgetsToCopy } from './evict-forgets-to-copy.ts';
import { evictionMatchesAnyDeviceEntry } from './eviction-matches-any-device-entry.ts';
import { failedCopyKeepsItsFrame } from './failed-copy-keeps-its-frame.ts';
import { failedCopyLeavesAMigrationEntry } from './failed-copy-leaves-a-migration-entry.ts';
import { failedFaultPoisons } from './failed-fault-poisons.ts';
import { failedReturnDropsTheSource } from './failed-return-drops-the-source.ts';
import { failingNeighbourFailsTheTouch } from './failing-neighbour-fails-the-touch.ts';
import { failureEndsTheRange } from './failure-ends-the-range.ts';
import { faultAroundAsksTheDriver } from './fault-around-asks-the-driver.ts';
import { faultAsksTwice } from './fault-asks-twice.ts';
import { faultKeepsAReference } from './fault-keeps-a-reference.ts';
import { faultResultIsSwallowed } from './fault-result-is-swallowed.ts';
import { filledHoleIsNotCounted } from './filled-hole-is-not-counted.ts';
import { filledHoleTakesNoReference } from './filled-hole-takes-no-reference.ts';
import { forkBringsPagesBack } from './fork-brings-pages-back.ts';
import { forkCopiesHostMemory } from './fork-copies-host-memory.ts';
import { forkCountsNoMapping } from './fork-counts-no-mapping.ts';
import { forkForgetsPoison } from './fork-forgets-poison.ts';
import { forkGivesChildWrite } from './fork-gives-child-write.ts';
import { forkGivesTheChildAHole } from './fork-gives-the-child-a-hole.ts';
import { forkGivesThePinnedPageAway } from './fork-gives-the-pinned-page-away.ts';
import { forkKeepsParentWrite } from './fork-keeps-parent-write.ts';
import { forkTakesNoReference } from './fork-takes-no-reference.ts';
import { freeDipsToZero } from './free-dips-to-zero.ts';
import { freedFrameStaysCharged } from './freed-frame-stays-charged.ts';
import { freedWhileMapped } from './freed-while-mapped.ts';
import { halfAPageComesBack } from './half-a-page-comes-back.ts';
import { holeFillsTheNextSlot } from './hole-fills-the-next-slot.ts';
import { holeIsNotCleared } from './hole-is-not-cleared.ts';
import { holeReadsAFreedPage } from './hole-reads-a-freed-page.ts';
import { hostMemoryMigrates } from './host-memory-migrates.ts';
import { hostStoreCallsPageFault } from './host-store-calls-page-fault.ts';
import { loadReadsTheFrame } from './load-reads-the-frame.ts';
import { lostPageIsNotPoisoned } from './lost-page-is-not-poisoned.ts';
import { migrationBackCallsPageFault } from './migration-back-calls-page-fault.ts';
import { migrationDropsTheCharge } from './migration-drops-the-charge.ts';
import { migrationForgetsWrite } from './migration-forgets-write.ts';
import { migrationGrantsWrite } from './migration-grants-write.ts';
import { migrationMapsTheUnmapped } from './migration-maps-the-unmapped.ts';
import { movedPageKeepsItsFrame } from './moved-page-keeps-its-frame.ts';
import { oneSharerComesBack } from './one-sharer-comes-back.ts';
import { oneSharerMoves } from './one-sharer-moves.ts';
import { oomBecomesSigbus } from './oom-becomes-sigbus.ts';
import { oomPoisons } from './oom-poisons.ts';
import { ownReferenceBlocksTheReturn } from './own-reference-blocks-the-return.ts';
import { pageFreeTwice } from './page-free-twice.ts';
import { permissionAfterTheCallback } from './permission-after-the-callback.ts';
import { pinFollowsTheWriter } from './pin-follows-the-writer.ts';
import { pinNeedsNoWrite } from './pin-needs-no-write.ts';
import { pinReplacesAPin } from './pin-replaces-a-pin.ts';
import { pinStaysOnTheDevice } from './pin-stays-on-the-device.ts';
import { pinWithoutMemoryIsAFault } from './pin-without-memory-is-a-fault.ts';
import { pinnedPageLosesItsEntry } from './pinned-page-loses-its-entry.ts';
import { pinnedPageMoves } from './pinned-page-moves.ts';
import { poisonKeepsTheFrame } from './poison-keeps-the-frame.ts';
import { poisonReadsAsAHole } from './poison-reads-as-a-hole.ts';
import { poisonSpreadsToSharers } from './poison-spreads-to-sharers.ts';
import { poisonStaysResident } from './poison-stays-resident.ts';
import { protectBringsPagesBack } from './protect-brings-pages-back.ts';
import { protectKeepsWrite } from './protect-keeps-write.ts';
import { protectPassesOverHoles } from './protect-passes-over-holes.ts';
import { protectUpgrades } from './protect-upgrades.ts';
import { reusedFrameKeepsItsOldMapping } from './reused-frame-keeps-its-old-mapping.ts';
import { rmapSkipsReadEntries } from './rmap-skips-read-entries.ts';
import { secondAttachSucceeds } from './second-attach-succeeds.ts';
import { sharedEntryComesBackWritable } from './shared-entry-comes-back-writable.ts';
import { sharedUnmapCrashes } from './shared-unmap-crashes.ts';
import { sharersLookLikePins } from './sharers-look-like-pins.ts';
import { skipKeepsItsReference } from './skip-keeps-its-reference.ts';
import { storeLandsInTheSharedPage } from './store-lands-in-the-shared-page.ts';
import { swapTakesTheDeviceTypes } from './swap-takes-the-device-types.ts';
import { unmapAsksTheDriver } from './unmap-asks-the-driver.ts';
import { unmapDropsTwoReferences } from './unmap-drops-two-references.ts';
import { unmapEmptiesEverySharer } from './unmap-empties-every-sharer.ts';
import { unmapLeavesThePermission } from './unmap-leaves-the-permission.ts';
import { unmapReachesTheNextPage } from './unmap-reaches-the-next-page.ts';
import { unmapWipesAPinnedPage } from './unmap-wipes-a-pinned-page.ts';
import { zapTakesADeviceEntryForSwap } from './zap-takes-a-device-entry-for-swap.ts';
import type { Mutant } from './mutant.ts';

/** Every planted bug, in the order of the requirements that they are about; the mild ones last. */
export const MUTANTS: readonly Mutant[] = [
  freeDipsToZero,
  attachTakesAReference,
  skipKeepsItsReference,
  filledHoleIsNotCounted,
  pageFreeTwice,
  faultKeepsAReference,
  freedWhileMapped,
  filledHoleTakesNoReference,
  driverTakesAFrameInUse,
  ownReferenceBlocksTheReturn,
  reusedFrameKeepsItsOldMapping,
  faultAsksTwice,
  loadReadsTheFrame,
  faultAroundAsksTheDriver,
  halfAPageComesBack,
  permissionAfterTheCallback,
  oneSharerComesBack,
  failingNeighbourFailsTheTouch,
  copyErrorGoesUnnoticed,
  lostPageIsNotPoisoned,
  poisonReadsAsAHole,
  poisonKeepsTheFrame,
  poisonSpreadsToSharers,
  discardKeepsPoison,
  forkForgetsPoison,
  failedFaultPoisons,
  failedReturnDropsTheSource,
  oomBecomesSigbus,
  oomPoisons,
  forkGivesTheChildAHole,
  forkBringsPagesBack,
  forkKeepsParentWrite,
  forkGivesChildWrite,
  forkTakesNoReference,
  forkCountsNoMapping,
  storeLandsInTheSharedPage,
  unmapEmptiesEverySharer,
  pinFollowsTheWriter,
  forkGivesThePinnedPageAway,
  protectKeepsWrite,
  protectUpgrades,
  protectBringsPagesBack,
  protectPassesOverHoles,
  discardSparesReadOnly,
  zapTakesADeviceEntryForSwap,
  unmapDropsTwoReferences,
  unmapAsksTheDriver,
  holeReadsAFreedPage,
  unmapLeavesThePermission,
  evictForgetsToCopy,
  answersForTheNextPage,
  holeFillsTheNextSlot,
  movedPageKeepsItsFrame,
  oneSharerMoves,
  migrationGrantsWrite,
  holeIsNotCleared,
  migrationMapsTheUnmapped,
  pinnedPageLosesItsEntry,
  failedCopyLeavesAMigrationEntry,
  failedCopyKeepsItsFrame,
  failureEndsTheRange,
  migrationBackCallsPageFault,
  allocationIsNotCounted,
  detachWithoutEviction,
  sharedEntryComesBackWritable,
  deviceLoadSkipsSystemMemory,
  deviceLoadBringsThePageBack,
  deviceLoadAsksForWrite,
  deviceStoreFailsAtHoles,
  deviceStoreThroughRead,
  deviceStoreKeepsAReference,
  deviceWorksWhileDetached,
  secondAttachSucceeds,
  pinStaysOnTheDevice,
  pinnedPageMoves,
  unmapWipesAPinnedPage,
  pinNeedsNoWrite,
  pinWithoutMemoryIsAFault,
  pinReplacesAPin,
  forkCopiesHostMemory,
  hostMemoryMigrates,
  hostStoreCallsPageFault,
  swapTakesTheDeviceTypes,
  poisonStaysResident,
  devicePagesAreNotResident,
  migrationDropsTheCharge,
  freedFrameStaysCharged,
  sharedUnmapCrashes,
  discardCrashesOnDeviceEntries,
  evictionMatchesAnyDeviceEntry,
  unmapReachesTheNextPage,
  faultResultIsSwallowed,
  rmapSkipsReadEntries,
  migrationForgetsWrite,
  sharersLookLikePins,
];

const byId = new Map<string, Mutant>(MUTANTS.map((mutant) => [mutant.id, mutant]));

/** Whether a mutant breaks only a SHOULD: a run counts that, and fails by it under `--strict` alone. */
export const isMild = ({ primary }: Mutant): boolean => findRequirement(primary)?.level === 'SHOULD';

/** The mutant with this id, if there is one. */
export const mutantById = (id: string): Mutant | undefined => byId.get(id);
