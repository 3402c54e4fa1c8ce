/* Linked into the AppImage's runtime: says so when the file is shorter than it was made, before anything is mounted.

   The runtime is an ELF file, and the file system lies behind it; the latter's first block (squashfs 4.0) says how long it
   is. Runs before main(). What cannot be read here is left for the runtime to say. */

#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SQUASHFS_MAGIC 0x73717368u
#define BYTES_USED 40 /* where the length stands in the first block */
#define SHORTEST 96   /* bytes of the first block */

static void complain(long long have, long long wanted)
{
    fprintf(stderr,
            "refrain: This file is not whole: %lld of %lld bytes are there. It was copied or downloaded only in part; "
            "please get it again.\n",
            have, wanted);
    exit(1);
}

__attribute__((constructor)) static void look_whether_all_is_there(void)
{
    Elf64_Ehdr head;
    unsigned char block[SHORTEST];
    struct stat about;
    int file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    if (fstat(file, &about) == 0 && pread(file, &head, sizeof head, 0) == (ssize_t)sizeof head) {
        long long start = (long long)head.e_shoff + (long long)head.e_shentsize * head.e_shnum;
        if (about.st_size < start + SHORTEST) {
            complain(about.st_size, start + SHORTEST);
        } else if (pread(file, block, sizeof block, start) == (ssize_t)sizeof block) {
            uint32_t magic = block[0] | block[1] << 8 | block[2] << 16 | (uint32_t)block[3] << 24;
            uint64_t length = 0;
            for (int i = 7; i >= 0; i--)
                length = length << 8 | block[BYTES_USED + i];
            if (magic == SQUASHFS_MAGIC && (uint64_t)about.st_size < (uint64_t)start + length)
                complain(about.st_size, start + (long long)length);
        }
    }
    close(file);
}
