#!/usr/bin/env bats
# The include-direction check sees what it is there for: a bad include planted in a copy of the sources.

setup() {
    tree=$BATS_TEST_TMPDIR
    top=$BATS_TEST_DIRNAME/../..
    mkdir "$tree/tests"
    cp -r "$top"/{bench,cpu,harness,kernels} "$tree"
}

plant() { # FILE TEXT: as the last line
    echo "$2" >>"$tree/$1"
    line="$1:$(grep -c '' "$tree/$1"): $2:"
}

caught() { # WHY
    run "$top/scripts/check-includes" "$tree"
    [ "$status" -eq 1 ]
    [ "$output" = "$line $1" ]
}

@test "the sources themselves are clean" {
    run "$top/scripts/check-includes"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "harness may not know a backend" {
    plant harness/stats/stats.c '#include "cpu/loops/fill.h"'
    caught "harness/ may not know cpu/"
}

@test "a backend may not know the other" {
    plant cpu/loops/fill.c '#include "kernels/job/job.h"'
    caught "cpu/ may not know kernels/"
}

@test "kernels may not know what the user types" {
    plant kernels/job/job.h '  #  include "bench/terminal/words.h"'
    caught "kernels/ may not know bench/"
}

@test "an include is written from the root" {
    plant cpu/loops/fill.c '#include "fill.h"'
    caught "write it from the root"
}

@test "CUDA belongs in kernels" {
    plant bench/terminal/words.c '#include <cuda.h>'
    caught "CUDA belongs in kernels/"
}

@test "BLAS belongs in cpu" {
    plant bench/terminal/words.c '#include <cblas.h>'
    caught "BLAS belongs in cpu/"
}

@test "curl belongs in one file" {
    plant harness/stats/stats.c '#include <curl/curl.h>'
    caught "curl belongs in harness/net/http.c"
}

@test "the command line belongs in bench" {
    plant harness/stats/stats.c '#include <argp.h>'
    caught "the command line belongs in bench/"
}
