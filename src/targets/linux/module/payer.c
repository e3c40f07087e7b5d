// SPDX-License-Identifier: GPL-2.0
/* Whom a page is charged to: read from the page itself, where the kernel keeps it. */
#include <linux/cgroup.h>
#include <linux/memcontrol.h>
#include <linux/rcupdate.h>

#include "zdc.h"

/* The number of the group that is charged for it, or 0. The root has no limit and no count: what it has nobody pays for. */
u64 zdc_payer_of(struct page *page)
{
	struct mem_cgroup *group;
	u64 id = 0;

	rcu_read_lock();
	group = folio_memcg(page_folio(page));
	if (group && group->css.parent)
		id = cgroup_id(group->css.cgroup);
	rcu_read_unlock();
	return id;
}
