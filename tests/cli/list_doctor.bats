#!/usr/bin/env bats
# What there is to run, and whether this machine can.
load helper

@test "list shows every CPU variant with its operation, arithmetic and idea" {
    gpubench list
    exits 0
    grep -qE '^  sum-aat +f32 +openblas-syrk +yes +OpenBLAS +[^ ]' <<<"$output"
    grep -qE '^  matmul +f32 +reference +yes +- +[^ ]' <<<"$output"
    grep -qE '^  reduce +f32 +plain +yes ' <<<"$output"
}

@test "list --json is complete" {
    gpubench list --json
    exits 0
    jq -e 'map(select(.backend == "cpu")) | length == 8 + 8 * 10' <<<"$output"
    jq -e 'all(.[]; has("op") and has("arithmetic") and has("variant") and has("needs") and has("note")
           and (.runs_here | type) == "boolean")' <<<"$output"
}

@test "doctor gives each line a verdict and ends in the result" {
    gpubench doctor
    [ -z "$errors" ]
    [ "$(sed '$d' <<<"$output" | grep -cvE ' (ok|warn|fail)( |$)')" -eq 0 ]
    grep -qE '^cpu trial +sum-aat/f32/[^ ]+, N = 256: verified' <<<"$output"
    case $(tail -1 <<<"$output") in
    'Result = PASS') exits 0 ;;
    'Result = NO GPU (gpubench cpu N works here)') exits 77 ;;
    *) echo "$output"; false ;;
    esac
}

@test "doctor fails where results cannot be saved, and says what to do" {
    gpubench doctor --results /proc/nowhere
    exits 1
    grep -qE '^results .*/proc/nowhere is not writable +fail +set GPUBENCH_RESULTS' <<<"$output"
    [ "$(tail -1 <<<"$output")" = 'Result = FAIL' ]
}

@test "without a GPU the GPU job is a sentence and exit 77" {
    gpubench list --json
    [ "$(jq '[.[] | select(.backend == "gpu" and .runs_here)] | length' <<<"$output")" -eq 0 ] || skip "there is a GPU"
    gpubench gpu 100
    exits 77
    [ -z "$output" ]
    [ "$(wc -l <errors.txt)" -eq 1 ]
    matches "$errors" 'gpubench cpu'
}

# doctor on a simulated GPU; $1: profile, options follow.
doctor_of() {
    local fake=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$fake/libcuda.so.1" ] || skip "no fake driver in $fake"
    LD_LIBRARY_PATH=$fake FAKECUDA_PROFILE=$1 gpubench doctor "${@:2}"
}

@test "doctor shows what deviceQuery does, and ends in PASS" {
    doctor_of gt750m
    exits 0
    for line in 'device 0 +GeForce GT 750M \(simulated\), cc 3\.0, 2 SMs of 192 cores, PCI 0000:01:00\.0(, GPU-[0-9a-f-]+)? +ok' \
        'GPU memory +2\.0 GiB, 2\.0 free; 128 bits at 2508 MHz, 80\.26 GB/s; ECC off +ok' \
        'GPU peak +0\.7112 TFLOP/s in f32 at 926 MHz; L2 cache 0\.25 MiB +ok' \
        'a block +1024 threads, 65536 registers, 48 KiB shared memory' 'an SM +2048 threads' 'compute mode +default +ok' \
        'kernel time limit +yes, .* launches of 0\.2 s +ok' 'image +portable +warn +the driver compiles each kernel'; do
        grep -qE "^$line" <<<"$output" || { echo "no line $line"; echo "$output"; return 1; }
    done
    [ "$(tail -1 <<<"$output")" = 'Result = PASS' ]
    doctor_of h100
    grep -qE '^kernel time limit +none +ok' <<<"$output"
    grep -qE '^MIG +off +ok' <<<"$output"
    grep -qE '^GPU memory .*ECC on +ok' <<<"$output"
}

@test "doctor says which variants run, and of the others why not" {
    doctor_of gt750m
    gpubench_list=$(LD_LIBRARY_PATH=${FAKECUDA:-$ROOT/build/tests/fakecuda} "$GPUBENCH" list --json)
    here=$(jq '[.[] | select(.backend == "gpu" and .op == "sum-aat" and .runs_here)] | length' <<<"$gpubench_list")
    all=$(jq '[.[] | select(.backend == "gpu" and .op == "sum-aat")] | length' <<<"$gpubench_list")
    grep -qE "^variants +sum-aat $here of $all, matmul " <<<"$output"
    grep -qE '^waived +needs cc 9\.0, this is 3\.0 \([0-9]+\): .*ffma-sm90' <<<"$output"
}

@test "a driver older than the native code is a warning that says which would do" {
    doctor_of t4
    grep -qE '^image +portable: this driver has CUDA 12\.4 +warn +native code wants a driver of CUDA 13' <<<"$output"
}

@test "a GPU that no program may use fails, and doctor says what to type" {
    FAKECUDA_COMPUTE_MODE=2 doctor_of h100
    exits 1
    grep -qE '^compute mode +prohibited: no program may use it +fail +sudo nvidia-smi -c DEFAULT' <<<"$output"
    [ "$(tail -1 <<<"$output")" = 'Result = FAIL' ]
}

@test "an error of the driver's start names the library that was loaded and the next step" {
    while IFS='|' read -r error words; do
        FAKECUDA_FAIL="cuInit:*:$error" doctor_of h100
        exits 77
        grep -qE "^driver .*cuInit error $error, .*libcuda\.so\.1 +fail +.*$words" <<<"$output" || { echo "$error"; echo "$output"; return 1; }
        FAKECUDA_FAIL=cuInit:1:$error LD_LIBRARY_PATH=${FAKECUDA:-$ROOT/build/tests/fakecuda} gpubench gpu 100
        exits 77
        [ "$(wc -l <errors.txt)" -eq 1 ]
        matches "$errors" 'gpubench cpu N$'
    done <<'END'
34|stubs directory out of LD_LIBRARY_PATH
304|/dev/nvidia-uvm
802|nvidia-fabricmanager
803|different versions
804|cuda-compat
999|rmmod nvidia_uvm
END
}

@test "libcuda is found where WSL 2 keeps it, without a loader's path" {
    local fake=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$fake/libcuda.so.1" ] || skip "no fake driver in $fake"
    mkdir -p lower/wsl/lib
    cp "$fake"/*.so* lower/wsl/lib/
    unshare --mount mount -t overlay overlay -o "lowerdir=$PWD/lower:/usr/lib" /usr/lib || skip "no overlay can be mounted here"
    cat >program <<END
#!/bin/sh
exec unshare --mount sh -c 'mount -t overlay overlay -o "lowerdir=$PWD/lower:/usr/lib" /usr/lib && exec "\$@"' - "$GPUBENCH" "\$@"
END
    chmod +x program
    GPUBENCH=$PWD/program FAKECUDA_PROFILE=h100 gpubench doctor
    exits 0
    grep -qE '^driver .*CUDA [0-9]+\.[0-9]+ +ok' <<<"$output"
    grep -qE '^SM clock .*MHz now' <<<"$output" # NVML too
}

@test "libcuda is found where Jetson Linux keeps it" {
    local fake=${FAKECUDA:-$ROOT/build/tests/fakecuda} place
    [ -e "$fake/libcuda.so.1" ] || skip "no fake driver in $fake"
    for place in nvidia tegra; do
        rm -rf lower
        mkdir -p lower/aarch64-linux-gnu/$place
        cp "$fake"/*.so* lower/aarch64-linux-gnu/$place/
        # shellcheck disable=SC2016 # the inner shell expands it
        run unshare --mount sh -c 'mount -t overlay overlay -o "lowerdir=$1/lower:/usr/lib" /usr/lib || exit 99
            FAKECUDA_PROFILE=orin "$2" doctor' - "$PWD" "$GPUBENCH"
        [ "$status" -ne 99 ] || skip "no overlay can be mounted here"
        matches "$output" 'device 0 +Orin \(simulated\), cc 8\.7'
    done
}

@test "memory that GPU and CPU share is named: a Jetson's, and Grace's" {
    local want
    doctor_of orin
    matches "$output" "unified memory +the GPU works in the CPU's memory: no copy is counted +ok"
    doctor_of gh200
    matches "$output" 'unified memory +coherent with the CPU.s, through its page tables \(NVLink-C2C on Grace\) +ok'
    doctor_of h100
    lacks "$output" '^unified memory'
}

@test "CUDA_VISIBLE_DEVICES is shown, and named where it hides every GPU" {
    CUDA_VISIBLE_DEVICES=0 doctor_of h100
    exits 0
    grep -qE '^CUDA_VISIBLE_DEVICES +"0": 1 GPU +ok' <<<"$output"
    CUDA_VISIBLE_DEVICES='' doctor_of none
    exits 77
    grep -qE '^driver .*CUDA_VISIBLE_DEVICES="" hides every GPU +fail +Unset it' <<<"$output"
    doctor_of h100
    lacks "$output" CUDA_VISIBLE
}

@test "a slice of a GPU, and sensors that are not there, are told" {
    doctor_of mig
    grep -qE '^MIG +on: this is a slice of a GPU' <<<"$output"
    FAKENVML=no-init doctor_of h100
    exits 0
    grep -qE '^NVML +it does not reach the kernel module.* +warn +install libnvidia-ml1; in a container: NVIDIA_DRIVER_CAPABILITIES' <<<"$output"
}

@test "a place without room for the JIT cache is a warning, as the driver says nothing" {
    # shellcheck disable=SC2016
    unshare --mount true || skip "no mount namespace can be made here"
    cat >program <<END
#!/bin/sh
exec unshare --mount sh -c 'mount -t tmpfs -o size=64k tmpfs "\$CUDA_CACHE_PATH" && exec "\$@"' - "$GPUBENCH" "\$@"
END
    chmod +x program
    mkdir small
    GPUBENCH=$PWD/program CUDA_CACHE_PATH=$PWD/small doctor_of gt750m
    exits 0
    grep -qE '^JIT cache +/.*/small has only 64 KiB free +warn +every start compiles again.*--shm-size' <<<"$output"
}

@test "doctor --json has every line of the text, the result, and the facts" {
    doctor_of h100
    [ "$status" -eq 0 ]
    count=$(($(wc -l <<<"$output") - 1))
    [ "$(grep -c '^load ' <<<"$output")" -eq 0 ] || count=$((count - 1)) # comes and goes
    doctor_of h100 --json
    exits 0
    [ "$(jq '[.checks[] | select(.what != "load")] | length' <<<"$output")" -eq "$count" ]
    jq -e '.result == "PASS" and .gpu.device.compute_capability == "9.0" and (.cpu.host | type) == "object"
           and all(.checks[]; (.what | length) > 0 and (.found | length) > 0 and (.state | IN("ok", "warn", "fail")) and (.advice | type) == "string")
           and all(.checks[] | select(.state == "fail"); .advice != "")' <<<"$output"
    doctor_of none --json
    exits 77
    jq -e '.result == "NO GPU" and any(.checks[]; .state == "fail")' <<<"$output"
}

# What doctor says of CUB on a simulated GPU, from a copy of the program that has nothing beside it. $1: profile.
cub_line() {
    local fake=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$fake/libcuda.so.1" ] || skip "no fake driver in $fake"
    mkdir -p bin lib/gpubench
    [ -e bin/gpubench ] || cp "$GPUBENCH" bin/
    GPUBENCH=$PWD/bin/gpubench LD_LIBRARY_PATH=$fake FAKECUDA_PROFILE=$1 gpubench doctor
    output=$(grep '^CUB ' <<<"$output")
}

@test "doctor says that CUB is not there, or why it does not load" {
    cub_line h100
    matches "$output" 'not found; its variants are waived +warn +libgpubench-cub\.so is not beside this program: '
    echo 'no library' >lib/gpubench/libgpubench-cub.so
    cub_line h100
    matches "$output" 'warn +libgpubench-cub\.so does not load: .*lib/gpubench/libgpubench-cub\.so'
}

@test "CUB is found in GPUBENCH_PLUGINS and beside the program, and wants a driver of its own CUDA" {
    plugin=$ROOT/build/libgpubench-cub.so
    [ -e "$plugin" ] || skip "no $plugin: there was no nvcc"
    GPUBENCH_PLUGINS=$ROOT/build cub_line h100
    matches "$output" ' [0-9]+\.[0-9]+\.[0-9]+, built with CUDA [0-9]+\.[0-9]+ +ok$'
    GPUBENCH_PLUGINS=$ROOT/build cub_line gt750m
    matches "$output" 'warn +CUB was built with CUDA [0-9]+\.[0-9]+, the driver has 10\.1$'
    for place in lib/gpubench lib bin; do
        cp "$plugin" $place/
        cub_line h100
        matches "$output" ' +ok$'
        rm $place/libgpubench-cub.so
    done
}

# A plugin as if built with that CUDA, without the function named second.
make_plugin() {
    gcc -w -shared -fPIC -x c - -o lib/gpubench/libgpubench-cub.so <<END
int gpubench_cub_sum(void) { return 1; }
int gpubench_cub_sum_f64(void) { return 1; }
const char *gpubench_cub_error(int error) { return "an error"; }
const char *gpubench_cub_version${2:-}(void) { return "3.0.1"; }
int gpubench_cub_cuda(void) { return $1; }
END
}

@test "CUB of the driver's CUDA or an older one is taken, also of a newer minor version, and no other" {
    mkdir -p lib/gpubench
    for built in 12050/12.5 13000/13.0 13090/13.9; do
        make_plugin "${built%/*}"
        cub_line h100
        matches "$output" "3\.0\.1, built with CUDA ${built#*/} +ok\$"
    done
    make_plugin 14010
    cub_line h100
    matches "$output" 'warn +CUB was built with CUDA 14\.1, the driver has 13\.0$'
    make_plugin 13000 _2
    cub_line h100
    matches "$output" "warn +libgpubench-cub\.so is not this program's: it lacks functions"
}

@test "an NVML that does not start says why" {
    FAKE_NVML_INIT=18 doctor_of h100
    exits 0
    grep -qE '^NVML +driver/library version mismatch.* +warn +.*start the machine again' <<<"$output"
    FAKENVML=no-init doctor_of h100
    grep -qE '^NVML +it does not reach the kernel module' <<<"$output"
}

@test "a PCIe link below its maximum is a warning in doctor, and recorded with its maximum" {
    doctor_of h100
    grep -qE '^PCIe +generation 5, 16 lanes +ok' <<<"$output"
    FAKE_WIDTH=4 doctor_of h100
    exits 0
    grep -qE '^PCIe +5 ×4, card and slot can do 5 ×16 +warn +.*slot' <<<"$output"
    FAKE_GEN=1 doctor_of h100
    grep -qE '^PCIe +1 ×16, card and slot can do 5 ×16 +warn' <<<"$output"
    FAKE_WIDTH=8 LD_LIBRARY_PATH=${FAKECUDA:-$ROOT/build/tests/fakecuda} FAKECUDA_PROFILE=h100 gpubench gpu 100 --json --quiet --no-save
    jq -e '.device.pcie == {"generation": 5, "width": 8, "generation_max": 5, "width_max": 16}' <<<"$output"
}

@test "NUMA nodes and PCIe lanes are recorded, and copies that cross are said" {
    unshare --mount mount -t tmpfs tmpfs /sys/bus/pci/devices || skip "no mount namespace can be made here"
    cat >program <<END
#!/bin/sh
exec unshare --mount sh -c 'mount -t tmpfs tmpfs /sys/bus/pci/devices && mkdir /sys/bus/pci/devices/0000:01:00.0 &&
    echo 16 >/sys/bus/pci/devices/0000:01:00.0/max_link_width && echo 8 >/sys/bus/pci/devices/max_link_width &&
    echo \$NODE >/sys/bus/pci/devices/0000:01:00.0/numa_node && exec "\$@"' - "$GPUBENCH" "\$@"
END
    chmod +x program
    export NODE=1
    GPUBENCH=$PWD/program doctor_of h100
    grep -qE '^NUMA +the GPU is on node 1, this process on node 0 +warn +.*numactl' <<<"$output"
    FAKE_WIDTH=8 GPUBENCH=$PWD/program doctor_of h100
    grep -qE '^PCIe +5 ×8, card and slot can do 5 ×16 \(the card has 16 lanes, the slot 8\) +warn' <<<"$output"
    export LD_LIBRARY_PATH=${FAKECUDA:-$ROOT/build/tests/fakecuda} FAKECUDA_PROFILE=h100
    GPUBENCH=$PWD/program gpubench sweep 64:64 --only gpu --samples 1 --no-save
    exits 0
    grep -q '^copies .*GPU is on node 1, this process ran on node 0.*numactl --cpunodebind=1' <<<"$output"
    GPUBENCH=$PWD/program gpubench gpu 64 --json --quiet --no-save
    jq -e '.device.numa_node == 1 and .host.numa_node == 0 and .device.pcie.card_width == 16 and .device.pcie.slot_width == 8' <<<"$output"
    NODE=0 GPUBENCH=$PWD/program gpubench sweep 64:64 --only gpu --samples 1 --no-save
    lacks "$output" '^copies'
}

@test "an image that does not suit the GPU fails, as native does" {
    export LD_LIBRARY_PATH=${FAKECUDA:-$ROOT/build/tests/fakecuda} FAKECUDA_PROFILE=v100
    for image in native hopper ampere; do
        gpubench gpu 64 --image $image --no-save
        exits 1
        matches "$errors" "has no $image image"
    done
    gpubench gpu 64 --image portable --no-save
    exits 0
}

@test "doctor says how GPUs are numbered where there are several, with PCI id and UUID" {
    FAKECUDA_DEVICES=2 doctor_of h100
    grep -qE '^GPU numbers +CUDA: the fastest first.* +ok +export CUDA_DEVICE_ORDER=PCI_BUS_ID' <<<"$output"
    grep -qE '^device 1 .*PCI 0000:02:00\.0, GPU-[0-9a-f]{8}' <<<"$output"
    CUDA_DEVICE_ORDER=PCI_BUS_ID FAKECUDA_DEVICES=2 doctor_of h100
    grep -qE '^GPU numbers +CUDA_DEVICE_ORDER=PCI_BUS_ID' <<<"$output"
    doctor_of h100
    lacks "$output" '^GPU numbers'
}

@test "doctor --measure shows copies beside what the link can carry, and between GPUs as a matrix" {
    export FAKECUDA_DEVICES=4 FAKECUDA_PEERS=pairs
    FAKECUDA_MEMORY=64000000 FAKENVML_LINKS=18 doctor_of h100 --measure
    exits 0
    matches "$output" 'NVLink +18 active links of 26.6 GB/s each way, 478 in all'
    for gpu in 0 1 2 3; do
        grep -qE "^copies of GPU $gpu +to the device [0-9.]+ GB/s pinned, [0-9.]+ pageable; from it [0-9.]+ and [0-9.]+; PCIe 5 ×16 can carry 63 " <<<"$output"
    done
    # Only 0 and 1, and 2 and 3 reach each other; the others' figures have a star.
    grep -qE '^ +GPU 0 +- +[0-9.]+ +\*[0-9.]+ +\*[0-9.]+$' <<<"$output"
    grep -qE '^ +GPU 3 +\*[0-9.]+ +\*[0-9.]+ +[0-9.]+ +-$' <<<"$output"
    grep -qF '* no peer access: through the host' <<<"$output"
    FAKECUDA_MEMORY=64000000 doctor_of h100 --measure --json
    jq -e '.copies | (.host | length == 4 and all(.in_pinned > 0)) and .between[0][0] == null and .between[3][0] > 0 and
        .peer_access == [[false, true, false, false], [true, false, false, false],
            [false, false, false, true], [false, false, true, false]]' <<<"$output"
}

@test "doctor --measure says how fast the main job is, and what share of its model's reference that is" {
    FAKECUDA_DEVICES=2 doctor_of h100 --measure
    exits 0
    for gpu in 0 1; do
        grep -qE "^speed of GPU $gpu +sum-aat/f32/[a-z0-9-]+, N = 256: [0-9.]+ .?s; no reference for this model +ok" <<<"$output"
    done
    # A reference that is much faster than this GPU.
    doctor_of h100 --measure --json
    variant=$(jq -r '.checks[] | select(.what == "speed of GPU 0").found | ltrimstr("sum-aat/f32/") | sub(",.*"; "")' <<<"$output")
    mkdir -p "$HOME/.config/gpubench"
    printf 'NVIDIA H100 80GB HBM3 (simulated)\tgpu/sum-aat/f32/%s/n=256\t5\t1e-6\t1e-6\t1e-6\t-\t-\t-\t-\t-\t580\t2026-11-29\n' "$variant" \
        >"$HOME/.config/gpubench/reference.tsv"
    doctor_of h100 --measure
    matches "$output" 'speed of GPU 0 .* of what NVIDIA H100 80GB HBM3 \(simulated\) reached \(5 runs, driver 580\).* warn +gpubench soak'
}

@test "doctor --measure takes the memory there is, says what it could not measure, and copies that arrive wrong fail" {
    FAKECUDA_MEMORY=3000000 FAKECUDA_DEVICES=2 doctor_of h100 --measure
    exits 0
    matches "$output" 'copies of GPU 1 +not measured +warn +it has no 1 MiB of memory free'
    grep -qE '^ +GPU 0 +- +\?$' <<<"$output"
    FAKECUDA_FAIL='cuMemHostAlloc:*:2' FAKECUDA_MEMORY=8000000 doctor_of h100 --measure
    matches "$output" 'copies of GPU 0 +not measured +warn +cannot pin host memory'
    lacks "$output" 'copies between GPUs'
    FAKECUDA_PEERS=broken FAKECUDA_MEMORY=8000000 FAKECUDA_DEVICES=2 doctor_of h100 --measure
    exits 1
    matches "$output" 'copies between GPUs +from GPU 1 to 0 something else arrives +fail .*Result = FAIL'
    doctor_of orin --measure
    lacks "$output" 'copies'
    gpubench doctor --measure
    exits 77
    lacks "$output" 'copies'
}
