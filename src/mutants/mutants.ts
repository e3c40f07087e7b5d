import { findRequirement } from '../../spec/requirements/catalogue.ts';
import { adviceIgnoresTheLock } from './advice-ignores-the-lock.ts';
import { allocationIsNotCounted } from './allocation-is-not-counted.ts';
import { answersForTheNextPage } from './answers-for-the-next-page.ts';
import { askingForDirtBringsPagesBack } from './asking-for-dirt-brings-pages-back.ts';
import { askingForDirtTakesWriteAway } from './asking-for-dirt-takes-write-away.ts';
import { attachTakesAReference } from './attach-takes-a-reference.ts';
import { clearSparesDeviceEntries } from './clear-spares-device-entries.ts';
import { closeLosesTheWayBack } from './close-loses-the-way-back.ts';
import { closedDeviceTakesPages } from './closed-device-takes-pages.ts';
import { closedDeviceWorks } from './closed-device-works.ts';
import { coldAdviceCrashesOnDeviceEntries } from './cold-advice-crashes-on-device-entries.ts';
import { copyErrorGoesUnnoticed } from './copy-error-goes-unnoticed.ts';
import { copyOfAFileBeginsEmpty } from './copy-of-a-file-begins-empty.ts';
import { copyPassesTheLimit } from './copy-passes-the-limit.ts';
import { detachEvictsEveryDevice } from './detach-evicts-every-device.ts';
import { detachWithoutEviction } from './detach-without-eviction.ts';
import { deviceLoadAsksForWrite } from './device-load-asks-for-write.ts';
import { deviceLoadBringsThePageBack } from './device-load-brings-the-page-back.ts';
import { deviceLoadSkipsSystemMemory } from './device-load-skips-system-memory.ts';
import { devicePageCannotBeExclusive } from './device-page-cannot-be-exclusive.ts';
import { devicePagesAreNotInCore } from './device-pages-are-not-in-core.ts';
import { devicePagesAreNotResident } from './device-pages-are-not-resident.ts';
import { devicePagesHaveAGroupOfTheirOwn } from './device-pages-have-a-group-of-their-own.ts';
import { deviceReturnsToItsOldRangeOnly } from './device-returns-to-its-old-range-only.ts';
import { deviceStoreFailsAtHoles } from './device-store-fails-at-holes.ts';
import { deviceStoreKeepsAReference } from './device-store-keeps-a-reference.ts';
import { deviceStorePassesTheWatch } from './device-store-passes-the-watch.ts';
import { deviceStoreThroughRead } from './device-store-through-read.ts';
import { deviceWorksWhileDetached } from './device-works-while-detached.ts';
import { discardCrashesOnDeviceEntries } from './discard-crashes-on-device-entries.ts';
import { discardEmptiesSharedMemory } from './discard-empties-shared-memory.ts';
import { discardIgnoresTheLock } from './discard-ignores-the-lock.ts';
import { discardKeepsPoison } from './discard-keeps-poison.ts';
import { discardKeepsTheCopyOfAFile } from './discard-keeps-the-copy-of-a-file.ts';
import { discardLeavesTheWatch } from './discard-leaves-the-watch.ts';
import { discardSparesReadOnly } from './discard-spares-read-only.ts';
import { driverTakesAFrameInUse } from './driver-takes-a-frame-in-use.ts';
import { evictAllCountsWhatStayed } from './evict-all-counts-what-stayed.ts';
import { evictAllStopsAtAFailure } from './evict-all-stops-at-a-failure.ts';
import { evictForgetsToCopy } from './evict-forgets-to-copy.ts';
import { evictionMatchesAnyDeviceEntry } from './eviction-matches-any-device-entry.ts';
import { evictionMissesTheChild } from './eviction-misses-the-child.ts';
import { exchangeAnswersItsOwnValue } from './exchange-answers-its-own-value.ts';
import { exchangeIsTorn } from './exchange-is-torn.ts';
import { exchangeNeedsNoExclusiveAccess } from './exchange-needs-no-exclusive-access.ts';
import { exclusiveEntryIsTakenForPoison } from './exclusive-entry-is-taken-for-poison.ts';
import { exclusiveFrame } from './exclusive-frame.ts';
import { exclusivePageIsGivenAway } from './exclusive-page-is-given-away.ts';
import { exclusivePageLeavesTheAccounts } from './exclusive-page-leaves-the-accounts.ts';
import { exclusivePageLooksUnmapped } from './exclusive-page-looks-unmapped.ts';
import { exclusivePageMovesWithoutItsValue } from './exclusive-page-moves-without-its-value.ts';
import { exclusivePageStaysPresent } from './exclusive-page-stays-present.ts';
import { failedCopyKeepsItsFrame } from './failed-copy-keeps-its-frame.ts';
import { failedCopyLeavesAMigrationEntry } from './failed-copy-leaves-a-migration-entry.ts';
import { failedFaultPoisons } from './failed-fault-poisons.ts';
import { failedReturnDropsTheSource } from './failed-return-drops-the-source.ts';
import { failingNeighbourFailsTheTouch } from './failing-neighbour-fails-the-touch.ts';
import { failureEndsTheRange } from './failure-ends-the-range.ts';
import { faultAroundAsksTheDriver } from './fault-around-asks-the-driver.ts';
import { faultAsksTwice } from './fault-asks-twice.ts';
import { faultCallsTheFirstDriver } from './fault-calls-the-first-driver.ts';
import { faultKeepsAReference } from './fault-keeps-a-reference.ts';
import { faultResultIsSwallowed } from './fault-result-is-swallowed.ts';
import { filledHoleIsNotCounted } from './filled-hole-is-not-counted.ts';
import { filledHoleTakesNoReference } from './filled-hole-takes-no-reference.ts';
import { foreignAccessIsRefused } from './foreign-access-is-refused.ts';
import { foreignLoadReadsAnOwnFrame } from './foreign-load-reads-an-own-frame.ts';
import { foreignPageIsReadInPlace } from './foreign-page-is-read-in-place.ts';
import { forkBringsPagesBack } from './fork-brings-pages-back.ts';
import { forkCopiesExclusiveEntries } from './fork-copies-exclusive-entries.ts';
import { forkCopiesHostMemory } from './fork-copies-host-memory.ts';
import { forkCopiesNothingAtTheLimit } from './fork-copies-nothing-at-the-limit.ts';
import { forkCopiesSharedMemory } from './fork-copies-shared-memory.ts';
import { forkCountsNoMapping } from './fork-counts-no-mapping.ts';
import { forkForgetsPoison } from './fork-forgets-poison.ts';
import { forkGivesChildWrite } from './fork-gives-child-write.ts';
import { forkGivesTheChildAHole } from './fork-gives-the-child-a-hole.ts';
import { forkGivesThePinnedPageAway } from './fork-gives-the-pinned-page-away.ts';
import { forkHandsTheWatchOn } from './fork-hands-the-watch-on.ts';
import { forkInheritsTheLock } from './fork-inherits-the-lock.ts';
import { forkKeepsParentWrite } from './fork-keeps-parent-write.ts';
import { forkKeepsTheEntryFromBeforeAnEviction } from './fork-keeps-the-entry-from-before-an-eviction.ts';
import { forkLeavesTheParentExclusive } from './fork-leaves-the-parent-exclusive.ts';
import { forkTakesNoReference } from './fork-takes-no-reference.ts';
import { frameIsFreedToTheFirstDevice } from './frame-is-freed-to-the-first-device.ts';
import { freeDipsToZero } from './free-dips-to-zero.ts';
import { freedFrameCountsZero } from './freed-frame-counts-zero.ts';
import { freedFrameStaysCharged } from './freed-frame-stays-charged.ts';
import { freedWhileMapped } from './freed-while-mapped.ts';
import { halfAPageComesBack } from './half-a-page-comes-back.ts';
import { holeAtTheLimitKeepsAFrame } from './hole-at-the-limit-keeps-a-frame.ts';
import { holeFillsTheNextSlot } from './hole-fills-the-next-slot.ts';
import { holeIsNotCleared } from './hole-is-not-cleared.ts';
import { holeMigratesPastTheLimit } from './hole-migrates-past-the-limit.ts';
import { holeOfAFileMigrates } from './hole-of-a-file-migrates.ts';
import { holeOnTheDeviceIsChargedToTheFirstGroup } from './hole-on-the-device-is-charged-to-the-first-group.ts';
import { holeReadsAFreedPage } from './hole-reads-a-freed-page.ts';
import { hostMemoryMigrates } from './host-memory-migrates.ts';
import { hostStoreCallsPageFault } from './host-store-calls-page-fault.ts';
import { hotAddSucceeds } from './hot-add-succeeds.ts';
import { joinLeavesDevicePages } from './join-leaves-device-pages.ts';
import { joinMovesCharges } from './join-moves-charges.ts';
import { joinMovesNothing } from './join-moves-nothing.ts';
import { keptMappingKeepsThePage } from './kept-mapping-keeps-the-page.ts';
import { keptMappingStaysLocked } from './kept-mapping-stays-locked.ts';
import { kernelAccessGetsASignal } from './kernel-access-gets-a-signal.ts';
import { kernelAccessWithoutMemoryIsAFault } from './kernel-access-without-memory-is-a-fault.ts';
import { kernelLoadReadsTheFrame } from './kernel-load-reads-the-frame.ts';
import { kernelStoreGoesToTheFrame } from './kernel-store-goes-to-the-frame.ts';
import { kernelStoreLandsInTheSharedPage } from './kernel-store-lands-in-the-shared-page.ts';
import { kernelStoreLeavesThePageClean } from './kernel-store-leaves-the-page-clean.ts';
import { lateFaultCopiesOverThePage } from './late-fault-copies-over-the-page.ts';
import { lateStoreFillsAHoleAgain } from './late-store-fills-a-hole-again.ts';
import { loadFillsAWatchedHole } from './load-fills-a-watched-hole.ts';
import { loadLeavesThePageExclusive } from './load-leaves-the-page-exclusive.ts';
import { loadMakesThePageDirty } from './load-makes-the-page-dirty.ts';
import { loadReadsTheFrame } from './load-reads-the-frame.ts';
import { lockFailsWithItsPopulate } from './lock-fails-with-its-populate.ts';
import { lockedPageCannotComeBack } from './locked-page-cannot-come-back.ts';
import { lostFaultIsABusError } from './lost-fault-is-a-bus-error.ts';
import { lostFaultKeepsItsReference } from './lost-fault-keeps-its-reference.ts';
import { lostPageIsNotPoisoned } from './lost-page-is-not-poisoned.ts';
import { memoryIsAddedTwice } from './memory-is-added-twice.ts';
import { migrationBackCallsPageFault } from './migration-back-calls-page-fault.ts';
import { migrationChargesTheFirstGroup } from './migration-charges-the-first-group.ts';
import { migrationDropsTheCharge } from './migration-drops-the-charge.ts';
import { migrationForgetsSoftDirty } from './migration-forgets-soft-dirty.ts';
import { migrationForgetsTheWatch } from './migration-forgets-the-watch.ts';
import { migrationForgetsWrite } from './migration-forgets-write.ts';
import { migrationGrantsWrite } from './migration-grants-write.ts';
import { migrationMapsTheUnmapped } from './migration-maps-the-unmapped.ts';
import { migrationTakesForeignPages } from './migration-takes-foreign-pages.ts';
import { migrationTrustsWhatItCollected } from './migration-trusts-what-it-collected.ts';
import { moveBringsPagesBack } from './move-brings-pages-back.ts';
import { moveDropsDeviceEntries } from './move-drops-device-entries.ts';
import { moveForgetsTheOffset } from './move-forgets-the-offset.ts';
import { moveLeavesTheEntry } from './move-leaves-the-entry.ts';
import { moveMakesANewPage } from './move-makes-a-new-page.ts';
import { moveTakesAReference } from './move-takes-a-reference.ts';
import { moveTakesWriteAway } from './move-takes-write-away.ts';
import { movedPageComesBackToItsOldPlace } from './moved-page-comes-back-to-its-old-place.ts';
import { movedPageKeepsItsFrame } from './moved-page-keeps-its-frame.ts';
import { oneSharerComesBack } from './one-sharer-comes-back.ts';
import { oneSharerMoves } from './one-sharer-moves.ts';
import { oomBecomesSigbus } from './oom-becomes-sigbus.ts';
import { oomPoisons } from './oom-poisons.ts';
import { ownReferenceBlocksTheReturn } from './own-reference-blocks-the-return.ts';
import { pageFreeAfterCloseCrashes } from './page-free-after-close-crashes.ts';
import { pageFreeTwice } from './page-free-twice.ts';
import { pageGivenAwayIsDroppedAfterAStore } from './page-given-away-is-dropped-after-a-store.ts';
import { pageMapBringsPagesBack } from './page-map-brings-pages-back.ts';
import { pageMapCrashesOnDeviceEntries } from './page-map-crashes-on-device-entries.ts';
import { pageMapGoesOnTellingWhoIsAlone } from './page-map-goes-on-telling-who-is-alone.ts';
import { pageMapTakesSharersForOne } from './page-map-takes-sharers-for-one.ts';
import { pageMapTellsDevicePagesPresent } from './page-map-tells-device-pages-present.ts';
import { pageMapTellsNobodyAlone } from './page-map-tells-nobody-alone.ts';
import { pageMovesFromDeviceToDevice } from './page-moves-from-device-to-device.ts';
import { pageOfAFileMigrates } from './page-of-a-file-migrates.ts';
import { pageOutDropsDevicePages } from './page-out-drops-device-pages.ts';
import { pageOutDropsPages } from './page-out-drops-pages.ts';
import { pageOutTakesAnExclusivePageForAPresentOne } from './page-out-takes-an-exclusive-page-for-a-present-one.ts';
import { pageThatIsPinnedIsDropped } from './page-that-is-pinned-is-dropped.ts';
import { peekFaults } from './peek-faults.ts';
import { peekReadsAFreedPage } from './peek-reads-a-freed-page.ts';
import { peekReadsTheFrame } from './peek-reads-the-frame.ts';
import { peekTakesExclusivePagesBack } from './peek-takes-exclusive-pages-back.ts';
import { permissionAfterTheCallback } from './permission-after-the-callback.ts';
import { pinFollowsTheWriter } from './pin-follows-the-writer.ts';
import { pinNeedsNoWrite } from './pin-needs-no-write.ts';
import { pinPassesTheWatch } from './pin-passes-the-watch.ts';
import { pinReplacesAPin } from './pin-replaces-a-pin.ts';
import { pinStaysOnTheDevice } from './pin-stays-on-the-device.ts';
import { pinWithoutMemoryIsAFault } from './pin-without-memory-is-a-fault.ts';
import { pinnedPageLosesItsEntry } from './pinned-page-loses-its-entry.ts';
import { pinnedPageMoves } from './pinned-page-moves.ts';
import { placementAdviceBringsPagesBack } from './placement-advice-brings-pages-back.ts';
import { placementAdviceCrashesOnDeviceEntries } from './placement-advice-crashes-on-device-entries.ts';
import { poisonIsNotInCore } from './poison-is-not-in-core.ts';
import { poisonKeepsTheFrame } from './poison-keeps-the-frame.ts';
import { poisonReadsAsAHole } from './poison-reads-as-a-hole.ts';
import { poisonSpreadsToSharers } from './poison-spreads-to-sharers.ts';
import { poisonStaysResident } from './poison-stays-resident.ts';
import { populateOfNothingIsAFault } from './populate-of-nothing-is-a-fault.ts';
import { populateOnlyReads } from './populate-only-reads.ts';
import { populatePassesOverTheDevice } from './populate-passes-over-the-device.ts';
import { populateSwallowsErrors } from './populate-swallows-errors.ts';
import { protectBringsPagesBack } from './protect-brings-pages-back.ts';
import { protectKeepsWrite } from './protect-keeps-write.ts';
import { protectPassesOverHoles } from './protect-passes-over-holes.ts';
import { protectStripsTheWatch } from './protect-strips-the-watch.ts';
import { protectUpgrades } from './protect-upgrades.ts';
import { racingFaultNamesTheChunk } from './racing-fault-names-the-chunk.ts';
import { readOnlyPageIsMadeExclusive } from './read-only-page-is-made-exclusive.ts';
import { referenceIsBackBeforeTheCallback } from './reference-is-back-before-the-callback.ts';
import { refusedMemoryStartsTheFramesAnew } from './refused-memory-starts-the-frames-anew.ts';
import { returnForgetsSoftDirty } from './return-forgets-soft-dirty.ts';
import { returnIsChargedToTheToucher } from './return-is-charged-to-the-toucher.ts';
import { returnNeedsRoomInTheGroup } from './return-needs-room-in-the-group.ts';
import { reusedFrameKeepsItsOldMapping } from './reused-frame-keeps-its-old-mapping.ts';
import { rmapLooksWherePagesBegan } from './rmap-looks-where-pages-began.ts';
import { rmapSkipsReadEntries } from './rmap-skips-read-entries.ts';
import { secondAttachSucceeds } from './second-attach-succeeds.ts';
import { secondCloseSucceeds } from './second-close-succeeds.ts';
import { sharedEntryComesBackWritable } from './shared-entry-comes-back-writable.ts';
import { sharedMemoryMigrates } from './shared-memory-migrates.ts';
import { sharedPageIsGivenAway } from './shared-page-is-given-away.ts';
import { sharedUnmapCrashes } from './shared-unmap-crashes.ts';
import { sharersLookLikePins } from './sharers-look-like-pins.ts';
import { sharingIsBrokenBeforeTheWatch } from './sharing-is-broken-before-the-watch.ts';
import { skipKeepsItsReference } from './skip-keeps-its-reference.ts';
import { smapsLeavesDevicePagesOut } from './smaps-leaves-device-pages-out.ts';
import { smapsLeavesExclusivePagesOut } from './smaps-leaves-exclusive-pages-out.ts';
import { smapsTakesExclusivePagesBack } from './smaps-takes-exclusive-pages-back.ts';
import { softDirtyIsReadOfTheType } from './soft-dirty-is-read-of-the-type.ts';
import { storeFillsAWatchedHole } from './store-fills-a-watched-hole.ts';
import { storeGoesToTheFile } from './store-goes-to-the-file.ts';
import { storeLandsInTheSharedPage } from './store-lands-in-the-shared-page.ts';
import { storeLeavesThePageClean } from './store-leaves-the-page-clean.ts';
import { storePassesTheLimit } from './store-passes-the-limit.ts';
import { swapTakesTheDeviceTypes } from './swap-takes-the-device-types.ts';
import { takenFrameGetsASecondReference } from './taken-frame-gets-a-second-reference.ts';
import { takingBackDropsAReference } from './taking-back-drops-a-reference.ts';
import { takingBackStripsTheWatch } from './taking-back-strips-the-watch.ts';
import { unmapAsksTheDriver } from './unmap-asks-the-driver.ts';
import { unmapDropsTwoReferences } from './unmap-drops-two-references.ts';
import { unmapDropsWhatItHadRead } from './unmap-drops-what-it-had-read.ts';
import { unmapEmptiesEverySharer } from './unmap-empties-every-sharer.ts';
import { unmapLeavesThePermission } from './unmap-leaves-the-permission.ts';
import { unmapReachesTheNextPage } from './unmap-reaches-the-next-page.ts';
import { unmapTakesAnExclusiveEntryForSwap } from './unmap-takes-an-exclusive-entry-for-swap.ts';
import { unmapWipesAPinnedPage } from './unmap-wipes-a-pinned-page.ts';
import { watchCannotBeEndedOnTheDevice } from './watch-cannot-be-ended-on-the-device.ts';
import { watchIsReadOfTheFlavour } from './watch-is-read-of-the-flavour.ts';
import { watchLeavesWrite } from './watch-leaves-write.ts';
import { watchReachesOtherSharers } from './watch-reaches-other-sharers.ts';
import { watchedHoleKeepsAFrame } from './watched-hole-keeps-a-frame.ts';
import { watchedHoleMigrates } from './watched-hole-migrates.ts';
import { watchedPageCannotComeBack } from './watched-page-cannot-come-back.ts';
import { watchedPageTrapsLoads } from './watched-page-traps-loads.ts';
import { writeIsReadOfTheSoftDirtyBit } from './write-is-read-of-the-soft-dirty-bit.ts';
import { zapTakesADeviceEntryForSwap } from './zap-takes-a-device-entry-for-swap.ts';
import type { Mutant } from './mutant.ts';

/** Every planted bug, in the order of the requirements that they are about; the mild ones last. */
export const MUTANTS: readonly Mutant[] = [
  freeDipsToZero,
  attachTakesAReference,
  skipKeepsItsReference,
  freedFrameCountsZero,
  moveTakesAReference,
  takenFrameGetsASecondReference,
  filledHoleIsNotCounted,
  pageFreeTwice,
  faultKeepsAReference,
  freedWhileMapped,
  filledHoleTakesNoReference,
  referenceIsBackBeforeTheCallback,
  driverTakesAFrameInUse,
  refusedMemoryStartsTheFramesAnew,
  ownReferenceBlocksTheReturn,
  reusedFrameKeepsItsOldMapping,
  lockedPageCannotComeBack,
  moveForgetsTheOffset,
  rmapLooksWherePagesBegan,
  watchCannotBeEndedOnTheDevice,
  watchIsReadOfTheFlavour,
  faultAsksTwice,
  loadReadsTheFrame,
  faultAroundAsksTheDriver,
  halfAPageComesBack,
  exclusivePageMovesWithoutItsValue,
  permissionAfterTheCallback,
  oneSharerComesBack,
  failingNeighbourFailsTheTouch,
  movedPageComesBackToItsOldPlace,
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
  kernelStoreLandsInTheSharedPage,
  populateOnlyReads,
  unmapEmptiesEverySharer,
  pinFollowsTheWriter,
  forkGivesThePinnedPageAway,
  protectKeepsWrite,
  protectUpgrades,
  sharedEntryComesBackWritable,
  writeIsReadOfTheSoftDirtyBit,
  protectBringsPagesBack,
  protectPassesOverHoles,
  discardSparesReadOnly,
  forkInheritsTheLock,
  keptMappingStaysLocked,
  zapTakesADeviceEntryForSwap,
  unmapDropsTwoReferences,
  unmapAsksTheDriver,
  holeReadsAFreedPage,
  unmapLeavesThePermission,
  evictForgetsToCopy,
  answersForTheNextPage,
  oneSharerMoves,
  migrationGrantsWrite,
  holeIsNotCleared,
  migrationMapsTheUnmapped,
  pinnedPageLosesItsEntry,
  failedCopyLeavesAMigrationEntry,
  failedCopyKeepsItsFrame,
  failureEndsTheRange,
  migrationBackCallsPageFault,
  holeFillsTheNextSlot,
  movedPageKeepsItsFrame,
  allocationIsNotCounted,
  detachWithoutEviction,
  frameIsFreedToTheFirstDevice,
  evictAllCountsWhatStayed,
  deviceLoadSkipsSystemMemory,
  deviceLoadBringsThePageBack,
  deviceLoadAsksForWrite,
  deviceStoreFailsAtHoles,
  deviceStoreThroughRead,
  deviceStoreKeepsAReference,
  deviceWorksWhileDetached,
  secondAttachSucceeds,
  deviceReturnsToItsOldRangeOnly,
  closedDeviceTakesPages,
  closedDeviceWorks,
  secondCloseSucceeds,
  closeLosesTheWayBack,
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
  forkCopiesSharedMemory,
  discardEmptiesSharedMemory,
  sharedMemoryMigrates,
  holeOfAFileMigrates,
  pageOfAFileMigrates,
  copyOfAFileBeginsEmpty,
  hotAddSucceeds,
  memoryIsAddedTwice,
  kernelLoadReadsTheFrame,
  kernelStoreGoesToTheFrame,
  kernelAccessGetsASignal,
  kernelAccessWithoutMemoryIsAFault,
  peekFaults,
  peekReadsTheFrame,
  peekReadsAFreedPage,
  moveLeavesTheEntry,
  moveTakesWriteAway,
  moveBringsPagesBack,
  moveDropsDeviceEntries,
  moveMakesANewPage,
  keptMappingKeepsThePage,
  populatePassesOverTheDevice,
  populateOfNothingIsAFault,
  populateSwallowsErrors,
  discardIgnoresTheLock,
  lockFailsWithItsPopulate,
  pageOutDropsDevicePages,
  placementAdviceBringsPagesBack,
  exclusivePageIsGivenAway,
  pageGivenAwayIsDroppedAfterAStore,
  pageOutDropsPages,
  pageThatIsPinnedIsDropped,
  sharedPageIsGivenAway,
  adviceIgnoresTheLock,
  faultCallsTheFirstDriver,
  migrationTakesForeignPages,
  pageMovesFromDeviceToDevice,
  foreignAccessIsRefused,
  foreignPageIsReadInPlace,
  foreignLoadReadsAnOwnFrame,
  detachEvictsEveryDevice,
  exclusivePageStaysPresent,
  devicePageCannotBeExclusive,
  exclusiveFrame,
  readOnlyPageIsMadeExclusive,
  exchangeAnswersItsOwnValue,
  exchangeIsTorn,
  exchangeNeedsNoExclusiveAccess,
  exclusiveEntryIsTakenForPoison,
  loadLeavesThePageExclusive,
  forkCopiesExclusiveEntries,
  forkLeavesTheParentExclusive,
  loadMakesThePageDirty,
  kernelStoreLeavesThePageClean,
  storeLeavesThePageClean,
  askingForDirtBringsPagesBack,
  askingForDirtTakesWriteAway,
  clearSparesDeviceEntries,
  migrationForgetsSoftDirty,
  returnForgetsSoftDirty,
  softDirtyIsReadOfTheType,
  loadFillsAWatchedHole,
  storeFillsAWatchedHole,
  watchedHoleKeepsAFrame,
  watchedHoleMigrates,
  deviceStorePassesTheWatch,
  pinPassesTheWatch,
  sharingIsBrokenBeforeTheWatch,
  takingBackStripsTheWatch,
  watchLeavesWrite,
  watchedPageCannotComeBack,
  watchedPageTrapsLoads,
  migrationForgetsTheWatch,
  protectStripsTheWatch,
  discardLeavesTheWatch,
  forkHandsTheWatchOn,
  watchReachesOtherSharers,
  pageMapBringsPagesBack,
  smapsTakesExclusivePagesBack,
  pageMapGoesOnTellingWhoIsAlone,
  pageMapTellsDevicePagesPresent,
  pageMapTakesSharersForOne,
  pageMapTellsNobodyAlone,
  devicePagesAreNotInCore,
  poisonIsNotInCore,
  smapsLeavesDevicePagesOut,
  smapsLeavesExclusivePagesOut,
  poisonStaysResident,
  devicePagesAreNotResident,
  discardKeepsTheCopyOfAFile,
  exclusivePageLeavesTheAccounts,
  storeGoesToTheFile,
  migrationDropsTheCharge,
  freedFrameStaysCharged,
  exclusivePageLooksUnmapped,
  takingBackDropsAReference,
  unmapTakesAnExclusiveEntryForSwap,
  devicePagesHaveAGroupOfTheirOwn,
  holeOnTheDeviceIsChargedToTheFirstGroup,
  migrationChargesTheFirstGroup,
  joinLeavesDevicePages,
  joinMovesNothing,
  joinMovesCharges,
  returnIsChargedToTheToucher,
  copyPassesTheLimit,
  holeAtTheLimitKeepsAFrame,
  holeMigratesPastTheLimit,
  storePassesTheLimit,
  returnNeedsRoomInTheGroup,
  sharedUnmapCrashes,
  discardCrashesOnDeviceEntries,
  coldAdviceCrashesOnDeviceEntries,
  pageFreeAfterCloseCrashes,
  pageMapCrashesOnDeviceEntries,
  pageOutTakesAnExclusivePageForAPresentOne,
  placementAdviceCrashesOnDeviceEntries,
  evictionMatchesAnyDeviceEntry,
  unmapReachesTheNextPage,
  forkCopiesNothingAtTheLimit,
  peekTakesExclusivePagesBack,
  faultResultIsSwallowed,
  rmapSkipsReadEntries,
  migrationForgetsWrite,
  sharersLookLikePins,
  evictAllStopsAtAFailure,
  lateFaultCopiesOverThePage,
  lostFaultKeepsItsReference,
  lostFaultIsABusError,
  racingFaultNamesTheChunk,
  lateStoreFillsAHoleAgain,
  unmapDropsWhatItHadRead,
  evictionMissesTheChild,
  forkKeepsTheEntryFromBeforeAnEviction,
  migrationTrustsWhatItCollected,
];

const byId = new Map<string, Mutant>(MUTANTS.map((mutant) => [mutant.id, mutant]));

/** Whether a mutant breaks only a SHOULD: a run counts that, and fails by it under `--strict` alone. */
export const isMild = ({ primary }: Mutant): boolean => findRequirement(primary)?.level === 'SHOULD';

/** The mutant with this id, if there is one. */
export const mutantById = (id: string): Mutant | undefined => byId.get(id);
