/* Stands in for the library of NVIDIA's driver: answers from the environment. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int number(const char *name, int otherwise) {
    const char *text = getenv(name);
    return text ? atoi(text) : otherwise;
}

int cuDriverGetVersion(int *version) {
    *version = number("FAKE_CUDA", 13000);
    return 0;
}

int cuInit(unsigned flags) {
    if (number("FAKE_HANG", 0))
        sleep(100);
    if (number("FAKE_CRASH", 0))
        abort();
    return number("FAKE_ERROR", 0);
}

int cuDeviceGetCount(int *count) {
    *count = number("FAKE_COUNT", 1);
    return 0;
}

int cuDeviceGet(int *device, int place) {
    *device = place;
    return 0;
}

int cuDeviceGetName(char *name, int length, int device) {
    strncpy(name, "NVIDIA GeForce RTX 4070", length);
    return 0;
}

int cuDeviceTotalMem_v2(size_t *memory, int device) {
    *memory = 12000000000;
    return 0;
}

int cuDeviceGetAttribute(int *value, int attribute, int device) {
    int capability = number("FAKE_CAPABILITY", 89);
    *value = attribute == 75 ? capability / 10 : capability % 10;
    return 0;
}
