/* ---- The device ---- */

#define DEVICE "/dev/zdc"

static int device = -1;
static volatile struct zdc_log *calls;
static struct zdc_info info;

static void give_up(const char *what);
