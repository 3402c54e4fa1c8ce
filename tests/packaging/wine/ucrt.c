/* What Wine 8's C library lacks of complex arithmetic and numpy, scipy and torch ask for. shims.py makes a ucrtbase.dll of it
   that hands everything else on to Wine's own. Never a part of what is shipped: Windows has all of it. */

#include <complex.h>

#define BOTH(name)                                                                                  \
    double complex shim_##name(double complex z) { return name(z); }                                \
    float complex shim_##name##f(float complex z) { return name##f(z); }
#define REAL(name)                                                                                  \
    double shim_##name(double complex z) { return name(z); }                                        \
    float shim_##name##f(float complex z) { return name##f(z); }

BOTH(catan)
BOTH(ccos)
BOTH(ccosh)
BOTH(cexp)
BOTH(clog)
BOTH(csin)
BOTH(csinh)
BOTH(csqrt)
BOTH(ctan)
BOTH(ctanh)
REAL(cabs)
REAL(carg)
REAL(cimag)
REAL(creal)

double complex shim_cpow(double complex z, double complex w) { return cpow(z, w); }
float complex shim_cpowf(float complex z, float complex w) { return cpowf(z, w); }
