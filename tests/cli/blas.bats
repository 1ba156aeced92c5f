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
    shim hang '-DSTART=pause()'
    shim crash '-DSTART=raise(SIGSEGV)'
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

@test "a library that ends the process, changes the rounding of each product or aborts with a message fails alone" {
    shim ends '-DSTART=exit(0)'
    shim upward '-DCALL=fesetround(FE_UPWARD)'
    shim aborts '-DSTART=(fputs("no kernel for \033[31mthis CPU\n", stderr), abort())'
    gpubench cpu 100 --samples 3 --max-time 0.2 --no-save --output result.json --variant '*ssyrk,reference' \
        --blas ./libends.so,./libupward.so,./libaborts.so
    exits 1
    [ "$(rows)" = "aborts-ssyrk failed ends-ssyrk failed reference ok upward-ssyrk failed" ]
    [ "$(reason ends-ssyrk)" = 'ends fails in a trial (ended early)' ]
    [ "$(reason upward-ssyrk)" = 'upward fails in a trial (changed rounding mode)' ]
    [ "$(reason aborts-ssyrk)" = 'aborts fails in a trial (crash (signal 6)): no kernel for  [31mthis CPU' ]
    lacks "$output" $'\033'
}

@test "what a library prints, sets or starts while it loads changes no other result, nor standard output" {
    shim upward '-DSTART=fesetround(FE_UPWARD)'
    shim starts '-DSTART=start_thread()'
    shim prints '-DSTART=puts("loaded")' '-DCALL=(printf("called"), write(1, "!", 1))'
    gpubench cpu 100 --samples 3 --max-time 0.2 --no-save --json --variant '*ssyrk,reference,fused*' \
        --blas ./libupward.so,./libstarts.so,./libprints.so
    exits 0
    [ "$(jq -r '[.results[] | "\(.variant) \(.state)"] | sort | join(" ")' <<<"$output")" = \
        "fused-triangle ok prints-ssyrk ok reference ok starts-ssyrk ok upward-ssyrk ok" ]
    grep -qx loaded <<<"$errors"
    matches "$errors" 'called'
}

@test "each library calls its own functions, whatever another has made global" {
    shim first '-DSTART=dlopen("./libfirst.so", RTLD_NOW | RTLD_GLOBAL)' '-DHELPER=abort()'
    shim second '-DHELPER=(void)0' '-DCALL=helper_()'
    gpubench cpu 100 --samples 3 --max-time 0.2 --no-save --output result.json --variant '*ssyrk' --blas ./libfirst.so,./libsecond.so
    exits 0
    [ "$(rows)" = "first-ssyrk ok second-ssyrk ok" ]
}

@test "the name of a file cannot steer a terminal" {
    : >$'lib\033[31mred.so'
    gpubench cpu 100 --samples 3 --max-time 0.2 --no-save --variant '*ssyrk,reference' --blas $'./lib\033[31mred.so'
    exits 1
    matches "$output" 'failed: --31mred cannot be loaded .*file too short'
    lacks "$output$errors" $'\033'
}

@test "AOCL, MKL and NVPL are set to the threads asked for, and tell version, kernel and integers" {
    shim blis-mt -DAOCL -DINT=int64_t && mv libblis-mt.so libblis-mt.so.5
    shim mkl_rt -DMKL && mv libmkl_rt.so libmkl_rt.so.2
    shim nvpl_blas_lp64_gomp -DNVPL && mv libnvpl_blas_lp64_gomp.so libnvpl_blas_lp64_gomp.so.0
    export LD_LIBRARY_PATH=$PWD${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    gpubench cpu 100 --threads 2 --samples 3 --max-time 0.2 --no-save --json --variant '*syrk,*gemm' --blas aocl,mkl,nvpl
    exits 0
    [ "$(jq -r '[.results[] | select(.variant | test("aocl|mkl|nvpl")) | select(.state == "ok") | .variant] | sort | join(" ")' <<<"$output")" = \
        "aocl-sgemm aocl-ssyrk mkl-sgemm mkl-ssyrk nvpl-sgemm nvpl-ssyrk" ]
    [ "$(jq -c '.blas.others.aocl | [.version, .core, .threads, .threading, .integer_bits]' <<<"$output")" = '["5.0.0","zen 4",2,"openmp",64]' ]
    [ "$(jq -c '.blas.others.mkl | [.version, .core, .threads, .integer_bits]' <<<"$output")" = '["2025.0.1","Intel(R) Advanced Vector Extensions 512",2,32]' ]
    [ "$(jq -c '.blas.others.nvpl | [.version, .threads]' <<<"$output")" = '["1.2.3",2]' ]
}

@test "Intel's MKL is verified in both types and runs the threads asked for" {
    gpubench cpu 60 --blas mkl --no-save
    # shellcheck disable=SC2154
    [ "$status" -eq 0 ] || skip 'MKL is not installed'
    for type in f32 f64; do
        for threads in 1 2; do
            gpubench cpu 120 --type $type --all --blas mkl --variant 'mkl-*' --threads $threads --samples 3 --max-time 0.2 --no-save --output result.json
            exits 0
            [ "$(jq '[.results[] | select(.state == "ok")] | length' result.json)" -eq 2 ]
            [ "$(jq -c '.blas.others.mkl | [.threads, .integer_bits]' result.json)" = "[$threads,32]" ]
        done
    done
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
    shim narrow -DTHREADS '-DNAME(x)=x##64_' # its names promise 64 bits, and it reads 32
    gpubench cpu 130 --all --blas ./libnarrow.so --samples 3 --max-time 0.2 --no-save --output result.json
    exits 0
    matches "$(rows)" 'narrow-sgemm ok narrow-ssyrk ok'
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

@test "the innermost loop of the fused kernel has no addition beside its multiplications" {
    gcc -std=gnu11 -O2 -I"$ROOT" -S "$ROOT/cpu/fused/fused.c" -o fused.s
    [ "$(grep -cE '\bv?addss\b|\bfadd[[:space:]]+s[0-9]' fused.s)" -eq 0 ]
}
