#!/usr/bin/env bats
# Several ranks that do one problem together: Open MPI and MPICH on this host.
# The launchers are commands of several words, and each test has its own environment.
# shellcheck disable=SC2086,SC2030,SC2031,SC2154
load helper
load ranks

# shares EXCHANGE LAUNCHER: 1, 2, 3, 5 and 8 ranks in both types are right, and their sums have the bits of the last such ranks,
# which another launcher may have started.
shares() {
    local exchange=$1 last=$BATS_FILE_TMPDIR/sums-$1 type ranks
    shift
    for type in f32 f64; do
        "$GPUBENCH" cpu 500 --type $type --json --quiet --no-save --samples 1 >alone.json
        for ranks in 1 2 3 5 8; do
            together "$@" -n $ranks "$GPUBENCH" cpu 500 --type $type --exchange $exchange --json --quiet --no-save --samples 2
            exits 0
            jq -e '.ranks.count == '$ranks' and
                (.results[0] | .state == "ok" and .verdict.ok and .summary.count == 2) and
                ([.ranks.list[].share] | add - 1 | fabs < 1e-9) and
                (([.ranks.list[].part] | add) / .job.sum - 1 | fabs < 1e-9)' <<<"$output"
            jq -es '(.[0].job.sum / .[1].job.sum - 1) | fabs < 1e-6' - alone.json <<<"$output"
            matches "$(field '.results[0].key')" "n=500/ranks=$ranks/$exchange$"
            echo "$type, $ranks ranks: $(field .job.sum)" >>sums
        done
    done
    [ ! -e "$last" ] || diff "$last" sums
    mv sums "$last"
}

# repeat_without OTHER EXCHANGE LAUNCHER: the same ranks again, unless another launcher repeats them.
repeat_without() {
    (needs "$1" && echo is there) | grep -q 'is there' || shares "${@:2}"
}

@test "Open MPI: 1, 2, 3, 5 and 8 ranks are verified and give the same bits again" {
    needs openmpi
    shares none $OPENMPI
    repeat_without mpich none $OPENMPI
}

@test "MPICH: 1, 2, 3, 5 and 8 ranks are verified and give the same bits again" {
    needs mpich
    shares none $MPICH
    repeat_without openmpi none $MPICH
}

@test "a ring of Open MPI: 1, 2, 3, 5 and 8 ranks are verified and give the same bits again" {
    needs openmpi
    shares ring $OPENMPI
    repeat_without mpich ring $OPENMPI
}

@test "a ring of MPICH: 1, 2, 3, 5 and 8 ranks are verified and give the same bits again" {
    needs mpich
    shares ring $MPICH
    repeat_without openmpi ring $MPICH
}

@test "--ranks: the same bits without MPI, also in a ring" {
    needs openmpi
    for exchange in none ring; do
        for ranks in 1 2 5; do
            gpubench cpu 500 --ranks $ranks --exchange $exchange --samples 2 --json --quiet --no-save
            exits 0
            jq -e '.ranks.count == '$ranks' and .ranks.transport == "processes of one host"' <<<"$output"
            field .job.sum >local.txt
            together $OPENMPI -n $ranks "$GPUBENCH" cpu 500 --exchange $exchange --samples 1 --json --quiet --no-save
            [ "$(field .job.sum)" = "$(cat local.txt)" ]
        done
    done
    for wrong in 0 65 x 1,2 ""; do
        gpubench cpu 100 --ranks="$wrong"
        exits 2
    done
}

@test "what is for one process is refused under a launcher, in one sentence" {
    needs openmpi
    needs mpich
    export GPUBENCH_RESULTS=$PWD/none
    while read -r name words; do
        for launcher in "$OPENMPI" $MPICH; do
            together $launcher -n 3 "$GPUBENCH" $words
            exits 2
            [ "$(grep -c '^gpubench: ' errors.txt)" -eq 1 ]
            matches "$(grep '^gpubench: ' errors.txt)" "^gpubench: .* started 3 processes, and (gpubench )?$name is for one: "
        done
    done <<'END'
check check --baseline b.json
ab ab --processes 10 -- cpu 100 -- cpu 100
sweep sweep 10:20
soak soak --for 1s
report report x
--ranks cpu 100 --ranks 2
--devices gpu 100 --devices 0,1
END
    [ ! -e none ]
    together $OPENMPI -n 1 "$GPUBENCH" sweep 10:20 --only cpu --quiet --no-save
    exits 0
    together $OPENMPI -n 2 "$GPUBENCH" list --quiet
    exits 0
}

@test "rank 0 says why, also where the others have failed before it: a launcher kills it then" {
    needs openmpi
    cat >late <<'END'
#!/bin/sh
[ "$OMPI_COMM_WORLD_RANK" -gt 0 ] || sleep 0.5
exec "$GPUBENCH" "$@"
END
    chmod +x late
    export GPUBENCH
    together $OPENMPI -n 3 ./late sweep 10:20
    exits 2
    matches "$errors" "started 3 processes, and gpubench sweep is for one"
}

@test "a single task of srun is no rank, also where srun serves PMIx" {
    export PMIX_RANK=0 SLURM_STEP_NUM_TASKS=1 SLURM_PROCID=0
    gpubench cpu 50 --no-save --json --samples 1
    exits 0
    [ "$(jq .ranks <<<"$output")" = null ]
    gpubench sweep 10:20 --only cpu --quiet --no-save
    exits 0
    SLURM_STEP_NUM_TASKS=3 gpubench sweep 10:20 --only cpu --quiet --no-save
    exits 2
    matches "$errors" "Slurm's srun started 3 processes"
}

@test "a ring: every range of data, more ranks than rows, and what exchange and links cost" {
    needs openmpi
    for range in signed wide; do
        together $OPENMPI -n 4 "$GPUBENCH" cpu 300 --range $range --exchange ring --samples 1 --json --quiet --no-save
        exits 0
    done
    together $OPENMPI -n 5 "$GPUBENCH" cpu 3 --exchange ring --samples 1 --json --quiet --no-save
    exits 0
    together $OPENMPI -n 3 "$GPUBENCH" cpu 300 --exchange ring --samples 2
    exits 0
    matches "$flat" "exchange .* beyond the products"
    matches "$flat" "compute .*exchange .*waiting .*link"
    matches "$flat" "[kMG]B/s"
    "$ROOT/scripts/check/validate-result" "$GPUBENCH_RESULTS"/*/*.json
    jq -e '.results[0].samples.wall_s as $wall | .ranks | .exchange == "ring" and all(.list[]; .link_bytes_per_s > 0 and
        (.exchange_s | length == 2 and all(.[]; . > 0)) and
        ([.compute_s, .exchange_s, .waiting_s] | transpose | map(add) | . as $sum | [range(2)] |
            all(.[]; $sum[.] / $wall[.] - 1 | fabs < 1e-6)))' "$GPUBENCH_RESULTS"/*/*.json
}

@test "--balance measured: the shares are other ones and named; the answer is the same" {
    needs openmpi
    for exchange in none ring; do
        # shellcheck disable=SC2016
        together $OPENMPI -n 3 "$GPUBENCH" cpu 600 --exchange $exchange --balance measured --samples 1 --json --quiet --no-save
        exits 0
        jq -e '.ranks.balance == "measured" and (.results[0].key | endswith("/'$exchange'/measured")) and
            ([.ranks.list[].share] | add - 1 | fabs < 1e-9) and ([.ranks.list[].share] | unique | length > 1) and
            (.job.phases | map(select(.name == "open")) | length) == 1' <<<"$output"
        field .job.sum >$exchange.txt
    done
    awk '{ sum[NR] = $1 } END { exit !((sum[1] / sum[2] - 1) ^ 2 < 1e-12) }' none.txt ring.txt
}

@test "rank 0 alone prints: the answer, a row a rank and the slowest one; one result is saved" {
    needs openmpi
    together $OPENMPI -n 3 "$GPUBENCH" cpu 300 --samples 3
    exits 0
    [ "$(grep -c '^Shape: (300, 300) Device: 3 ranks' <<<"$output")" -eq 1 ]
    matches "$flat" "3 ranks on 1 host · Open MPI"
    matches "$flat" "rank host .*share .*compute .*waiting"
    matches "$flat" "slowest rank [012] on $(hostname)"
    [ "$(saved_results)" -eq 1 ]
    jq -e '.ranks | (.list | length) == 3 and all(.list[]; (.compute_s | length) == 3)' "$GPUBENCH_RESULTS"/*/*.json
    "$ROOT/scripts/check/validate-result" "$GPUBENCH_RESULTS"/*/*.json
}

@test "only rank 0 needs a place for the result" {
    needs openmpi
    together $OPENMPI -n 1 "$GPUBENCH" cpu 200 --samples 1 : -n 2 env GPUBENCH_RESULTS=/proc/none "$GPUBENCH" cpu 200 --samples 1
    exits 0
    [ "$(saved_results)" -eq 1 ]
}

@test "the rank whose part is wrong is named, and no time is reported, also where its errors cancel" {
    needs openmpi
    gcc -O2 -w -shared -fPIC "$ROOT/tests/cli/openblas.c" -o libopenblas.so.0 -lm
    export LD_LIBRARY_PATH=$PWD OPENBLAS_CORETYPE=Haswell SHIM_WRONG_BY=1.1
    together $OPENMPI -n 3 "$GPUBENCH" cpu 300
    exits 0
    together $OPENMPI -n 1 "$GPUBENCH" cpu 300 : -n 1 env SHIM_WRONG=Haswell "$GPUBENCH" cpu 300 : -n 1 "$GPUBENCH" cpu 300
    exits 1
    matches "$errors" "gpubench: wrong result of rank 1 on $(hostname) .*its part of sum-aat/f32/openblas-syrk is"
    lacks "$output$errors" "steady state|Time taken"
    together $OPENMPI -n 1 "$GPUBENCH" cpu 300 --exchange ring : -n 1 env SHIM_WRONG=Haswell "$GPUBENCH" cpu 300 \
        --exchange ring : -n 2 "$GPUBENCH" cpu 300 --exchange ring
    exits 1
    matches "$errors" "gpubench: wrong result of rank 1 on $(hostname) .*its part of sum-aat/f32/openblas-syrk is"
    lacks "$output$errors" "steady state|Time taken"
    # These errors are so small that the signs, drawn anew in each run, may cancel them too, once in some 16 runs.
    for _ in 1 2 3 4; do
        together $OPENMPI -n 2 "$GPUBENCH" cpu 300 : -n 1 env SHIM_CANCELS=1 "$GPUBENCH" cpu 300
        [ "$status" -eq 0 ] || break
    done
    exits 1
    matches "$errors" "gpubench: wrong result of rank 2 on $(hostname) .*with other signs or sizes of rows is"
    lacks "$output$errors" "steady state|Time taken"
}

@test "a rank with another seed, or another build, ends all with one sentence" {
    needs openmpi
    together $OPENMPI -n 2 "$GPUBENCH" cpu 200 : -n 1 "$GPUBENCH" cpu 200 --seed 2
    exits 1
    [ "$(grep -c '^gpubench: rank 2 on .* was started with other work .*--seed 2.*rank 0' errors.txt)" -eq 1 ]
    together $OPENMPI -n 2 "$GPUBENCH" cpu 200 --exchange ring : -n 1 "$GPUBENCH" cpu 200
    exits 1
    [ "$(grep -c '^gpubench: rank 2 on .* was started with other work .*--exchange none.*rank 0' errors.txt)" -eq 1 ]
    sed 's/0\.1\.0/0.1.9/' "$GPUBENCH" >other && chmod +x other
    GPUBENCH_PLUGINS=${GPUBENCH%/*} together $OPENMPI -n 2 "$GPUBENCH" cpu 200 : -n 1 ./other cpu 200
    exits 1
    [ "$(grep -c '^gpubench: rank 2 on .* runs gpubench 0.1.9 .*rank 0' errors.txt)" -eq 1 ]
}

@test "without a plugin, ranks are one sentence and not several runs" {
    needs openmpi
    cp "$GPUBENCH" here
    together $OPENMPI -n 3 ./here cpu 200
    exits 1
    [ "$(grep -c "^gpubench: Open MPI's mpirun started 3 ranks, and gpubench cannot join them" errors.txt)" -eq 1 ]
    [ -z "$output" ]
}

@test "a plugin for another MPI than the launcher's is noticed" {
    needs openmpi
    needs mpich
    GPUBENCH_MPI=mpich together $OPENMPI -n 3 "$GPUBENCH" cpu 200
    exits 1
    [ "$(grep -c "^gpubench: Open MPI's mpirun started 3 ranks, and MPICH .* sees 1" errors.txt)" -eq 1 ]
}

@test "ranks do one variant: what else is asked for is a usage error, once" {
    needs openmpi
    together $OPENMPI -n 3 "$GPUBENCH" cpu 200 --all
    exits 2
    together $OPENMPI -n 3 "$GPUBENCH" cpu 200 --sede 4
    exits 2
    [ "$(grep -c '^gpubench: ' errors.txt)" -eq 1 ]
}

@test "the table of the cost model follows from its formula and the measured times" {
    awk -F ' *\\| *' '$3 ~ / ms$/ && NF == 9 { rows++; rate = 1e12 / ($3 / 1e3); split("450e9 50e9", link, " ")
            for (i = 1; i <= 2; i++) { one = $4 * rate / link[i]
                if (sprintf("%.0f", one) != $(3 + 2 * i) || sprintf("%.0f", 8 * one) != $(4 + 2 * i)) { print "row: " $0; bad = 1 } } }
        END { exit bad || rows != 4 }' "$ROOT/docs/many-gpus.md"
    # shellcheck disable=SC2013 # one word a line
    for time in $(awk -F ' *\\| *' '$3 ~ / ms$/ && NF == 9 { print $3 }' "$ROOT/docs/many-gpus.md" | cut -d' ' -f1); do
        grep -qF "$time ms" "$ROOT/docs/results.md"
    done
}

@test "--exchange and --balance without ranks are refused" {
    for option in "--exchange ring" "--exchange none" "--balance measured"; do
        gpubench cpu 100 $option
        exits 2
        matches "$errors" "^gpubench: ${option% *} is for several ranks: start them with mpirun, srun or --ranks, or leave it out"
    done
    gpubench gpu 100 --balance measured
    exits 2
    matches "$errors" "or --devices, or leave it out"
    [ "$(saved_results)" -eq 0 ]
}

@test "four simulated GPUs: each does its share of the tiles, in memory and streamed, with the same bits" {
    needs openmpi
    fake_gpus 4
    for more in "" "--memory-limit 1100K" "--type f64" "--range signed" "--variant triangle"; do
        for turn in 1 2; do
            together $OPENMPI -n 4 "$GPUBENCH" gpu 450 --samples 1 --json --quiet --no-save $more
            exits 0
            printf '%s\n' "$output" >$turn.json
        done
        jq -es '.[0].job.sum == .[1].job.sum and .[0].ranks.devices == 4 and .[0].results[0].verdict.ok and
            ([.[0].ranks.list[].uuid] | unique | length == 4)' [12].json
    done
    [[ $(jq -r .device.summary 2.json) != *streamed* ]]
    together $OPENMPI -n 4 "$GPUBENCH" gpu 100 --variant warp-triangle --samples 1 --json --quiet --no-save # it has one tile
    exits 0
    jq -e '[.ranks.list[].part | select(. == 0)] | length == 3' <<<"$output"
    together $OPENMPI -n 4 "$GPUBENCH" gpu 450 --samples 1 --json --quiet --no-save --memory-limit 1100K
    matches "$(field .device.summary)" "A streamed"
}

@test "simulated GPUs: kernels of Ampere do shares, also of a few entries, whose rounding hardly averages out" {
    fake_gpus 3
    for variant in ffma-sm80:f32 mma-sm80:tf32 mma-sm80:bf16 mma-sm80-square:f16 mma-sm80-copy:tf32; do
        gpubench gpu 388 --arith ${variant#*:} --variant ${variant%:*} --samples 1 --json --quiet --no-save --devices all
        exits 0
        jq -e '.results[0].verdict.ok and all(.ranks.list[]; .part > 0)' <<<"$output"
        field .job.sum >ranks.txt
        gpubench gpu 388 --arith ${variant#*:} --variant ${variant%:*} --samples 1 --json --quiet --no-save
        jq -e --slurpfile sum ranks.txt '(.results[0].verdict.sum / $sum[0] - 1) | fabs < 1e-6' <<<"$output"
    done
    fake_gpus 15 # the last row of tiles has one row of C
    for arithmetic in tf32 bf16; do
        gpubench gpu 257 --arith $arithmetic --variant mma-direct-sm80-64 --samples 1 --quiet --no-save --devices all
        exits 0
    done
}

@test "simulated GPUs: the card of each rank is found by its PCI address, also on 80 columns, and its UUID is saved" {
    fake_gpus 3
    gpubench gpu 100 --devices all --samples 1 --output result.json --no-save
    exits 0
    jq -e '[.ranks.list[].pci] == ["0000:01:00.0", "0000:02:00.0", "0000:03:00.0"] and
        ([.ranks.list[].uuid[:4]] == ["GPU-", "GPU-", "GPU-"])' result.json
    matches "$output" 'rank  host .* PCI .* device .* rel. error.* 1 .* /gpu:1  02:00.0  NVIDIA H100'
    matches "$output" 'slowest +rank . on .* \(/gpu:[0-2], PCI 0[1-3]:00.0, '
    "$ROOT/scripts/check/validate-result" result.json
    script -qec "stty cols 80; '$GPUBENCH' gpu 100 --devices all --samples 1 --no-save" /dev/null >narrow
    grep -E '^ +2  [^ ]+ +/gpu:2  03:00\.0 ' narrow | grep -v NVIDIA || { cat narrow; return 1; }
}

@test "simulated GPUs: measured shares are divided at tiles" {
    fake_gpus 3
    gpubench gpu 450 --devices all --balance measured --samples 1 --json --quiet --no-save
    exits 0
    jq -e '.ranks.balance == "measured" and .results[0].verdict.ok and
        ([.ranks.list[].share] | add - 1 | fabs < 1e-9)' <<<"$output"
}

@test "two ranks on one GPU give the right sum, and are named" {
    needs openmpi
    fake_gpus 1
    together $OPENMPI -n 2 "$GPUBENCH" gpu 130 --samples 1 --no-save
    exits 0
    matches "$flat" "shared ranks 0 and 1 on $(hostname) have one GPU, /gpu:0 GPU-"
}

@test "a rank without a GPU is named" {
    needs openmpi
    fake_gpus 2
    together $OPENMPI -n 1 "$GPUBENCH" gpu 130 : -n 1 env LD_LIBRARY_PATH= "$GPUBENCH" gpu 130
    exits 77
    matches "$errors" "gpubench: rank 1 on $(hostname): no NVIDIA driver"
}

# Stops it once more unless it is stopped.
is_stopped() { # PID
    grep -q '^State:.T' "/proc/$1/status" || { kill -STOP "$1" && false; }
}

# disturbed SIGNAL RANK LAUNCHER…: three ranks work, of a ring $RING, and one of them gets a signal.
disturbed() {
    local signal=$1 rank=$2 pid r ranks=${RING:-3}
    shift 2
    rm -f out.txt pid.*
    # shellcheck disable=SC2016
    timeout -k 5 120 "$@" -n "$ranks" sh -c 'echo $$ >pid.${OMPI_COMM_WORLD_RANK:-$PMI_RANK}; exec "$@"' - "$GPUBENCH" cpu 600 \
        --max-time 60 --samples 1000000 --no-save ${RING:+--exchange ring} >out.txt 2>errors.txt </dev/null &
    pid=$!
    eventually grep -q '^Time taken' out.txt
    kill -"$signal" "$(cat pid."$rank")"
    [ "$signal" != STOP ] || eventually is_stopped "$(cat pid."$rank")"
    status=0
    wait $pid || status=$?
    errors=$(cat errors.txt)
    for ((r = 0; r < ranks; r++)); do
        eventually is_gone "$(cat pid.$r)"
    done
    [ "$status" -ne 0 ]
}

# The same, again if MPICH's launcher ended before it had passed on what a rank said (as in together).
disturb() {
    for _ in 1 2 3; do
        disturbed "$@"
        [[ -z $errors && ($status -eq 141 || $1 = STOP) ]] || break
    done
}

@test "a rank that hangs is named, and none is left behind" {
    export GPUBENCH_HANG_SECONDS=2
    for mpi in openmpi mpich; do
        needs $mpi
        launcher=$MPICH
        [ $mpi = mpich ] || launcher=$OPENMPI
        disturb STOP 2 $launcher
        matches "$errors" "gpubench: rank 2 on $(hostname) has not answered for [0-9]+ s"
    done
}

# Rank 4 waits for rank 3, which waits for rank 2: only rank 2 does not answer rank 0.
@test "a rank of a ring that hangs is named, and none is left behind" {
    export GPUBENCH_HANG_SECONDS=2 RING=5
    for mpi in openmpi mpich; do
        needs $mpi
        launcher=$MPICH
        [ $mpi = mpich ] || launcher=$OPENMPI
        disturb STOP 2 $launcher
        [ "$(grep -c "^gpubench: rank" errors.txt)" -eq 1 ] || { cat errors.txt; return 1; }
        matches "$errors" "gpubench: rank 2 on $(hostname) has not answered for [0-9]+ s"
    done
}

@test "if a rank of a ring is killed, all end" {
    export RING=4
    for mpi in openmpi mpich; do
        needs $mpi
        launcher=$MPICH
        [ $mpi = mpich ] || launcher=$OPENMPI
        disturb KILL 1 $launcher
    done
}

@test "if a rank is killed, all end" {
    for mpi in openmpi mpich; do
        needs $mpi
        launcher=$MPICH
        [ $mpi = mpich ] || launcher=$OPENMPI
        disturb KILL 1 $launcher
        disturb KILL 0 $launcher
    done
}

@test "--devices: the GPUs of a host do it together without MPI, with the bits that MPI's ranks give" {
    fake_gpus 4
    gpubench gpu 333 --devices all --samples 2 --json --quiet --no-save
    exits 0
    printf '%s\n' "$output" >1.json
    gpubench gpu 333 --devices 3,0,2,1 --samples 2 --json --quiet --no-save
    exits 0
    jq -es '.[0].job.sum == .[1].job.sum and .[0].ranks.count == 4 and .[0].results[0].verdict.ok and
        [.[1].ranks.list[].place] == ["/gpu:3", "/gpu:0", "/gpu:2", "/gpu:1"]' 1.json <(printf '%s\n' "$output")
    needs openmpi
    together $OPENMPI -n 4 "$GPUBENCH" gpu 333 --samples 2 --json --quiet --no-save
    exits 0
    [ "$(field .job.sum)" = "$(jq .job.sum 1.json)" ]
}

@test "--devices: a GPU that is not there, and lists that are none, are said once" {
    fake_gpus 2
    gpubench gpu 100 --devices 0,5
    exits 2
    matches "$errors" "^gpubench: rank 1 on $(hostname): there is no GPU 5"
    [ "$(wc -l <errors.txt)" -eq 1 ]
    for wrong in "" "," "0," "1,x" 0-1 -1; do
        gpubench gpu 100 --devices="$wrong"
        exits 2
    done
    gpubench gpu 100 --devices 0,1 --device 1
    exits 2
    gpubench cpu 100 --devices 0,1
    exits 2
    [ "$(saved_results)" -eq 0 ]
}

@test "--devices: a rank that hangs or is killed ends all, and is named" {
    fake_gpus 3
    export GPUBENCH_HANG_SECONDS=10 # of a loaded machine, too
    for signal in STOP KILL; do
        rm -f out.txt
        "$GPUBENCH" gpu 130 --devices all --max-time 60 --samples 1000000 --no-save >out.txt 2>errors.txt &
        parent=$!
        eventually grep -q '^Time taken' out.txt
        mapfile -t ranks < <(pgrep -P $parent | sort -n)
        [ ${#ranks[@]} -eq 3 ]
        kill -$signal "${ranks[2]}"
        status=0
        wait $parent || status=$?
        errors=$(cat errors.txt)
        exits 1
        matches "$errors" "rank 2"
        for rank in "${ranks[@]}"; do
            eventually is_gone "$rank"
        done
    done
}

@test "--ranks: a signal to the process that started them is one sentence, and no rank is left" {
    for ended in INT:130:2 TERM:143:15; do
        IFS=: read -r signal want number <<<"$ended"
        rm -f out.txt
        "$GPUBENCH" cpu 200 --ranks 2 --threads 1 --samples 1000000 --no-save >out.txt 2>errors.txt 3>&- </dev/null &
        process=$! status=0
        eventually grep -q '^Time taken' out.txt
        mapfile -t ranks < <(pgrep -P $process)
        [ ${#ranks[@]} -eq 2 ]
        kill "-$signal" $process
        wait $process || status=$?
        [ "$status" -eq "$want" ]
        [ "$(cat errors.txt)" = "gpubench: interrupted by signal $number, which ended all ranks" ]
        ! kill -0 "${ranks[@]}" 2>/dev/null
    done
}
