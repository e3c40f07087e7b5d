#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* ---- The device: with ZDC_SIMULATE, another file simulates it ---- */

#include "../../../targets/linux/agent/dmirror.h"

#define DEVICE DMIRROR

/* The bits of a page in a snapshot. */
#define SHOWS_ERROR 0xff
#define SHOWS_WRITE 0x02
#define SHOWS_ZERO 0x10
#define SHOWS_DEVICE 0x20

#ifdef ZDC_SIMULATE
/* A file descriptor of the device for this process, or -1. */
int zdc_open(void);
/* As ioctl. */
int zdc_request(int device, unsigned long number, void *request);
/* As fork. */
pid_t zdc_fork(void);
/* Called after a page was mapped, unmapped (both without content), discarded or protected. */
void zdc_changed(void *page, int mapped, int emptied, int protection);
/* Called if the CPU cannot load from an address, or store to it. Returns whether it can afterwards. */
int zdc_fault(void *address, int stores);
#else
static int zdc_open(void)
{
	return open(DEVICE, O_RDWR | O_CLOEXEC);
}

static int zdc_request(int device, unsigned long number, void *request)
{
	return ioctl(device, number, request);
}

static pid_t zdc_fork(void)
{
	return fork();
}

static void zdc_changed(void *page, int mapped, int emptied, int protection)
{
	(void)page, (void)mapped, (void)emptied, (void)protection;
}

static int zdc_fault(void *address, int stores)
{
	(void)address, (void)stores;
	return 0;
}
#endif
