/* SPDX-License-Identifier: GPL-2.0 */
#ifndef ZDC_H
#define ZDC_H

#include <linux/memremap.h>
#include <linux/migrate.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

#include "kernel.h"
#include "mutant.h"
#include "zdc_uapi.h"

/*
 * Device memory consists of chunks of 2 MB, the smallest unit that can be added, and the size of a
 * large folio. In a world with blocks a chunk is a block of frames; otherwise only its first base
 * pages are frames.
 */
#define ZDC_CHUNK_FRAMES 16
#define ZDC_CHUNK_PAGES (SZ_2M / PAGE_SIZE)
#define ZDC_CHUNKS (ZDC_FRAMES / 2)
#define ZDC_BASE_CHUNKS (ZDC_FRAMES / ZDC_CHUNK_FRAMES)

/**
 * struct zdc_frame - a run of base pages of the device
 * @page: its first struct page, without memory that a CPU could address
 * @chunk: its chunk
 * @device: its device
 * @number: its number on its device
 * @used: the number of its base pages that are in use, under zdc.lock
 */
struct zdc_frame {
	struct page *page;
	struct zdc_chunk *chunk;
	struct zdc_device *device;
	u8 number;
	u16 used;
};

/**
 * struct zdc_chunk - a range of physical addresses
 * @region: the addresses; NULL after they were given up
 * @pagemap: the argument of memremap_pages()
 * @attached: whether it has struct pages
 * @memory: system pages with the content of its base pages; NULL beyond the last frame
 * @frames: its frames
 * @split: during a split of its large folio, the number of base pages that have left
 */
struct zdc_chunk {
	struct resource *region;
	struct dev_pagemap pagemap;
	bool attached;
	struct page *memory[ZDC_CHUNK_PAGES];
	struct zdc_frame frames[ZDC_CHUNK_FRAMES];
	unsigned int split;
};

struct zdc_injection {
	bool armed;
	int process;
	unsigned int page;
	int remaining;
};

/**
 * struct zdc_process - a process of the case, and the page table of each device for it
 * @mm: its memory; NULL while the slot is free
 * @task: its task
 * @notifier: empties @mirror
 * @lock: guards @mirror
 * @mirror: results of hmm_range_fault() for each base page, of one device after the other; 0 where
 *          there is no valid one
 * @results: for one call of hmm_range_fault(), under zdc.mutex
 */
struct zdc_process {
	struct mm_struct *mm;
	struct task_struct *task;
	struct mmu_interval_notifier notifier;
	spinlock_t lock; /* guards mirror */
	unsigned long *mirror;
	unsigned long *results;
};

/**
 * struct zdc_device - a device
 * @number: its number
 * @attached: whether it has struct pages
 * @open: whether it is in use; a closed device keeps its memory
 * @chunks: its memory
 * @range: the address of its memory, for hot-add
 * @lost_range: whether ordinary memory was added there
 * @free: the numbers of its free frames, under zdc.lock
 * @free_count: their count, under zdc.lock
 */
struct zdc_device {
	u8 number;
	bool attached;
	bool open;
	struct zdc_chunk *chunks[ZDC_CHUNKS];
	u64 range;
	bool lost_range;
	u8 free[ZDC_FRAMES];
	unsigned int free_count;
};

/**
 * struct zdc_world - everything that a case can change
 * @mutex: serializes the ioctls; never taken in a callback
 * @lock: guards free frames, injections and the log; callbacks take it in atomic context
 * @size: the numbers of devices and frames of the case
 * @run: the number of base pages in a page of the case
 * @devices: the devices
 * @injections: the injected failures
 * @processes: the processes of the case
 * @pins: the base pages of each pinned page; NULL for a free slot
 * @log: the log of callbacks, which the agent maps
 */
struct zdc_world {
	struct mutex mutex; /* serializes the ioctls */
	spinlock_t lock; /* guards free frames, injections and the log */
	struct zdc_world_size size;
	unsigned int run;
	struct zdc_device devices[ZDC_DEVICES];
	struct zdc_injection injections[ZDC_INJECTIONS];
	struct zdc_process processes[ZDC_PROCESSES];
	struct page **pins[ZDC_SLOTS];
	struct zdc_log *log;
};

extern struct zdc_world zdc;

/*
 * The part of a range that is in one mapping: the unit of migrate_vma_setup(). A large folio whose
 * split is to be refused is held meanwhile.
 */
struct zdc_migration {
	struct migrate_vma args;
	unsigned long *src;
	unsigned long *dst;
	struct folio *held[ZDC_PAGES];
	unsigned int held_count;
};

static inline unsigned long zdc_page_size(void)
{
	return zdc.run * PAGE_SIZE;
}

static inline unsigned long zdc_address(unsigned int page)
{
	return ZDC_BASE + page * zdc_page_size();
}

static inline unsigned int zdc_page_number(unsigned long address)
{
	return (address - ZDC_BASE) / zdc_page_size();
}

/* Whether the world has large folios. */
static inline bool zdc_has_blocks(void)
{
	return zdc.size.block > 1;
}

static inline unsigned int zdc_frames_of_chunk(void)
{
	return zdc_has_blocks() ? zdc.size.block : ZDC_CHUNK_FRAMES;
}

static inline struct zdc_frame *zdc_frame(const struct zdc_device *device, unsigned int number)
{
	return &device->chunks[number / zdc_frames_of_chunk()]->frames[number %
								       zdc_frames_of_chunk()];
}

/* The frame of a base page of the device. */
static inline struct zdc_frame *zdc_frame_of(struct page *page)
{
	struct page *first = &page_folio(page)->page;
	struct zdc_frame *frame = first->zone_device_data;

	return frame + (page_to_pfn(page) - page_to_pfn(frame->page)) / zdc.run;
}

/* The content of a base page of a frame, which may be free. */
static inline struct page *zdc_frame_memory(const struct zdc_frame *frame, struct page *page)
{
	const struct zdc_chunk *chunk = frame->chunk;

	return chunk->memory[page_to_pfn(page) - PHYS_PFN(chunk->region->start)];
}

/* The content of a base page of the device. */
static inline struct page *zdc_memory_of(struct page *page)
{
	return zdc_frame_memory(zdc_frame_of(page), page);
}

/* The number of a frame in the case. */
static inline u8 zdc_frame_id(const struct zdc_frame *frame)
{
	return frame->device->number * zdc.size.frames + frame->number;
}

/* Whether a device accepts pages and accesses. */
static inline bool zdc_device_serves(const struct zdc_device *device)
{
	return device->open && zdc_hook_serves(device->attached);
}

/* Identifies the pages of a device to the kernel. */
static inline void *zdc_device_owner(struct zdc_device *device)
{
	return zdc_hook_owner(device);
}

/* device.c */
int zdc_world_reset(struct zdc_world_size size);
void zdc_world_release(void);
int zdc_device_attach(struct zdc_device *device);
int zdc_device_detach(struct zdc_device *device);
int zdc_device_close(struct zdc_device *device);
int zdc_device_open(struct zdc_device *device);
int zdc_device_hot_add(struct zdc_device *device);

/* chunk.c */
struct zdc_chunk *zdc_chunk_create(struct zdc_device *device, unsigned int number);
int zdc_chunk_attach(struct zdc_chunk *chunk);
bool zdc_chunk_in_use(const struct zdc_chunk *chunk);
void zdc_chunk_detach(struct zdc_chunk *chunk);
void zdc_chunk_give_up_region(struct zdc_chunk *chunk);
void zdc_chunk_destroy(struct zdc_chunk *chunk);
struct page *zdc_frame_alloc(struct zdc_device *device);
struct page *zdc_folio_alloc(struct zdc_device *device);
bool zdc_has_free_block(struct zdc_device *device);
int zdc_frame_refs(const struct zdc_frame *frame, unsigned int at);
int zdc_frame_maps(const struct zdc_frame *frame, unsigned int at);
bool zdc_frame_is_large(const struct zdc_frame *frame);
int zdc_chunk_arrange(struct zdc_chunk *chunk, struct zdc_device *device, unsigned int number);
void zdc_frame_discard(struct page *page);
void zdc_frame_free(struct page *page);
void zdc_fill(struct page *memory);

/* injection.c */
void zdc_heal(void);
int zdc_inject(const struct zdc_inject *wanted);
bool zdc_should_fail(enum zdc_injection_kind kind, struct page *page, struct mm_struct *mm,
		     unsigned long address);
void zdc_window(void);

/* log.c */
void zdc_log_event(struct zdc_event event);
void zdc_log_refused(void);
__printf(1, 2) void zdc_note_difference(const char *format, ...);
void zdc_log_fault(const struct zdc_device *device, const struct vm_fault *vmf);

/* process.c */
int zdc_process_enter(unsigned int slot);
void zdc_process_leave(unsigned int slot);
struct zdc_process *zdc_process_current(void);
int zdc_process_slot(struct mm_struct *mm);
bool zdc_read_entry(struct mm_struct *mm, unsigned long address, pte_t *entry);
struct page *zdc_page_at(struct mm_struct *mm, unsigned long address);
bool zdc_is_whole(struct mm_struct *mm, unsigned long address, bool *zero);
s32 zdc_process_resident(struct zdc_process *process);

/* migrate.c */
extern bool zdc_careful;
int zdc_migration_init(struct zdc_migration *migration, struct zdc_device *device,
		       struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       unsigned long flags);
void zdc_migration_release(struct zdc_migration *migration);
int zdc_migrate_to_device(struct zdc_device *device, struct zdc_range *range);
int zdc_migrate_to_system(struct zdc_device *device, struct zdc_range *range);
bool zdc_copy_to_system(struct page *device_page, unsigned long *dst);
bool zdc_try_copy_to_system(struct page *device_page, unsigned long *dst, struct mm_struct *mm,
			    unsigned long address);
bool zdc_move_whole_to_system(struct zdc_migration *migration, unsigned long at);
void zdc_move_parts_to_system(struct zdc_migration *migration, unsigned long at,
			      struct mm_struct *mm);
bool zdc_should_fail_whole(enum zdc_injection_kind kind, const struct zdc_migration *migration,
			   unsigned long at, struct mm_struct *mm);
bool zdc_is_compound(const struct zdc_migration *migration, unsigned long at);
void zdc_migration_window(const struct zdc_migration *migration);
bool zdc_hold(struct zdc_migration *migration, struct page *page);
int zdc_split(unsigned int number);
int zdc_evict(struct zdc_range *range);
int zdc_evict_range(struct zdc_device *device, const struct zdc_range *range);
int zdc_evict_all(struct zdc_device *device);
void zdc_settle(void);
bool zdc_evict_frame(struct zdc_frame *frame, struct mm_struct *mm, unsigned long address);

/* fault.c */
vm_fault_t zdc_fault(struct zdc_device *device, struct vm_fault *vmf);

/* access.c */
extern const struct mmu_interval_notifier_ops zdc_mirror_ops;
void zdc_mirror_clear(const struct zdc_device *device);
int zdc_device_access(struct zdc_device *device, struct zdc_access *access, bool write);
int zdc_nofault_load(struct zdc_access *access);
int zdc_make_exclusive(struct zdc_device *device, const struct zdc_access *access);
int zdc_exchange(const struct zdc_device *device, struct zdc_access *access);
int zdc_pin(const struct zdc_access *access);
int zdc_unpin(struct zdc_access *access);
void zdc_unpin_all(void);
void zdc_read_cells(struct page *page, u64 *cells);
void zdc_write_cells(struct page *page, const u64 *cells);

/* charge.c */
void zdc_count_charges(struct zdc_snapshot *snapshot);
void zdc_forget_tracked(void);
int zdc_count_leaked(void);

#endif
