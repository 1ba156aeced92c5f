#!/usr/bin/env bats
# The fleet script under Slurm: one controller and eight nodes on this machine, one of which is slow.
#
# Each run is a verified run of gpubench under its node's name. Eight nodes on a few shared cores cannot be equally fast, so the
# times in the results are overwritten: 10 ms within half a percent, 40 % more on node5.

setup_file() {
    local tool node
    cd "$BATS_TEST_DIRNAME/../.." || return
    [ "$(id -u)" -eq 0 ] || skip "only root can start Slurm's daemons for itself"
    for tool in slurmctld slurmd srun sbatch; do
        command -v $tool >/dev/null || skip "no $tool (scripts/install-deps packages)"
    done
    build/gpubench compare --help >/dev/null 2>&1 || skip "this build has no compare"
    export cluster=$BATS_FILE_TMPDIR SLURM_CONF=$BATS_FILE_TMPDIR/slurm.conf
    slurm_conf >"$SLURM_CONF"
    mkdir "$cluster/state"
    slurmctld -c 3>&-
    for node in 1 2 3 4 5 6 7 8; do
        mkdir "$cluster/spool.node$node"
        slurmd -N node$node 3>&-
    done
    for _ in $(seq 60); do [ "$(sinfo --noheader --format %A)" != 0/8 ] || break; sleep 1; done
    wrapper >"$cluster/gpubench"
    chmod +x "$cluster/gpubench"
}

teardown_file() {
    local process
    # shellcheck disable=SC2046 # several numbers
    [ ! -e "${cluster:-/nonexistent}/silent" ] || kill -KILL $(cat "$cluster/silent") || true
    # The daemons, and the steps that still report to them.
    for process in /proc/[0-9]*; do
        [[ $(cat "$process/comm" 2>/dev/null) != slurm* ]] || ! grep -qszxF "SLURM_CONF=${SLURM_CONF:-}" "$process/environ" ||
            kill -KILL "${process#/proc/}"
    done
}

slurm_conf() {
    cat <<END
ClusterName=trial
SlurmctldHost=localhost(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/none
CredType=cred/none
SlurmctldPort=16817
SlurmdParameters=config_overrides
StateSaveLocation=$cluster/state
SlurmdSpoolDir=$cluster/spool.%n
TmpFS=$cluster/spool.%n
SlurmctldPidFile=$cluster/slurmctld.pid
SlurmdPidFile=$cluster/slurmd.%n.pid
SlurmctldLogFile=$cluster/slurmctld.log
SlurmdLogFile=$cluster/slurmd.%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
SlurmdTimeout=5
PartitionName=all Nodes=ALL Default=YES State=UP
END
    for node in 1 2 3 4 5 6 7 8; do echo "NodeName=node$node NodeHostname=localhost NodeAddr=127.0.0.1 Port=$((16820 + node)) CPUs=1"; done
}

wrapper() {
    cat <<END
#!/usr/bin/env bash
set -eu
program=$PWD/build/gpubench
[ "\$1" != compare ] || exec "\$program" "\$@"
[ "\$1" != gpu ] || exit 0
[ "\$SLURMD_NODENAME" != "\${BROKEN_NODE:-}" ] || exit 1
# A node that loses its power: nothing of it answers any more, and no connection is closed.
if [ "\$SLURMD_NODENAME" = "\${DYING_NODE:-}" ]; then
    echo "\$(cat "$cluster/slurmd.\$SLURMD_NODENAME.pid") \$(awk '{ print \$4 }' /proc/\$PPID/stat) \$PPID \$\$" >"$cluster/silent"
    kill -STOP \$(cat "$cluster/silent")
fi
END
    cat <<'END'
mkdir -p "$GPUBENCH_RESULTS"
file=$GPUBENCH_RESULTS/$SLURM_JOB_ID-$$.json
unshare --uts sh -c 'hostname "$1" && shift && exec "$@"' - "$SLURMD_NODENAME" "$program" "$@" --no-save --output "$file.run"
wanted=$(awk -v node="$SLURMD_NODENAME" -v seed=$$ 'BEGIN { srand(seed); print (node == "node5" ? 0.014 : 0.010) * (0.995 + rand() / 100) }')
jq --argjson wanted "$wanted" '
    .host.machine = env.SLURMD_NODENAME |
    .results[0] |= (.summary.median_s as $is | def set: . * $wanted / $is;
        .summary |= with_entries(if .key | endswith("_s") then .value |= set else . end) |
        .samples.device_s |= map(set) | .samples.wall_s |= map(set) |
        (.speed | .flops, .flops_done, .bytes_per_s, .peak_share) |= (if . then . * $is / $wanted else . end))' "$file.run" >"$file"
rm "$file.run"
END
}

fleet() { # RESULTS: submits the script, waits for it, and says what it said
    GPUBENCH=$cluster/gpubench RUNS=${RUNS:-5} timeout 240 sbatch --wait --nodes=8 --chdir="$PWD" --output="$BATS_TEST_TMPDIR/out" \
        scripts/fleet/slurm "$1" cpu 64 --samples 2 >/dev/null
}

# The hosts that the table names.
outliers() { awk '/^ *node.* outlier/ { print $1 }' "$BATS_TEST_TMPDIR/out"; }

setup() {
    cd "$BATS_TEST_DIRNAME/../.." || return
}

# SRUN_MPI: how srun starts MPI; GPUBENCH_MPI: which plugin. The nodes have one host name here, so it is one host.
@test "MPI: tasks on three nodes do one problem together, in a ring too, and print once" {
    for ways in "pmix openmpi" "pmi2 mpich"; do
        read -r SRUN_MPI GPUBENCH_MPI <<<"$ways"
        [ -e "build/libgpubench-mpi-$GPUBENCH_MPI.so" ] || skip "no plugin for $GPUBENCH_MPI"
        export SRUN_MPI GPUBENCH_MPI GPUBENCH=$PWD/build/gpubench
        for exchange in none ring; do
            rm -rf "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/results"
            timeout 240 sbatch --wait --nodes=3 --ntasks-per-node=1 --chdir="$PWD" --output="$BATS_TEST_TMPDIR/out" \
                scripts/fleet/mpi/slurm cpu 300 --exchange $exchange --samples 2 --results "$BATS_TEST_TMPDIR/results" || {
                cat "$BATS_TEST_TMPDIR/out"
                false
            }
            [ "$(grep -c '^Shape: (300, 300) Device: 3 ranks' "$BATS_TEST_TMPDIR/out")" -eq 1 ]
            jq -e '.ranks.count == 3 and .ranks.exchange == "'$exchange'" and .results[0].verdict.ok' "$BATS_TEST_TMPDIR"/results/*/*.json
        done
    done
}

@test "the slow node is named, and no other" {
    run fleet "$BATS_TEST_TMPDIR/results"
    cat "$BATS_TEST_TMPDIR/out"
    [ "$status" -eq 3 ]
    for node in 1 2 3 4 5 6 7 8; do [ "$(find "$BATS_TEST_TMPDIR/results/node$node" -name '*.json' | wc -l)" -eq 5 ]; done
    grep -qE 'cpu/sum-aat.*8 hosts' "$BATS_TEST_TMPDIR/out"
    [ "$(outliers)" = node5 ]
}

@test "a node where it fails is named, the others are measured, and the job has failed" {
    export BROKEN_NODE=node2 RUNS=1
    run fleet "$BATS_TEST_TMPDIR/results"
    cat "$BATS_TEST_TMPDIR/out"
    [ "$status" -eq 1 ]
    grep -q 'failed: node2, task [0-9]*: exit 1' "$BATS_TEST_TMPDIR/out"
    [ "$(find "$BATS_TEST_TMPDIR/results" -name '*.json' | wc -l)" -eq 7 ]
}

@test "a task that sees several GPUs is refused, unless it measures all of them" {
    GPUBENCH=$cluster/gpubench CUDA_VISIBLE_DEVICES=0,1 run sbatch --wait --nodes=1 --output="$BATS_TEST_TMPDIR/out" \
        scripts/fleet/slurm "$BATS_TEST_TMPDIR/results" gpu 64
    cat "$BATS_TEST_TMPDIR/out"
    [ "$status" -eq 1 ]
    grep -q 'task 0: it sees the GPUs 0,1: give --gpus-per-task=1' "$BATS_TEST_TMPDIR/out"
    for words in 'gpu 64 --all-devices' 'cpu 64 --samples 2'; do
        # shellcheck disable=SC2086
        GPUBENCH=$cluster/gpubench CUDA_VISIBLE_DEVICES=0,1 run sbatch --wait --nodes=1 --output="$BATS_TEST_TMPDIR/out" \
            scripts/fleet/slurm "$BATS_TEST_TMPDIR/results" $words
        run grep 'it sees the GPUs' "$BATS_TEST_TMPDIR/out"
        [ "$status" -eq 1 ]
    done
}

# The last test, because the node stays dead.
@test "a node that dies in the middle fails the job; the others' results are kept, and the slow one is named" {
    export DYING_NODE=node7
    run fleet "$BATS_TEST_TMPDIR/results"
    cat "$BATS_TEST_TMPDIR/out"
    [ "$status" -eq 1 ]
    grep -q 'Node failure on node7' "$BATS_TEST_TMPDIR/out"
    grep -q '^slurm: 7 of 8 tasks ended well' "$BATS_TEST_TMPDIR/out"
    [ "$(find "$BATS_TEST_TMPDIR/results" -name '*.json' | wc -l)" -eq 35 ]
    [ "$(outliers)" = node5 ]
}
