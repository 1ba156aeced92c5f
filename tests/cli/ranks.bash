# ranks.bash - what the tests of several ranks share: launchers, and GPUs that are simulated.
# shellcheck disable=SC2034 # for those who load it

OPENMPI="mpirun.openmpi --allow-run-as-root --oversubscribe"
MPICH=mpirun.mpich

setup_file() {
    export OMPI_MCA_btl_base_warn_component_unused=0 GPUBENCH_HANG_SECONDS=20
}

# needs MPI: skips without its launcher and plugin.
needs() {
    command -v "mpirun.$1" >/dev/null || skip "no mpirun.$1"
    [ -e "${GPUBENCH%/*}/libgpubench-mpi-$1.so" ] || skip "no plugin for $1"
}

# together LAUNCHER… -n N gpubench …: $output, $errors and $status as of gpubench. MPICH's launcher may die of SIGPIPE without
# a message if all processes end before it has sent them everything; then this tries again.
together() {
    for _ in 1 2 3 4; do
        status=0
        output=$("$@" 2>errors.txt </dev/null) || status=$?
        errors=$(cat errors.txt)
        [[ $status -eq 141 && -z $output$errors ]] || break
    done
    flat=$(tr -s ' \n' ' ' <<<"$output") # Open MPI gives gpubench a terminal of 80 columns, where lines are folded
}

field() {
    jq -r "$1" <<<"$output"
}

fake_gpus() { # COUNT
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_PROFILE=h100 FAKECUDA_DEVICES=$1
}

is_gone() {
    [[ $(ps -o stat= -p "$1" || true) = @(|Z*) ]]
}

# two_ranks "A=1 B=2" "A=3" ARGUMENT...: two ranks as --ranks starts them, each with variables and arguments of its own.
# A word without = is an argument. Prints what both say, rank 0 first, and returns the status of rank 0.
two_ranks() {
    python3 - "$GPUBENCH" "$@" <<'END'
import os, socket, subprocess, sys
star, ring = socket.socketpair(), socket.socketpair()
ranks = []
for rank in 0, 1:
    words = sys.argv[2 + rank].split()
    env = dict(word.split("=", 1) for word in words if "=" in word)
    ends = star[rank].fileno(), ring[rank].fileno()
    env["GPUBENCH_RANKS"] = f"{rank}:2:{env.pop('DEVICE', '-1')}:0.{1 - rank}={ends[0]}:1.{1 - rank}={ends[1]}"
    command = [sys.argv[1], *sys.argv[4:], *(word for word in words if "=" not in word)]
    ranks.append(subprocess.Popen(command, env={**os.environ, **env}, pass_fds=ends, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT))
for end in star + ring:
    end.close()
said = [rank.communicate()[0] for rank in ranks]
sys.stdout.buffer.write(b"".join(said))
sys.exit(ranks[0].returncode)
END
}
