#!/usr/bin/env bats
# BLAS libraries as contestants (--blas): those of Debian, and files with faults.
load helper

# A library of plain loops (blas.c) as lib$1.so, with what is defined after that.
shim() {
    gcc -O2 -w -shared -fPIC "${@:2}" "$ROOT/tests/cli/blas.c" -o "lib$1.so" -lpthread
}

# The rows of the table or result: "variant state", sorted.
rows() {
    jq -r '.results[] | "\(.variant) \(.state)"' result.json | sort | paste -sd ' '
}

reason() {
    jq -r --arg v "$1" '.results[] | select(.variant == $v) | .reason' result.json
}

@test "a file that fails is a failed row with its reason, and the table goes on" {
    printf 'INPUT(-lm) %0100d' 0 >libtext.so
    printf '\x7fELF\x01\x01\x01\0\0\0\0\0\0\0\0\0\x03\0\x03\0\x01\0\0\0%0100d' 0 >libi386.so
    shim nosyrk -DNO_SYRK
    shim lies -DTHREADS -DLIES
    shim busy -DBUSY
    shim wrong -DWRONG
    shim hang -DHANG
    shim crash -DCRASH
    export GPUBENCH_HANG_SECONDS=2
    gpubench cpu 100 --threads 2 --samples 3 --max-time 0.2 --no-save --output result.json --variant '*ssyrk,fused-triangle' \
        --blas ./libtext.so,./libi386.so,./libnosyrk.so,./liblies.so,./libbusy.so,./libwrong.so,./libhang.so,./libcrash.so
    exits 1
    matches "$errors" '8 of 9 variants failed; their rows say why'
    [ "$(rows)" = "busy-ssyrk failed crash-ssyrk failed fused-triangle ok hang-ssyrk failed i386-ssyrk failed lies-ssyrk failed nosyrk-ssyrk failed text-ssyrk failed wrong-ssyrk failed" ]
    matches "$(reason text-ssyrk)" 'cannot be loaded .*invalid ELF header'
    matches "$(reason i386-ssyrk)" 'cannot be loaded .*(wrong ELF class|ELFCLASS32)'
    matches "$(reason nosyrk-ssyrk)" 'has no cblas_ssyrk, so it is not a BLAS library'
    matches "$(reason lies-ssyrk)" 'asked for 1 thread, it says that it runs 7'
    matches "$(reason busy-ssyrk)" 'it cannot be asked for 1 thread, it uses the CPU time of (1.[6-9]|2)'
    matches "$(reason wrong-ssyrk)" 'wrong product'
    matches "$(reason hang-ssyrk)" 'has not loaded and multiplied within 2 s'
    matches "$(reason crash-ssyrk)" 'crash .signal 11'
    [ "$(grep -c 'failed: ' <<<"$output")" -eq 8 ]
}

@test "one library alone is the main job, with its variant, version and threads in the result" {
    shim mine -DTHREADS
    gpubench cpu 100 --blas ./libmine.so --threads 2 --no-save --json --output result.json
    exits 0
    [ "$(rows)" = "mine-ssyrk ok" ]
    [ "$(jq -c '.blas.others.mine | [.version, .threads, .file]' result.json)" = '["1.2.3",2,"libmine.so"]' ]
    gpubench cpu 100 --blas ./libmine.so --type f64 --no-save
    exits 0
    matches "$output" 'sum-aat/f64/mine-dsyrk'
}

@test "a library that fails alone is an error with the reason, and no time" {
    shim wrong -DWRONG
    gpubench cpu 100 --blas ./libwrong.so --no-save
    exits 1
    matches "$errors" 'sum-aat/f32/wrong-ssyrk cannot run on .*: wrong fails in a trial .wrong product'
    lacks "$output" 'Time taken'
}

@test "64-bit integers and suffixes are recognised" {
    shim wide -DINT=int64_t '-DNAME(x)=x##64_'
    gpubench cpu 130 --all --blas ./libwide.so --samples 3 --max-time 0.2 --no-save --json --output result.json
    exits 0
    matches "$(rows)" 'wide-sgemm ok wide-ssyrk ok'
    [ "$(jq .blas.others.wide.integer_bits result.json)" = 64 ]
    gpubench cpu 130 --all --type f64 --blas ./libwide.so --op matmul --samples 3 --max-time 0.2 --no-save --output result.json
    exits 0
    matches "$(rows)" 'wide-dgemm ok wide-dsyrk ok'
}

@test "two files of one name are two contestants, and × library stays against OpenBLAS" {
    mkdir a b
    shim x && cp libx.so a/libopenblas.so && cp libx.so b/libopenblas.so
    gpubench cpu 100 --all --blas a/libopenblas.so,b/libopenblas.so,a/libopenblas.so --samples 3 --max-time 0.2 --no-save --output result.json
    exits 0
    matches "$output" '× openblas-sgemm'
    matches "$(rows)" 'openblas-2-sgemm ok openblas-2-ssyrk ok openblas-3-sgemm ok openblas-3-ssyrk ok'
    [ "$(jq -r '[.results[].reference.key] | unique | join(" ")' result.json)" = cpu/sum-aat/f32/openblas-sgemm/n=100 ]
}

@test "bad words of --blas are refused with what would be right" {
    : >notes.txt
    gpubench cpu 100 --blas bliss --no-save
    exits 2
    matches "$errors" '^gpubench: --blas bliss: there is no such library or file: did you mean "blis"'
    for words in '' quantum ./no-such.so 'blis,' 'blis,/'; do
        gpubench cpu 100 --blas "$words" --no-save
        case $words in 'blis,/') exits 1 ;; *) exits 2 && matches "$errors" '^gpubench: --blas .*no library of that name: gpubench list' ;; esac
    done
    gpubench cpu 100 --blas notes.txt --no-save
    exits 1
    matches "$errors" 'notes-txt cannot be loaded .*file too short'
    gpubench cpu 100 --blas netlib --op reduce
    exits 2
    matches "$errors" 'no variant of reduce is of a library'
    gpubench gpu 100 --blas blis
    exits 2
}

@test "a library that is not installed is left out of --all, and named it says what to install" {
    [ "$(uname -m)" = x86_64 ] || skip "NVPL may be here"
    gpubench cpu 60 --all --samples 3 --max-time 0.2 --no-save --output result.json
    exits 0
    lacks "$(rows)" nvpl
    gpubench cpu 60 --blas nvpl --no-save
    exits 1
    matches "$errors" 'NVPL BLAS cannot be loaded .libnvpl_blas_lp64_gomp.so.0.*: install NVIDIA.s NVPL'
    gpubench list
    lacks "$output" nvpl
    gpubench list --json
    jq -e '[.[] | select(.variant == "nvpl-sgemm")] | length == 2 and all(.runs_here == false)' <<<"$output"
}

@test "without --blas or --all only OpenBLAS is loaded" {
    gpubench cpu 60 --no-save --json
    [ "$(jq -r '.results[0].variant' <<<"$output")" = openblas-syrk ]
    [ "$(jq .blas.others <<<"$output")" = null ]
}

@test "Debian's BLIS, ATLAS, Netlib and OpenBLAS with OpenMP are verified in both types" {
    for file in blis-pthread/libblis.so.4 atlas/libblas.so.3 blas/libblas.so.3 openblas-openmp/libopenblas.so.0; do
        [ -e "/usr/lib/$(uname -m)-linux-gnu/$file" ] || skip "$file is not installed"
    done
    for type in f32 f64; do
        gpubench cpu 120 --type $type --all --threads 2 --samples 3 --max-time 0.2 --no-save --output result.json
        exits 0
        [ "$(jq '[.results[] | select(.library and .state == "ok")] | length' result.json)" -ge 10 ]
        [ "$(jq -c '.blas.others | [.blis.threads, ."openblas-openmp".threads, .netlib.threads]' result.json)" = '[2,2,1]' ]
        [ "$(jq -r '.blas.others.blis.core' result.json)" != null ]
    done
}

@test "--bind is recorded, and a result of bound threads is of another class" {
    gpubench cpu 60 --threads 1 --no-save --output free.json
    gpubench cpu 60 --threads 1 --bind --no-save --output bound.json
    exits 0
    matches "$output" '1 thread .request. bound'
    [ "$(jq -c '[.cpu.bound]' free.json bound.json | paste -sd ' ')" = '[null] [true]' ]
    gpubench compare free.json bound.json
    exits 5
    matches "$output$errors" 'cpu.bound'
}
