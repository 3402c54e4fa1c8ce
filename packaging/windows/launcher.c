/* Starts Refrain: refrain.exe for the command line, RefrainWindow.exe (with WINDOW defined) for the Start menu.

   The interpreter runs in this process, so the task manager, the taskbar and the list of programs that may use the
   microphone say Refrain. It is told that its program is python.exe beside this file (pythonw.exe for the window, which
   opens no console): what Python starts by sys.executable must be a Python.

   python312._pth beside the library makes it isolated: no variable and no folder of the user's has a say. */

#include <stdio.h>
#include <wchar.h>
#include <windows.h>

#ifdef WINDOW
#define PROGRAM L"pythonw.exe"
#else
#define PROGRAM L"python.exe"
#endif
#define LONGEST 32768 /* of a path, with \\?\ */

typedef int (*run_python)(int, wchar_t **);
typedef void (*name_python)(const wchar_t *);

static int fail(const wchar_t *what, const wchar_t *path)
{
    static wchar_t said[LONGEST + 512];
    _snwprintf(said, LONGEST + 511, L"Refrain cannot start: %ls (%ls, error %lu). Install it again; your sessions and settings stay.",
               what, path, GetLastError());
#ifdef WINDOW
    MessageBoxW(NULL, said, L"Refrain", MB_ICONERROR | MB_OK);
#else
    fwprintf(stderr, L"%ls\n", said);
#endif
    return 3;
}

int wmain(int count, wchar_t **given)
{
    static wchar_t here[LONGEST], program[LONGEST], library[LONGEST];
    DWORD length = GetModuleFileNameW(NULL, here, LONGEST - 32);
    wchar_t *end = length ? wcsrchr(here, L'\\') : NULL;
    if (end == NULL || length >= LONGEST - 32)
        return fail(L"it does not know where it is", here);
    end[1] = 0;
    wcscat(wcscpy(program, here), PROGRAM);
    wcscat(wcscpy(library, here), L"" LIBRARY L".dll");

    HMODULE python = LoadLibraryExW(library, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    if (python == NULL)
        return fail(L"a part of it is missing or damaged", library);
    run_python run = (run_python)(void *)GetProcAddress(python, "Py_Main");
    name_python name = (name_python)(void *)GetProcAddress(python, "Py_SetProgramName");
    if (run == NULL || name == NULL)
        return fail(L"a part of it is another's", library);

    /* -X utf8: what is written into files and pipes does not depend on the system's language. */
    static const wchar_t *before[] = {L"", L"-I", L"-X", L"utf8", L"-m", L"app"};
    enum { BEFORE = sizeof before / sizeof *before };
    wchar_t **all = calloc(BEFORE + count, sizeof *all);
    if (all == NULL)
        return fail(L"there is no memory left", here);
    before[0] = program;
    for (int i = 0; i < BEFORE; i++)
        all[i] = (wchar_t *)before[i];
    for (int i = 1; i < count; i++)
        all[BEFORE + i - 1] = given[i];
    name(program);
    return run(BEFORE + count - 1, all);
}
