/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The system calls and requests that execute commands and read the state of processes. The agent
 * and exported programs share them: they know neither the protocol nor what is allowed. A program
 * is an amalgamation of these files, without the definitions that it does not use (c-sources.ts).
 */
#ifndef CALLS_H
#define CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../module/zdc_uapi.h"
#include "command.h"
#include "result.h"

/*
 * Memory that all processes of a case share.
 *
 * @info: how the kernel encodes entries, and where the frames are
 * @swap_areas: the number of swap areas in use
 * @first: the side of a race that begins
 * @began: whether it has begun
 */
struct shared {
	struct zdc_info info;
	uint32_t swap_areas;
	uint32_t first;
	uint32_t began;
};

/* Defined by the agent, and by each program. */
extern struct scope scope;
extern struct shared *shared;
/* The slot of the calling process. */
extern int my_slot;
/* Called if a case cannot be executed. */
void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The file of the entries of a process. */
int pagemap_of(int slot);

/* In bytes; a page is a run of base pages. */
static inline size_t page_bytes(void)
{
	return scope.run * ZDC_PAGE;
}

static inline void *page_address(unsigned int page)
{
	return (void *)(ZDC_BASE + page * page_bytes());
}

/* driver.c */
extern int zdc_device;
extern struct zdc_log *zdc_log;
bool open_driver(void);
void read_info(void);
/* Begins a world. Returns the number of frames of the last one that were not freed. */
int reset_driver(void);
/* Base pages of one page differ: a finding. */
void report_difference(const char *format, ...) __attribute__((format(printf, 1, 2)));
long driver_access(const struct command *command, unsigned long request);
long migrate(const struct command *command, unsigned long request);
long evict_range(const struct command *command);
long inject(const struct command *command);
/* A request with a number as its argument; driver_count() has the result that it returns. */
long driver_request(unsigned long request, unsigned int number);
long driver_count(unsigned long request, unsigned int number);
long attach_device(unsigned int number);

/* signals.c: the signals that can end an access by the CPU. */
void handle_signals(void);

/* taint.c: warnings of the kernel. */
unsigned long read_taint(void);

/* execute.c: executes a command that neither begins or ends a process nor is a race. */
long execute_command(const struct command *command);

/* kernel-access.c */
bool has_kernel_access(void);
long kernel_load(unsigned int page);
long kernel_store(unsigned int page, uint16_t value);

/* Entries as /proc shows them. */
#define PAGEMAP_PRESENT (1UL << 63)
#define PAGEMAP_SWAP (1UL << 62)
#define PAGEMAP_WRITE_PROTECTED (1UL << 57)
#define PAGEMAP_SOLE (1UL << 56)
#define PAGEMAP_SOFT_DIRTY (1UL << 55)
#define PAGEMAP_FRAME ((1UL << 55) - 1)
#define SWAP_TYPE 31UL
#define SWAP_TYPE_BITS 5

/* Entries as the rules have them. From FIRST_ON on: a device entry, with the number of a frame. */
enum entry { UNMAPPED, HOLE, PRESENT, POISON, EXCLUSIVE, FIRST_ON };

#define ON(frame, write) (FIRST_ON + 2 * (frame) + (write))
#define FRAME_OF(entry) (((entry) - FIRST_ON) / 2)
#define IS_WRITE(entry) (((entry) - FIRST_ON) % 2)

/* entry.c */
bool is_zero(uint64_t entry);
/* The page of a device that an entry names, or 0. */
uint64_t device_pfn(uint64_t entry);
/* Whether a page is in a swap area, which is system memory to the rules. */
bool is_swapped(uint64_t entry);
uint64_t read_entry(int slot, unsigned int page);
bool take_snapshot(struct zdc_snapshot *snapshot);
/* The entries of all pages of a process, as values of enum entry. */
void entries_of(int slot, const struct zdc_snapshot *snapshot, int *entries);
/* The names of entries, up to FIRST_ON. */
extern const char *const entry_names[FIRST_ON];
/* Whether a page of this process is on a device and not part of a whole entry. */
bool has_device_entries(unsigned int page, unsigned int count);

/* The pages that a command concerns. */
struct span {
	unsigned int page;
	unsigned int count;
};

/* mapping.c: the mappings of the calling process. Functions return 0 or an error. */
int map_page(const struct command *command);
int unmap_page(const struct command *command);
int discard_page(const struct command *command);
int collapse_block(unsigned int page);
bool can_collapse(void);
int protect_page(const struct command *command);
int move_page(const struct command *command);
int populate_page(unsigned int page);
int lock_page(unsigned int page, bool locks);
int advise_page(unsigned int page, enum advice advice);
bool permits(unsigned int page, bool writes);

/* separate.c: where a mapping is made, and what is done with it there. */
extern bool keeps_separate;
void *first_address(unsigned int page);
int settle_mapping(struct span span);

/* memory.c */
void make_memory(enum memory memory);
void close_memories(void);
int map_file(const struct command *command);

/* query.c: results of queries. */
long page_map(unsigned int page);
long soft_dirty(unsigned int page);
long page_residency(unsigned int page);
long count_private_pages(void);

/* A setting of the machine about large pages. */
struct setting {
	const char *name;
	const char *value;
};

#define LARGE_PAGE_SETTINGS 5

/* large-pages.c */
extern const struct setting large_page_settings[LARGE_PAGE_SETTINGS];
bool write_setting(const char *name, const char *value);
bool read_setting(const char *name, char *text, size_t size);
/* Large pages where a mapping is advised to have them. */
bool allow_large_pages(void);

/* watch.c: userfaultfd. */
bool has_watches(enum watch watch);
void watch_enter(void);
void watch_forget(unsigned int page);
int watch_page(unsigned int page, enum watch watch);
enum watch watch_of(unsigned int page);

/* trap.c: executes a command, or a side of a race, whose access a watch may trap. */
long execute_watched(const struct command *command);
void save_watches(void);
long execute_watched_side(const struct command *command);

/* soft-dirty.c: tracking of stores. */
bool has_soft_dirty(void);
int clear_soft_dirty(void);

/* swap.c: swap areas of the machine. */
bool has_swap_areas(void);
unsigned int swap_on(unsigned int areas);
void swap_off(void);

#endif
