/* Windows' source of random bytes under the name that programs in Rust use; Wine 8 has it under an older one. */

#include <windows.h>
#include <ntsecapi.h>

__declspec(dllexport) BOOL WINAPI ProcessPrng(unsigned char *buffer, size_t count) { return RtlGenRandom(buffer, count); }
