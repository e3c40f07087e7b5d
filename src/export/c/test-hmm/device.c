#include <fcntl.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* ---- The device: with ZDC_SIMULATE, another file simulates it ---- */

#define DEVICE "/dev/hmm_dmirror0"

/* The argument of every request, from the kernel's public interface to its HMM test device. */
struct request {
	uint64_t addr;
	uint64_t ptr;
	uint64_t npages;
	uint64_t cpages;
	uint64_t faults;
};

#define REQUEST_READ _IOWR('H', 0x00, struct request)
#define REQUEST_WRITE _IOWR('H', 0x01, struct request)
#define REQUEST_TO_DEVICE _IOWR('H', 0x02, struct request)
#define REQUEST_TO_SYSTEM _IOWR('H', 0x03, struct request)
#define REQUEST_SNAPSHOT _IOWR('H', 0x04, struct request)

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
