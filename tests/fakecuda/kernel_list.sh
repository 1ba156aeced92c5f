#!/bin/sh
# kernel_list.sh KERNEL.cu - prints the C++ file that compiles it for the CPU: the source itself, and a CUDA_KERNEL line for
# each of its extern "C" __global__ functions, so that the fake driver finds them by name.
set -eu
echo "#include \"$1\""
tr '\n' ' ' <"$1" | grep -o 'extern "C" __global__ [^{;]*{' |
    sed 's/__launch_bounds__ *([^)]*)//; s/^[^(]*[ *]\([A-Za-z_][A-Za-z0-9_]*\) *(.*/CUDA_KERNEL(\1)/'
