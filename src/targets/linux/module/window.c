// SPDX-License-Identifier: GPL-2.0
/* Lets the other of two racing commands get on, just where one has looked and not acted yet. */
#include <linux/delay.h>

#include "zdc.h"

void zdc_window(void)
{
	unsigned int pause = 0;
	unsigned long flags;

	spin_lock_irqsave(&zdc.lock, flags);
	if (zdc.log->windows > 0) {
		zdc.log->windows--;
		pause = min(zdc.log->pause, 10000U);
	}
	spin_unlock_irqrestore(&zdc.lock, flags);
	if (pause > 0)
		usleep_range(pause, pause + 20);
}
