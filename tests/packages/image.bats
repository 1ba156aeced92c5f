#!/usr/bin/env bats
# The Containerfile, built and run without a GPU: its size, an unprivileged user on a read-only root, and the limits that a
# container sets. Takes some minutes, most of them debootstrap's and the compilers'.
load containers
bats_require_minimum_version 1.5.0

IMAGE=localhost/gpubench

setup_file() {
    need_containers
    cd "$BATS_TEST_DIRNAME/../.." || return
    unset MAKEFLAGS MAKELEVEL
    store=$(mktemp -d)
    export store
    make_store "$store"
    make_base build/base.tar "$store/base"
    tar -xOf build/base.tar ./etc/os-release ./usr/lib/os-release 2>/dev/null | grep trixie >"$store/base-is-trixie" || true
    image_of build/base.tar localhost/base
    built=$(git rev-parse --short=12 HEAD)
    export built
    ENGINE=buildah IMAGE_FLAGS=--layers BASE_IMAGE=localhost/base make image
}

teardown_file() {
    [ -z "${store:-}" ] || drop_store "$store"
}

setup() {
    top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    FAKECUDA=${FAKECUDA:-$top/build/tests/fakecuda}
}

# The program in a container, with podman's options before "--".
gpubench() {
    local options=()
    while [ "$1" != -- ]; do options+=("$1") && shift; done
    shift
    run --separate-stderr contained "${options[@]}" "$IMAGE" "$@"
    echo "exit $status: $output $stderr"
}

half_a_cpu=(--cpus 0.5 --memory 256m)

@test "the image is at most 145 MB, and its user is not root" {
    bytes=$(podman image inspect --format '{{.Size}}' $IMAGE)
    echo "$bytes bytes"
    [ "$bytes" -le 145000000 ]
    [ "$(podman image inspect --format '{{.User}}' $IMAGE)" = 65532:65532 ]
}

@test "labels, volume and the NVIDIA variables are set, and nothing locks an old driver out" {
    run podman image inspect $IMAGE
    for want in org.opencontainers.image.{title,description,licenses,version,revision,created}; do
        [ -n "$(jq -r ".[0].Labels[\"$want\"]" <<<"$output")" ]
    done
    [ "$(jq -r '.[0].Labels["org.opencontainers.image.revision"]' <<<"$output")" = "$built" ]
    [ "$(jq -c '.[0].Config.Volumes | keys' <<<"$output")" = '["/results"]' ]
    environment=$(jq -r '.[0].Config.Env[]' <<<"$output")
    grep -qx NVIDIA_VISIBLE_DEVICES=all <<<"$environment"
    grep -qx NVIDIA_DRIVER_CAPABILITIES=compute,utility <<<"$environment"
    [[ $environment != *NVIDIA_REQUIRE* ]]
}

@test "nothing of the mirror, of apt or of the compilers is left in the image" {
    run contained --entrypoint /bin/sh $IMAGE -c 'ls /etc/apt /usr/bin/gcc* /usr/bin/apt* /src 2>/dev/null; ls /var/lib/dpkg/status.d'
    [[ $output != */* ]]
    [[ $output == *libc6*libopenblas0-pthread* ]]
}

@test "the commit that was built stands in the result" {
    gpubench -- cpu 100 --json --no-save
    [ "$status" -eq 0 ]
    [ "$(jq -r .tool.commit <<<"$output")" = "$built" ]
    [ "$(jq -r .container.kind <<<"$output")" = podman ]
}

@test "half a CPU is one thread, and the result is verified" {
    gpubench "${half_a_cpu[@]}" -- cpu 1000
    [ "$status" -eq 0 ]
    [[ $output == *' · 1 thread on 0.5 CPUs (cgroup quota) · '* ]]
    [[ $output == *'verified '* ]]
    [[ $output == *'saved '*'/results/'* ]]
}

@test "OpenBLAS is a current one" {
    [ -s "$store/base-is-trixie" ] || skip "the base is this distribution's"
    gpubench -- cpu 500
    [ "$status" -eq 0 ]
    [[ $output =~ OpenBLAS\ ([0-9.]+) ]]
    [ "$(printf '%s\n' 0.3.26 "${BASH_REMATCH[1]}" | sort -V | head -n 1)" = 0.3.26 ]
}

@test "gnuplot draws the pictures of a report" {
    mkdir "$BATS_TEST_TMPDIR/results"
    cp "$top"/results/reference/h100-sum-aat-10000.json "$BATS_TEST_TMPDIR/results/"
    chmod -R a+rX "$BATS_TEST_TMPDIR/results"
    gpubench --volume "$BATS_TEST_TMPDIR/results:/results:ro" -- report /results
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [[ $output == *'<svg'* ]]
}

@test "a matrix beyond the memory limit is refused with both sizes, before the kernel kills anybody" {
    gpubench "${half_a_cpu[@]}" -- cpu 20000
    [ "$status" -eq 1 ]
    [ -z "$output" ]
    grep -qE 'N = 20000 needs at least 1\.5 GiB for sum-aat; .* has 2[0-9]{2}\.[0-9] MiB free' <<<"$stderr"
}

@test "a matrix that fits the limit is computed" {
    gpubench "${half_a_cpu[@]}" -- cpu 4000 --samples 1
    [ "$status" -eq 0 ]
}

@test "a cpuset is honoured" {
    gpubench --cpuset-cpus 0 -- cpu 100 --json --no-save
    [ "$status" -eq 0 ]
    [ "$(jq .host.limits.affinity <<<"$output")" -eq 1 ]
    [ "$(jq .host.limits.threads <<<"$output")" -eq 1 ]
}

@test "without a GPU: exit 77, and what to do" {
    gpubench -- gpu 1000
    [ "$status" -eq 77 ]
    [ -z "$output" ]
    [[ $stderr == *'no NVIDIA driver: libcuda.so.1 was not found. This looks like a container: start it with --gpus all'* ]]
}

@test "results and the driver's cache may be volumes that any user can write" {
    gpubench --entrypoint /bin/sh --user 4321:4321 -- -c 'stat -c "%a %n" /results /cache'
    [ "$status" -eq 0 ]
    [ "$output" = $'1777 /results\n1777 /cache' ]
}

@test "any user, without a passwd entry or a home, may run it, and results land on a volume" {
    results=$BATS_TEST_TMPDIR/results
    install -d -o 4321 -g 4321 "$results"
    gpubench --user 4321:4321 --env GPUBENCH_IMAGE_DIGEST=sha256:12ab --volume "$results:/results" -- cpu 300
    [ "$status" -eq 0 ]
    file=$(find "$results" -name '*.json')
    [ "$(stat -c %u "$file")" -eq 4321 ]
    [ "$(jq -r .container.image_digest "$file")" = sha256:12ab ]
}

@test "where no result can be written, that is said before anything is measured, and with --no-save it is measured" {
    gpubench --read-only-tmpfs=false --env GPUBENCH_RESULTS=/nowhere --shm-size 64k -- cpu 300
    [ "$status" -eq 1 ]
    [[ $stderr == *'cannot write to /nowhere: '*'--no-save'* ]]
    [ -z "$output" ]
    gpubench --read-only-tmpfs=false --shm-size 64k -- cpu 300 --no-save
    [ "$status" -eq 0 ]
}

# Mounts the simulated driver, and the C++ library that it needs, in the way in which the NVIDIA runtime mounts the real one.
with_driver() {
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    mkdir -p "$BATS_TEST_TMPDIR/driver"
    cp "$FAKECUDA"/lib*.so* "$(g++ -print-file-name=libstdc++.so.6)" "$BATS_TEST_TMPDIR/driver/"
    driver=(--volume "$BATS_TEST_TMPDIR/driver:/driver:ro" --env LD_LIBRARY_PATH=/driver)
}

@test "with a driver mounted, the GPU job runs and is verified" {
    with_driver
    for profile in gt750m h100; do
        gpubench "${driver[@]}" --env FAKECUDA_PROFILE=$profile "${half_a_cpu[@]}" -- gpu 257 --max-time 1
        [ "$status" -eq 0 ]
        [[ $output == *'(simulated)'*'verified '* ]]
    done
}

@test "doctor names what is unusual about a container" {
    with_driver
    # podman would write an entry for the user, and makes /dev/shm as small as is asked for.
    gpubench "${driver[@]}" --env FAKECUDA_PROFILE=gt750m "${half_a_cpu[@]}" --user 4321:4321 --passwd=false --read-only-tmpfs=false \
        --shm-size 64k --env GPUBENCH_RESULTS=/dev/shm/results --env HOME=/home/nobody -- doctor
    [ "$status" -eq 0 ]
    for line in 'container +podman, cgroup .*, 1 of [0-9]+ CPUs, 256\.0 MiB' 'cpu .*, 1 of [0-9]+ CPUs \(cgroup quota of 0\.5\) +warn' \
        'user +4321, not in /etc/passwd, HOME=/home/nobody is not writable' 'JIT cache +/dev/shm/gpubench-cuda-4321 has only [0-9]+ KiB free +warn'; do
        grep -qE "^$line" <<<"$output" || { echo "no line $line" && false; }
    done
}

@test "PLATFORMS makes an index of an image for each, under both tags" {
    cd "$top"
    platform=linux/$(dpkg --print-architecture)
    ENGINE=buildah IMAGE_FLAGS=--layers BASE_IMAGE=localhost/base PLATFORMS=$platform TAG=localhost/index make image
    for tag in latest "$(sed -n 's/^VERSION = //p' Makefile)"; do
        run buildah manifest inspect localhost/index:"$tag"
        [ "$(jq -r '.manifests[].platform | "\(.os)/\(.architecture)"' <<<"$output")" = "$platform" ]
    done
}

@test "the cublas target holds cuBLAS of the CUDA image it is given, and nothing else of it" {
    mkdir -p "$BATS_TEST_TMPDIR/cuda/usr/local/cuda-13.0/targets/x86_64-linux/lib"
    for library in libcublas libcublasLt libcufft; do
        echo "$library" >"$BATS_TEST_TMPDIR/cuda/usr/local/cuda-13.0/targets/x86_64-linux/lib/$library.so.13.1.0"
        ln -s $library.so.13.1.0 "$BATS_TEST_TMPDIR/cuda/usr/local/cuda-13.0/targets/x86_64-linux/lib/$library.so.13"
    done
    image_of "$BATS_TEST_TMPDIR/cuda" localhost/cuda
    cd "$top"
    ENGINE=buildah IMAGE_FLAGS=--layers TARGET=cublas BASE_IMAGE=localhost/base CUDA_IMAGE=localhost/cuda make image
    # shellcheck disable=SC2016
    run contained --entrypoint /bin/sh $IMAGE:latest-cublas -c 'cat /usr/local/lib/*.so.13; echo $LD_LIBRARY_PATH'
    [ "$output" = $'libcublas\nlibcublasLt\n/usr/local/lib' ]
}
