/* What Python asks for when it reads the version of Windows (_wmi.pyd) and Wine 8 has not; refused, Python asks elsewhere. */

#include <windows.h>

HRESULT WINAPI shim_VariantToString(const void *value, wchar_t *text, unsigned int length) { return E_NOTIMPL; }
