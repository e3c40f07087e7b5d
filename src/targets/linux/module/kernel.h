/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kernel interfaces that differ between trees, each under one name. The build writes
 * zdc_probes.h with probes.sh: one macro for each interface that the tree has.
 */
#ifndef ZDC_KERNEL_H
#define ZDC_KERNEL_H

#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/percpu_counter.h>
#include <linux/rmap.h>
#include <linux/swap.h>
#include <linux/swapops.h>

#include "zdc_probes.h"

#ifdef ZDC_HAS_SOFTLEAF
#include <linux/leafops.h>

/* Of entries that are neither empty nor present. */
static inline bool zdc_entry_is_exclusive(pte_t entry)
{
	return softleaf_is_device_exclusive(softleaf_from_pte(entry));
}

/* The page that an entry names; NULL for an entry without a page. */
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

static inline bool zdc_entry_is_write_protected(pte_t entry)
{
#ifdef ZDC_HAS_PTE_SWP_UFFD
	return pte_swp_uffd(entry);
#else
	return pte_swp_uffd_wp(entry);
#endif
}

#ifdef ZDC_HAS_EXCLUSIVE_TYPE
#define ZDC_EXCLUSIVE_TYPES { SWP_DEVICE_EXCLUSIVE, SWP_DEVICE_EXCLUSIVE }
#else
#define ZDC_EXCLUSIVE_TYPES { SWP_DEVICE_EXCLUSIVE_WRITE, SWP_DEVICE_EXCLUSIVE_READ }
#endif

/* Makes the page at an address exclusive. -EBUSY: the kernel refuses it without an error. */
static inline int zdc_exclude(struct mm_struct *mm, unsigned long address, void *owner)
{
#if defined(ZDC_HAS_EXCLUSIVE_PAGE)
	struct folio *folio;
	struct page *page = make_device_exclusive(mm, address, owner, &folio);

	if (IS_ERR(page))
		return PTR_ERR(page) == -EOPNOTSUPP ? -EBUSY : PTR_ERR(page);
	folio_unlock(folio);
	folio_put(folio);
	return 0;
#elif defined(ZDC_HAS_EXCLUSIVE_RANGE)
	struct page *page = NULL;
	int ret = make_device_exclusive_range(mm, address, address + PAGE_SIZE, &page, owner);

	if (ret < 0)
		return ret;
	if (!page)
		return -EBUSY;
	unlock_page(page);
	put_page(page);
	return 0;
#else
	return -EOPNOTSUPP;
#endif
}

#if defined(ZDC_HAS_EXCLUSIVE_PAGE) || defined(ZDC_HAS_EXCLUSIVE_RANGE)
#define ZDC_EXCLUSIVE_FEATURE ZDC_FEATURE_EXCLUSIVE
#else
#define ZDC_EXCLUSIVE_FEATURE 0
#endif

/* Prepares a free page of a device: locked, with one reference. */
static inline void zdc_page_init(struct page *page, struct dev_pagemap *pagemap)
{
#ifdef ZDC_HAS_PAGE_INIT_ORDER
	zone_device_page_init(page, pagemap, 0);
#else
	zone_device_page_init(page);
#endif
}

/* The exact number: the kernel counts in batches, for each CPU or each thread. */
static inline s32 zdc_anonymous_pages(struct mm_struct *mm, struct task_struct *task)
{
#ifdef ZDC_HAS_RSS_PERCPU
	return percpu_counter_sum(&mm->rss_stat[MM_ANONPAGES]);
#else
	return atomic_long_read(&mm->rss_stat.count[MM_ANONPAGES]) +
	       task->rss_stat.count[MM_ANONPAGES];
#endif
}

/* The inode of the control group to which a page is charged; 0 for none and for the root. */
static inline u64 zdc_page_group(struct page *page)
{
	u64 id = 0;
#ifdef CONFIG_MEMCG
	struct mem_cgroup *group;

	rcu_read_lock();
	group = folio_memcg(page_folio(page));
	if (group && group->css.parent)
		id = cgroup_id(group->css.cgroup);
	rcu_read_unlock();
#endif
	return id;
}

#define ZDC_CHARGES_FEATURE (IS_ENABLED(CONFIG_MEMCG) ? ZDC_FEATURE_CHARGES : 0)

#endif
