import type { InjectionKind } from '../../spec/vocabulary/command.ts';
import type { DriverEvent } from '../../spec/vocabulary/event.ts';
import { devicesIn } from '../../spec/vocabulary/scope.ts';
import type { Kernel } from './kernel.ts';
import { copyPage, FILLER, fillPage, type Page } from './page.ts';
import { type DevPagemap, type FaultResult, PAGEMAP_PRIVATE } from './pagemap.ts';
import type { Process } from './process.ts';
import type { DriverHarness } from './driver-harness.ts';

export interface DriverOptions {
  /** How many pages, aligned, a fault brings back at most; 1 for the touched one alone. */
  readonly chunk: number;
  /** Whether a device store through a READ entry gets a copy to write to, or fails. */
  readonly copiesOnWrite: boolean;
  /** Whether all devices have one owner, so that each uses the pages of the others as its own. */
  readonly oneOwner: boolean;
}

/** The lowest layer of the driver: the device's frames, which of them are free, and what fails on demand. */
export abstract class Device {
  readonly kernel: Kernel;
  readonly options: DriverOptions;
  /** Which device it is, among those of its world. */
  readonly number: number;
  readonly rig: DriverHarness;
  readonly pagemap: DevPagemap<Page>;
  /** The struct page of each frame. */
  readonly frames: readonly Page[];
  /** Free frames, by page number. The one freed last is taken first, so that mistakes with reuse show soon. */
  readonly freeFrames: number[];
  attached: boolean;

  constructor(kernel: Kernel, options: DriverOptions, number: number, rig: DriverHarness) {
    this.kernel = kernel;
    this.options = options;
    this.number = number;
    this.rig = rig;
    this.freeFrames = [];
    this.attached = true;
    this.pagemap = {
      type: PAGEMAP_PRIVATE,
      res: kernel.nextResource(kernel.scope.frames),
      ref: 0,
      owner: options.oneOwner && kernel.profile.ownersMatter ? kernel : this,
      dev: 'zone device',
      data: this,
      altmap: undefined,
      pageFault: (process, index, page) => this.pageFault(process, index, page),
      pageFree: (page) => this.pageFree(page),
    };
    this.frames = kernel.addDeviceMemory(this.pagemap, kernel.profile.idleCount, FILLER);
    this.startFrames();
  }

  /** The device starts: its driver's word in each struct page is the frame number, and all frames are free. */
  protected startFrames(): void {
    this.freeFrames.length = 0;
    const { start, count } = this.pagemap.res;
    for (let frame = count - 1; frame >= 0; frame--) {
      this.kernel.page(start + frame).data = this.number * count + frame;
      this.freeFrames.push(start + frame);
    }
    this.pagemap.ref = 0;
  }

  protected note(event: DriverEvent): void {
    this.rig.note(event);
  }

  /** Where there are several devices, it is told which was asked. */
  protected noteFault(slot: number, index: number, page: Page): void {
    const fault = { event: 'fault', process: slot, page: index, frame: page.data } as const;
    this.note(devicesIn(this.kernel.scope) === 1 ? fault : { ...fault, device: this.number });
  }

  protected abstract pageFault(slot: number, index: number, page: Page): FaultResult;

  /** A frame lost its last reference but the idle one: it is ours again. */
  protected pageFree(page: Page): void {
    this.note({ event: 'free', frame: page.data, refs: page.refs, maps: page.maps });
    fillPage(page, FILLER);
    this.pagemap.ref--;
    this.freeFrames.push(page.pfn);
  }

  /** Takes a free frame, with a reference to it; undefined where there is none. */
  protected allocateFrame(): Page | undefined {
    const pfn = this.freeFrames.pop();
    if (pfn === undefined) return undefined;
    const page = this.kernel.page(pfn);
    this.note({ event: 'alloc', frame: page.data });
    this.pagemap.ref++;
    // Where an idle frame has a reference that can be taken over, that is ours now.
    if (!this.kernel.profile.entryAllocatesIdleReference) this.kernel.getPage(page);
    return page;
  }

  protected copy(from: Page, to: Page): void {
    copyPage(from, to);
  }

  protected clear(page: Page): void {
    fillPage(page, 0);
  }

  /**
   * Whether an injection strikes the attempt on a page; one strike is used up then. A victim is who sees the page;
   * for a hole, which has the number 0, it is that place in that process.
   */
  protected strikes(kind: InjectionKind, pfn: number, process: Process | undefined, index: number): boolean {
    const { injections } = this.rig;
    const injection = injections.of(kind);
    if (injection === undefined) return false;
    const { victim } = injection;
    if (victim !== 'any') {
      const seen =
        pfn === 0
          ? victim.process === process?.slot && victim.page === index
          : this.kernel.sees(victim.process, victim.page, pfn);
      if (!seen) return false;
    }
    injections.use(injection);
    return true;
  }
}
