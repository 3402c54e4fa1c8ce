/* The part of Windows' icuuc.dll that Qt6Core wants and Wine 8 has not: there is no converter here, and Qt goes on without. */

#include <stddef.h>

#define EXPORT __declspec(dllexport)
#define NO_FILE 4 /* U_FILE_ACCESS_ERROR */

EXPORT void *ucnv_open(const char *name, int *error) { *error = NO_FILE; return NULL; }
EXPORT void ucnv_close(void *converter) {}
EXPORT void ucnv_reset(void *converter) {}
EXPORT signed char ucnv_getMaxCharSize(const void *converter) { return 1; }
EXPORT const char *ucnv_getName(const void *converter, int *error) { *error = NO_FILE; return NULL; }
EXPORT void ucnv_getToUCallBack(const void *c, void **action, const void **context) { *action = NULL; *context = NULL; }
EXPORT void ucnv_getFromUCallBack(const void *c, void **action, const void **context) { *action = NULL; *context = NULL; }
EXPORT void ucnv_setToUCallBack(void *c, void *n, void *nc, void **o, void **oc, int *error) { *error = NO_FILE; }
EXPORT void ucnv_setFromUCallBack(void *c, void *n, void *nc, void **o, void **oc, int *error) { *error = NO_FILE; }
EXPORT void ucnv_cbToUWriteUChars(void *arguments, const void *s, int n, int o, int *error) { *error = NO_FILE; }
EXPORT void ucnv_cbFromUWriteUChars(void *arguments, const void **s, const void *e, int o, int *error) { *error = NO_FILE; }
EXPORT void ucnv_toUnicode(void *c, void **t, void *te, void **s, void *se, int *o, int flush, int *error) { *error = NO_FILE; }
EXPORT void ucnv_fromUnicode(void *c, void **t, void *te, void **s, void *se, int *o, int flush, int *error) { *error = NO_FILE; }
EXPORT int ucnv_toUCountPending(const void *converter, int *error) { *error = NO_FILE; return 0; }
EXPORT int ucnv_fromUCountPending(const void *converter, int *error) { *error = NO_FILE; return 0; }
EXPORT const char *ucnv_getStandardName(const char *name, const char *standard, int *error) { *error = NO_FILE; return NULL; }
EXPORT const char *ucnv_getAvailableName(int number) { return NULL; }
EXPORT int ucnv_countAvailable(void) { return 0; }
EXPORT const char *u_errorName(int error) { return "U_FILE_ACCESS_ERROR"; }
EXPORT void UCNV_FROM_U_CALLBACK_SUBSTITUTE(void) {}
EXPORT void UCNV_TO_U_CALLBACK_SUBSTITUTE(void) {}
