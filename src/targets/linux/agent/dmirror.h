/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/* The requests of the HMM test device, from its public interface. */
#ifndef DMIRROR_H
#define DMIRROR_H

#include <stdint.h>
#include <sys/ioctl.h>

#define DMIRROR "/dev/hmm_dmirror0"

/* The argument of every request. */
struct dmirror_request {
	uint64_t addr;
	uint64_t ptr;
	uint64_t npages;
	uint64_t cpages;
	uint64_t faults;
};

#define REQUEST_READ _IOWR('H', 0x00, struct dmirror_request)
#define REQUEST_WRITE _IOWR('H', 0x01, struct dmirror_request)
#define REQUEST_TO_DEVICE _IOWR('H', 0x02, struct dmirror_request)
#define REQUEST_TO_SYSTEM _IOWR('H', 0x03, struct dmirror_request)
#define REQUEST_SNAPSHOT _IOWR('H', 0x04, struct dmirror_request)

#endif
