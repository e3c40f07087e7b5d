/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The interfaces of the kernel that differ between trees, each under one name. zdc_probes.h says what the tree has:
 * the build finds it out with probes.sh.
 */
#ifndef ZDC_KERNEL_H
#define ZDC_KERNEL_H

#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "zdc_probes.h"

/* An entry that is not present and names a page. */
#ifdef ZDC_HAS_SOFTLEAF
#include <linux/leafops.h>

static inline bool zdc_entry_is_exclusive(pte_t entry)
{
	return softleaf_is_device_exclusive(softleaf_from_pte(entry));
}

/* The page that an entry names which is not present; NULL where it names none. */
static inline struct page *zdc_entry_page(pte_t entry)
{
	softleaf_t leaf = softleaf_from_pte(entry);

	if (softleaf_is_device_private(leaf) || softleaf_is_migration(leaf) ||
	    softleaf_is_device_exclusive(leaf))
		return softleaf_to_page(leaf);
	return NULL;
}
#else
static inline bool zdc_entry_is_exclusive(pte_t entry)
{
	return is_device_exclusive_entry(pte_to_swp_entry(entry));
}

static inline struct page *zdc_entry_page(pte_t entry)
{
	swp_entry_t swap = pte_to_swp_entry(entry);

	if (is_device_private_entry(swap) || is_migration_entry(swap) ||
	    is_device_exclusive_entry(swap))
		return pfn_swap_entry_to_page(swap);
	return NULL;
}
#endif

static inline bool zdc_entry_is_protected(pte_t entry)
{
#ifdef ZDC_HAS_PTE_SWP_UFFD
	return pte_swp_uffd(entry);
#else
	return pte_swp_uffd_wp(entry);
#endif
}

#ifdef ZDC_HAS_EXCLUSIVE_TYPE
#define ZDC_EXCLUSIVE_WRITE_TYPE SWP_DEVICE_EXCLUSIVE
#define ZDC_EXCLUSIVE_READ_TYPE SWP_DEVICE_EXCLUSIVE
#else
#define ZDC_EXCLUSIVE_WRITE_TYPE SWP_DEVICE_EXCLUSIVE_WRITE
#define ZDC_EXCLUSIVE_READ_TYPE SWP_DEVICE_EXCLUSIVE_READ
#endif

/* Makes the page at an address exclusive: 0, or an error. EBUSY where the kernel names no other. */
static inline int zdc_exclude(struct mm_struct *mm, unsigned long address, void *owner)
{
#ifdef ZDC_HAS_EXCLUSIVE_PAGE
	struct folio *folio;
	struct page *page = make_device_exclusive(mm, address, owner, &folio);

	if (IS_ERR(page))
		return PTR_ERR(page) == -EOPNOTSUPP ? -EBUSY : PTR_ERR(page);
	folio_unlock(folio);
	folio_put(folio);
	return 0;
#else
	struct page *page = NULL;
	int made = make_device_exclusive_range(mm, address, address + PAGE_SIZE, &page, owner);

	if (made < 0)
		return made;
	if (!page)
		return -EBUSY;
	unlock_page(page);
	put_page(page);
	return 0;
#endif
}

/* Makes a page of the device ready for use: locked, with one reference. */
static inline void zdc_page_init(struct page *page, struct dev_pagemap *pagemap)
{
#ifdef ZDC_HAS_PAGE_INIT_ORDER
	zone_device_page_init(page, pagemap, 0);
#else
	zone_device_page_init(page);
#endif
}

/* Exactly: the kernel counts in batches, by CPU or by thread, and shows what it has gathered. */
static inline s32 zdc_anonymous_pages(struct mm_struct *mm, struct task_struct *task)
{
#ifdef ZDC_HAS_RSS_PERCPU
	return percpu_counter_sum(&mm->rss_stat[MM_ANONPAGES]);
#else
	return atomic_long_read(&mm->rss_stat.count[MM_ANONPAGES]) +
	       task->rss_stat.count[MM_ANONPAGES];
#endif
}

#endif
