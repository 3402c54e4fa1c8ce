/* Refrain.app/Contents/MacOS/refrain: starts the Python in Contents/Resources within this process, so that the system
   sees one program with the bundle's name, icon and permissions. It runs isolated: nothing of the user's own Python
   gets in. Also builds on Linux, where it is tested. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#else
#include <unistd.h>
#endif

static int find_self(char *real) {
    char path[PATH_MAX];
#ifdef __APPLE__
    uint32_t size = sizeof path;
    if (_NSGetExecutablePath(path, &size) != 0) return 0;
#else
    ssize_t size = readlink("/proc/self/exe", path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = '\0';
#endif
    return realpath(path, real) != NULL;
}

/* Cuts the last part off a path. */
static void up(char *path) {
    char *slash = strrchr(path, '/');
    if (slash != NULL) *slash = '\0';
}

static PyStatus set(PyConfig *config, wchar_t **field, const char *root, const char *below) {
    char path[PATH_MAX + 64];
    snprintf(path, sizeof path, "%s%s", root, below);
    return PyConfig_SetBytesString(config, field, path);
}

int main(int count, char **arguments) {
    char root[PATH_MAX];
    if (!find_self(root)) {
        fputs("Refrain cannot find its own files: please install it again.\n", stderr);
        return 1;
    }
    up(root), up(root);
    strncat(root, "/Resources", sizeof root - strlen(root) - 1);

    char **given = calloc(count + 3, sizeof *given);
    if (given == NULL) return 1;
    given[0] = arguments[0], given[1] = "-m", given[2] = "app";
    int taken = 3;
    for (int i = 1; i < count; i++)
        if (strncmp(arguments[i], "-psn_", 5) != 0) given[taken++] = arguments[i]; /* an old Finder's own */

    PyPreConfig early;
    PyPreConfig_InitIsolatedConfig(&early);
    early.utf8_mode = 1; /* as all paths here are, whatever the locale says */
    PyStatus status = Py_PreInitialize(&early);
    if (PyStatus_Exception(status)) return 1;
    PyConfig config;
    PyConfig_InitIsolatedConfig(&config);
    config.parse_argv = 1;
    config.write_bytecode = 0; /* a bundle that is signed must not change */
    status = PyConfig_SetBytesArgv(&config, taken, given);
    if (!PyStatus_Exception(status)) status = set(&config, &config.home, root, "");
    if (!PyStatus_Exception(status)) status = set(&config, &config.executable, root, "/bin/python" PYTHON);
    if (!PyStatus_Exception(status)) status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    free(given);
    if (PyStatus_Exception(status)) {
        if (PyStatus_IsExit(status)) return status.exitcode;
        fprintf(stderr, "Refrain's Python does not start (%s): please install Refrain again.\n",
                status.err_msg != NULL ? status.err_msg : "unknown");
        return 1;
    }
    return Py_RunMain();
}
