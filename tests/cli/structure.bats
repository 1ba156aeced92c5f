#!/usr/bin/env bats
# scripts/check/structure finds what it is there to find: each fault is planted in a copy of the sources.

setup() {
    top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    tree=$BATS_TEST_TMPDIR/tree
    objects=$BATS_TEST_TMPDIR/obj
    mkdir -p "$tree/tests" "$tree/docs"
    cp -r "$top"/{bench,cpu,harness,kernels} "$tree"
    cp "$top/docs/folders.txt" "$tree/docs"
    cp -rs "$(dirname "$(realpath "${GPUBENCH:-$top/build/gpubench}")")/obj" "$objects"
}

plant() { # FILE TEXT: as the last line
    echo "$2" >>"$tree/$1"
    line="$1:$(grep -c '' "$tree/$1"): $2"
}

plant_object() { # FILE TEXT: a new source file and its object
    echo "$2" >"$tree/$1"
    gcc -c -o "$objects/${1%.c}.o" "$tree/$1"
}

caught() { # FINDING
    run "$top/scripts/check/structure" check --objects="$objects" "$tree"
    [ "$status" -eq 1 ]
    grep -qxF "error: $1" <<<"$output" || { echo "no finding: $1"; grep ^error <<<"$output"; return 1; }
}

@test "the source has no finding" {
    run "$top/scripts/check/structure" check --objects="$objects" "$tree"
    [ "$status" -eq 0 ]
    [[ $output == *"none turns back, no cycle" ]]
}

@test "the harness may not include a backend" {
    plant harness/stats/stats.c '#include "cpu/loops/fill.h"'
    caught "$line: harness/stats/ may not know cpu/loops/"
}

@test "a backend may not include the other" {
    plant cpu/loops/fill.c '#include "kernels/job/job.h"'
    caught "$line: cpu/loops/ may not know kernels/job/"
}

@test "kernels may not include the command line" {
    plant kernels/job/job.h '#  include "bench/terminal/words.h"'
    caught "$line: kernels/job/ may not know bench/terminal/"
}

@test "an include may not point up within a floor" {
    plant harness/base/clock.h '#include "harness/result/result.h"'
    caught "$line: harness/base/ may not know harness/result/"
}

@test "an include may not point sideways" {
    plant harness/net/http.h '#include "harness/stats/stats.h"'
    caught "$line: harness/net/ may not know harness/stats/"
}

@test "a call may not point up" {
    plant_object bench/terminal/planted.c 'void planted(void) {}'
    plant_object harness/base/calls_up.c 'void planted(void); void up(void) { planted(); }'
    caught "harness/base/calls_up.c: calls planted() of bench/terminal/planted.c: harness/base/ may not know bench/terminal/"
}

@test "a cycle of includes is found" {
    plant harness/base/planted_a.h '#include "harness/base/planted_b.h"'
    plant harness/base/planted_b.h '#include "harness/base/planted_a.h"'
    caught "cycle between files: harness/base/planted_a → harness/base/planted_b → harness/base/planted_a"
}

@test "a cycle of a call and an include is found" {
    plant harness/base/planted_a.h 'void planted_a(void);'
    plant_object harness/base/planted_a.c 'void planted_b(void); void planted_a(void) { planted_b(); }'
    plant_object harness/base/planted_b.c 'void planted_b(void) {}'
    plant harness/base/planted_b.c '#include "harness/base/planted_a.h"'
    caught "cycle between files: harness/base/planted_a → harness/base/planted_b → harness/base/planted_a"
}

@test "a cycle in the folder list is found" {
    sed -i '/^harness\/base /s/|[^|]*$/| net/' "$tree/docs/folders.txt"
    caught "docs/folders.txt: harness/base may know harness/net, which is not listed below it"
}

@test "a folder is listed once" {
    grep '^harness/net ' "$tree/docs/folders.txt" >>"$tree/docs/folders.txt.more"
    cat "$tree/docs/folders.txt.more" >>"$tree/docs/folders.txt"
    caught "docs/folders.txt:$(grep -c '' "$tree/docs/folders.txt"): harness/net is listed twice"
}

@test "a folder has at most 12 files" {
    for i in $(seq 13); do echo >"$tree/harness/net/planted_$i.h"; done
    files=$(find "$tree/harness/net" -type f | wc -l)
    caught "harness/net/: $files files; the most is 12"
}

@test "a folder with 12 files is not too large" {
    find "$tree/harness/net" -type f -delete
    for i in $(seq 12); do echo >"$tree/harness/net/planted_$i.h"; done
    run "$top/scripts/check/structure" check --objects="$objects" "$tree"
    [[ $output != *"harness/net/: 12 files"* ]]
}

@test "a file has at most 400 lines" {
    seq 401 | sed 's/.*/extern int a&;/' >"$tree/harness/net/planted.h"
    caught "harness/net/planted.h: 401 lines; the most is 400"
}

@test "every folder is listed" {
    mkdir "$tree/harness/planted"
    echo >"$tree/harness/planted/planted.h"
    caught "harness/planted/: not listed in docs/folders.txt"
}

@test "unit tests mirror the folders" {
    mkdir -p "$tree/tests/unit/harness/planted"
    echo >"$tree/tests/unit/harness/planted/test_planted.c"
    caught "tests/unit/harness/planted/test_planted.c: tests/unit/ has the folders of docs/folders.txt, and harness/planted/ is none of them"
}

@test "every source file has an object whose calls are looked at" {
    plant harness/net/planted.c ''
    caught "no object of harness/net/planted.c in $objects: run make first"
}

@test "an include is written from the root" {
    plant cpu/loops/fill.c '#include "fill.h"'
    caught "$line: write it from the root"
}

@test "CUDA belongs in kernels" {
    plant bench/terminal/words.c '#include <cuda.h>'
    caught "$line: CUDA belongs in kernels/"
}

@test "BLAS belongs in cpu" {
    plant bench/terminal/words.c '#include <cblas.h>'
    caught "$line: BLAS belongs in cpu/"
}

@test "curl belongs in one file" {
    plant harness/stats/stats.c '#include <curl/curl.h>'
    caught "$line: curl belongs in harness/net/http.c"
}

@test "the command line belongs in bench" {
    plant harness/stats/stats.c '#include <argp.h>'
    caught "$line: the command line belongs in bench/"
}
