#!/usr/bin/env bats
# OpenBLAS as people have it: old, with faults, built for few threads, under limits.
load helper

# A library with faults (openblas.c) in the place of OpenBLAS.
with_shim() {
    gcc -O2 -w "$@" -shared -fPIC "$ROOT/tests/cli/openblas.c" -o libopenblas.so.0
    export LD_LIBRARY_PATH=$PWD${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
    unset OPENBLAS_CORETYPE OPENBLAS_NUM_THREADS GOTO_NUM_THREADS OMP_NUM_THREADS
}

# The best core type that is worth a trial on this machine.
best_core() {
    grep -qw avx512bw /proc/cpuinfo && echo SkylakeX && return
    grep -qw avx2 /proc/cpuinfo && echo Haswell && return
    skip "needs AVX2"
}

fact() {
    jq -r ".blas.$1" <<<"$output"
}

@test "a core type below the CPU gives way to the best one of the library, in one line and in the result" {
    with_shim
    best=$(best_core)
    gpubench cpu 60 --no-save --json
    exits 0
    [ "$(grep -c Prescott errors.txt)" -eq 1 ]
    matches "$errors" "OpenBLAS 0.0.9 takes its Prescott kernels for this CPU; gpubench has it run $best, which are [0-9.]+ times as fast"
    [ "$(fact core)" = "$best" ]
    [ "$(fact core_by)" = gpubench ]
    [ "$(fact core_of_openblas)" = Prescott ]
    jq -e --arg best "$best" '.blas.trials | .[$best].flops > 1.2 * .Prescott.flops' <<<"$output"
    [ "$(jq -r '.env.OPENBLAS_CORETYPE' <<<"$output")" = null ]
}

@test "a core type whose double precision alone is wrong is not taken" {
    with_shim -DDOUBLE
    best=$(best_core)
    gpubench cpu 60 --no-save --json
    [ "$(fact core)" = "$best" ]
    SHIM_WRONG_F64='SkylakeX Haswell' gpubench cpu 60 --no-save --json
    [ "$(fact core)" = Prescott ]
    [ "$(fact trials.Haswell.failed)" = 'wrong product' ]
}

@test "a library without double precision runs what it has" {
    with_shim
    gpubench list --json
    jq -e 'map(select(.variant == "openblas-dgemm")) | length > 0 and all(.runs_here == false)' <<<"$output"
}

@test "a low core type stays where no other is faster, and that is said" {
    with_shim
    best_core
    SHIM_SLOW='' SHIM_KNOWS='Prescott Haswell' gpubench cpu 60 --no-save --json
    exits 0
    [ "$(fact core)" = Prescott ]
    [ "$(fact core_by)" = OpenBLAS ]
    matches "$errors" 'runs Prescott kernels on it, and none of its others is both right and faster .*Zen not available'
}

@test "a core type that is good enough is not tried against others" {
    with_shim
    SHIM_OWN=$(best_core) gpubench cpu 60 --no-save --json
    exits 0
    lacks "$errors" '^gpubench:'
    [ "$(fact core_by)" = OpenBLAS ]
    [ "$(jq '.blas.trials' <<<"$output")" = null ]
}

@test "a user's own core type wins" {
    with_shim
    OPENBLAS_CORETYPE=prescott gpubench cpu 60 --no-save --json
    exits 0
    lacks "$errors" '^gpubench:'
    [ "$(fact core)" = prescott ]
    [ "$(fact core_by)" = OPENBLAS_CORETYPE ]
    matches "$errors" 'OpenBLAS 0.0.9 prescott \(OPENBLAS_CORETYPE\)'
    OPENBLAS_CORETYPE=prescott gpubench doctor
    matches "$output" 'OpenBLAS +0.0.9, prescott \(OPENBLAS_CORETYPE\), '
    matches "$output" 'sgemm .* warn +OPENBLAS_CORETYPE may name kernels below this CPU: unset it'
    gpubench doctor
    lacks "$output" OPENBLAS_CORETYPE
}

@test "a core type that the library has not is ignored, in one line, and the best is found all the same" {
    with_shim
    best=$(best_core)
    OPENBLAS_CORETYPE=Alpha gpubench cpu 60 --no-save --json
    exits 0
    [ "$(grep -c Alpha errors.txt)" -eq 1 ]
    matches "$errors" "OPENBLAS_CORETYPE=Alpha is not a core type of OpenBLAS 0.0.9 for this CPU and is ignored; .*gpubench has it run $best"
    [ "$(fact core)" = "$best" ]
    [ "$(fact core_by)" = gpubench ]
    [ "$(fact core_of_openblas)" = Prescott ]
    [ "$(jq -r '.env.OPENBLAS_CORETYPE' <<<"$output")" = Alpha ]
    OPENBLAS_CORETYPE=Alpha SHIM_OWN=$best gpubench cpu 60 --no-save --json
    matches "$errors" "CPU and is ignored; it runs $best"
    [ "$(fact core_by)" = OpenBLAS ]
}

@test "a fast core type that computes wrong products, crashes or is unknown is not taken" {
    with_shim
    best_core
    for fault in SHIM_WRONG SHIM_CRASH; do
        export "$fault=SkylakeX Haswell"
        gpubench cpu 60 --no-save --json
        exits 0
        [ "$(fact core)" = Prescott ]
        [ "$(jq '.results[0].verdict.ok' <<<"$output")" = true ]
        [ "$fault" != SHIM_WRONG ] || [ "$(fact trials.Haswell.failed)" = 'wrong product' ]
        [ "$fault" != SHIM_CRASH ] || [ "$(fact trials.Haswell.failed)" = 'crash (signal 4)' ]
        matches "$errors" 'none of its others is both right and faster'
        unset "$fault"
    done
}

@test "where the library's own core type fails, one that does not is taken" {
    with_shim
    best=$(best_core)
    for fault in SHIM_WRONG SHIM_CRASH; do
        export "$fault=Prescott"
        gpubench cpu 60 --no-save --json
        exits 0
        [ "$(fact core)" = "$best" ]
        matches "$errors" "the Prescott kernels that OpenBLAS 0.0.9 takes for this CPU fail .*; gpubench has it run $best"
        unset "$fault"
    done
}

@test "a library that crashes whatever it runs is left out, with the reason" {
    with_shim
    SHIM_CRASH='Prescott Haswell SkylakeX' gpubench cpu 60 --no-save --variant openblas-syrk
    exits 1
    matches "$errors" 'OpenBLAS fails in a trial .crash .signal 4'
    SHIM_CRASH='Prescott Haswell SkylakeX' gpubench cpu 60 --no-save --variant reference
    exits 0
    OPENBLAS_CORETYPE=Haswell SHIM_CRASH='Haswell' gpubench cpu 60 --no-save --variant openblas-syrk
    exits 1
    matches "$errors" 'OPENBLAS_CORETYPE: unset OPENBLAS_CORETYPE'
}

@test "a library that hangs while it loads is given up, and SIGTERM ends the wait" {
    with_shim
    export SHIM_HANG=$PWD/hangs
    GPUBENCH_HANG_SECONDS=1 gpubench cpu 60 --no-save
    exits 1
    matches "$errors" 'OpenBLAS has not loaded and multiplied within 1 s'
    rm hangs
    "$GPUBENCH" cpu 60 --no-save 2>errors.txt 3>&- &
    eventually test -e hangs
    kill -TERM $!
    status=0
    wait $! || status=$?
    exits 143
    grep -q interrupted errors.txt
}

@test "under a limit of address space or data OpenBLAS is refused with both sizes, at once" {
    status=0
    for limit in v d; do
        errors=$( (ulimit -$limit 250000 && exec timeout 60 "$GPUBENCH" cpu 100 --threads 2 --no-save) 2>&1) && false || status=$?
        exits 1
        matches "$errors" 'OpenBLAS needs [0-9]+ MiB for 2 threads, and of the 244 MiB of .*ulimit -'$limit'.* raise the limit, or take fewer threads'
    done
    # Not even the library itself can be mapped: it is there all the same.
    errors=$( (ulimit -v 40000 && exec timeout 60 "$GPUBENCH" cpu 100 --threads 2 --no-save) 2>&1) && false || status=$?
    exits 1
    matches "$errors" 'OpenBLAS needs [0-9]+ MiB for 2 threads, and of the 39 MiB of '
    output=$( (ulimit -v 250000 && exec timeout 60 "$GPUBENCH" doctor --results "$PWD") 2>&1) && false || status=$?
    exits 1
    matches "$output" 'cpu trial +does not open +fail +OpenBLAS needs'
    (ulimit -v 1000000 && timeout 60 "$GPUBENCH" cpu 100 --threads 2 --no-save)
}

@test "a matrix beyond a limit of the process is refused with both sizes and the limit" {
    status=0
    for limit in v d; do
        for words in 'cpu 20000' 'cpu 20000 --type f64' 'cpu 20000 --op matmul' 'cpu 20000 --op reduce' 'cpu 20000 --all' \
            'cpu 20000 --variant fused-triangle' 'cpu 20000 --ranks 2' 'cpu 20000 --ranks 2 --exchange ring' \
            'sweep 20000:20000 --only cpu'; do
            # shellcheck disable=SC2086 # several words
            output=$( (ulimit -$limit 700000 && exec timeout 60 "$GPUBENCH" $words --threads 1 --no-save) 2>&1) && false || status=$?
            exits 1
            matches "$output" 'N = 20000.* needs (at least )?[0-9.]+ [MG]iB.*[0-9.]+ MiB (are )?free.* [Oo]f the 683\.6 MiB of .* \(ulimit -'$limit'\)'
        done
    done
}

@test "under a limit a second OpenBLAS that would wait for address space for ever is a failed row" {
    with_shim
    cp libopenblas.so.0 other.so
    status=0
    output=$( (ulimit -v 700000 && SHIM_TAKES=400 exec timeout 120 "$GPUBENCH" cpu 60 --threads 2 --samples 1 --no-save \
        --variant '*' --blas openblas,./other.so) 2>errors.txt) || status=$?
    exits 1
    matches "$output" 'openblas-sgemm .* ok'
    matches "$output" 'other-sgemm +failed: OpenBLAS needs [0-9]+ MiB for 2 threads, and of the 683 MiB of address space'
}

@test "a library built for fewer threads than were asked for: printed, warned of and recorded" {
    with_shim
    SHIM_CAP=2 gpubench cpu 60 --no-save --threads 3 --quiet --json
    exits 0
    [ "$(fact threads)" -eq 2 ]
    [ "$(jq .cpu.threads <<<"$output")" -eq 3 ]
    SHIM_CAP=2 gpubench cpu 60 --no-save --threads 3
    matches "$output" '3 threads .*OpenBLAS 0.0.9 [A-Za-z]+ in 2 threads'
    matches "$errors" 'OpenBLAS 0.0.9 runs 2 of the 3 threads: it was built for no more'
}

@test "OPENBLAS_NUM_THREADS, then GOTO_NUM_THREADS, then OMP_NUM_THREADS lower the threads" {
    while read -r openblas goto omp threads by; do
        output=$(env ${openblas:+OPENBLAS_NUM_THREADS=${openblas#-}} ${goto:+GOTO_NUM_THREADS=${goto#-}} \
            ${omp:+OMP_NUM_THREADS=${omp#-}} "$GPUBENCH" cpu 60 --threads 3 --no-save --json 2>errors.txt)
        [ "$(jq -r '"\(.cpu.threads) \(.cpu.threads_by) \(.blas.threads)"' <<<"$output")" = "$threads $by $threads" ]
        grep -q -- "--threads 3: $by allows $threads, so $threads run" errors.txt
    done <<'END'
1 2 2 1 OPENBLAS_NUM_THREADS
- 1 2 1 GOTO_NUM_THREADS
- - 2 2 OMP_NUM_THREADS
0 - 1 1 OMP_NUM_THREADS
- - 2,1 2 OMP_NUM_THREADS
END
}

@test "a number of threads that is none is recorded, said and ignored" {
    for value in 0 abc -1 1e3 99999999999; do
        for variable in OPENBLAS_NUM_THREADS OMP_NUM_THREADS; do
            output=$(env "$variable=$value" "$GPUBENCH" cpu 60 --threads 1 --no-save --json 2>errors.txt)
            [ "$(jq -r ".env.$variable" <<<"$output")" = "$value" ]
            [ "$(jq -r .cpu.threads_by <<<"$output")" = request ]
            grep -q "$variable=$value is no number of threads and is ignored" errors.txt
        done
    done
}

@test "doctor says what share of the measured peak sgemm reaches, and warns below half of it" {
    with_shim
    gpubench doctor
    grep -E '^sgemm +[0-9.]+ [MGT]FLOP/s, [0-9.]+ % of the measured multiply-adds, N = 1000 +warn +OpenBLAS may have no kernels' <<<"$output"
    grep -E '^OpenBLAS +0\.0\.9, [A-Za-z]+, .* warn +OpenBLAS 0.0.9 takes its Prescott kernels' <<<"$output"
    OMP_NUM_THREADS=abc SHIM_OWN=$(best_core) gpubench doctor --json
    jq -e '[.checks[] | select(.what == "OpenBLAS")] | length == 1 and .[0].state == "ok"' <<<"$output"
    jq -e '[.checks[] | select(.what == "threads")] | length == 1 and (.[0].advice | test("OMP_NUM_THREADS=abc is no number"))' <<<"$output"
    jq -e '.cpu.doctor.gemm_n == 1000 and .cpu.doctor.gemm_flops > 0' <<<"$output"
}

@test "doctor gives no share of a peak that sgemm exceeds, and says why" {
    ${CC:-gcc} -O2 -shared -fPIC "$ROOT/tests/cli/shims/slow_clock.c" -o slow_clock.so
    CPU_TIME=100000 LD_PRELOAD=$PWD/slow_clock.so gpubench doctor
    grep -E '^sgemm +[0-9.]+ [MGT]FLOP/s, N = 1000; more than 100 % of the measured peak, .* warn +other programs use the CPU' <<<"$output"
    lacks "$output" '% of the measured multiply-adds'
}
