/* faults_f64.c - faults.c in float64. */
#define FLOAT64 1
#include "tests/verify/faults.c"
