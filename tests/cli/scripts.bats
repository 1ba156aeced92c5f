#!/usr/bin/env bats
# What `make run`, `make test` and `make image` do around the program: installing what is missing, choosing GPU or CPU, and an engine.
# shellcheck disable=SC2016

setup() {
    scripts=$BATS_TEST_DIRNAME/../../scripts
    fake=$BATS_TEST_TMPDIR/bin
    mkdir "$fake"
    calls=$BATS_TEST_TMPDIR/calls
    : >"$calls"
    for tool in bash env cat mktemp rm; do ln -s "$(command -v $tool)" "$fake/$tool"; done
    stub dpkg-query 'echo installed'
    stub apt-get "echo \"\$*\" >>$calls"
    stub id 'echo 0'
}

stub() { # NAME BODY
    printf '#!/bin/bash\n%s\n' "$2" >"$fake/$1"
    chmod +x "$fake/$1"
}

install_deps() {
    PATH=$fake run "$scripts/install-deps" "$@"
}

@test "with everything installed, nothing is said and apt is left alone" {
    install_deps build test
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    [ ! -s "$calls" ]
}

@test "what is missing, and only that, is named and installed" {
    stub dpkg-query '[ "${*: -1}" = libmd-dev ] || echo installed'
    install_deps build
    [ "$status" -eq 0 ]
    [ "$output" = "Installing what is missing to build gpubench: libmd-dev" ]
    [[ $(cat "$calls") == *" update"*" install --yes --no-install-recommends libmd-dev" ]]
}

@test "building asks for none of the packages that only tests need" {
    stub dpkg-query 'exit 1'
    install_deps build
    [[ $output == *clang-19* ]]
    [[ $output != *bats* ]]
}

@test "without root and without sudo it says what root must type" {
    stub id 'echo 1000'
    stub dpkg-query '[ "${*: -1}" = libmd-dev ] || echo installed'
    install_deps build
    [ "$status" -eq 1 ]
    [ "$output" = "install-deps: to build gpubench, run as root: apt-get install libmd-dev" ]
    [ ! -s "$calls" ]
}

@test "with sudo it installs through sudo" {
    stub id 'echo 1000'
    stub dpkg-query '[ "${*: -1}" = libmd-dev ] || echo installed'
    stub sudo "echo sudo >>$calls; exec \"\$@\""
    install_deps build
    [ "$status" -eq 0 ]
    [ "$(grep -c sudo "$calls")" -eq 2 ]
}

@test "a failing apt is a failure, with what apt said" {
    stub dpkg-query 'exit 1'
    stub apt-get 'echo "E: no network"; exit 100'
    install_deps build
    [ "$status" -eq 1 ]
    [[ $output == *"E: no network"*"apt-get update failed"* ]]
}

@test "a system without apt is told the packages" {
    rm "$fake/apt-get"
    install_deps build
    [ "$status" -eq 1 ]
    [[ $output == *"no apt"*libjansson-dev* ]]
}

# Replaces the program: prints its arguments, and its GPU probe exits with STATUS.
program() { # STATUS OF gpu
    stub gpubench "[ \$1 = gpu ] && [ $1 -ne 0 ] && { echo 'gpubench: no driver. Do this.' >&2; exit $1; }; echo \"asked: \$*\""
}

@test "the main job runs on the GPU if there is one" {
    program 0
    run "$scripts/make/run-main-job" "$fake/gpubench" 4000
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == *"on the GPU"* ]]
    [ "${lines[1]}" = "asked: gpu 4000" ]
}

@test "the main job runs on the CPU if there is none, and says why" {
    program 77
    run "$scripts/make/run-main-job" "$fake/gpubench" 4000
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == *"on the CPU"*"(no driver)" ]]
    [ "${lines[1]}" = "asked: cpu 4000" ]
}

@test "a GPU that fails is not hidden behind the CPU" {
    program 1
    run "$scripts/make/run-main-job" "$fake/gpubench" 4000
    [ "$status" -eq 1 ]
    [[ $output != *asked* ]]
}

@test "DEVICE decides where the main job runs" {
    program 0
    run "$scripts/make/run-main-job" "$fake/gpubench" 4000 cpu
    [ "${lines[1]}" = "asked: cpu 4000" ]
    run "$scripts/make/run-main-job" "$fake/gpubench" 4000 tpu
    [ "$status" -eq 2 ]
    [[ $output == *"DEVICE=tpu is neither gpu nor cpu"* ]]
}

# `make image` with engines that note what they are told; docker's client answers only as its daemon does.
image_by() { # ENGINE... -> $output, $calls
    local engine
    for engine; do stub "$engine" "echo $engine \"\$*\" >>$calls"; done
    for tool in dirname git date sed; do ln -sf "$(command -v $tool)" "$fake/$tool"; done
    PATH=$fake run "$scripts/package/image" 1.2
}

@test "the image is built by docker, and by podman or buildah where docker has no daemon" {
    image_by docker podman buildah
    [ "$status" -eq 0 ]
    [[ $output == "docker builds localhost/gpubench:1.2"* ]]

    : >"$calls"
    stub docker 'echo "Cannot connect to the Docker daemon" >&2; exit 1'
    image_by buildah
    [ "$status" -eq 0 ]
    [[ $output == "podman builds localhost/gpubench:1.2"* ]]
    rm "$fake/podman"
    image_by buildah
    [[ $output == "buildah builds localhost/gpubench:1.2"* ]]
    [[ $(cat "$calls") != *docker* ]]
}

@test "where docker alone is there, its own words say what is wrong with its daemon" {
    stub docker 'echo "Cannot connect to the Docker daemon" >&2; exit 1'
    image_by
    [ "$status" -eq 1 ]
    [[ $output == "docker builds localhost/gpubench:1.2"*"Cannot connect to the Docker daemon"* ]]
    rm "$fake/docker"
    image_by
    [ "$status" -eq 1 ]
    [[ $output == "image: needs docker, podman or buildah, and finds none"* ]]
}

@test "PLATFORMS makes one index, which has both names" {
    PLATFORMS=linux/amd64,linux/arm64 image_by podman
    [ "$status" -eq 0 ]
    grep -q '^podman build .*--platform linux/amd64,linux/arm64 --manifest localhost/gpubench:1\.2 ' "$calls"
    [ "$(tail -n 1 "$calls")" = 'podman tag localhost/gpubench:1.2 localhost/gpubench:latest' ]
}

# A tree of kernels with images that a `make` without compilers makes: its program finds a mistake if the kernels have one.
planted_tree() {
    tree=$BATS_TEST_TMPDIR/tree
    mkdir -p "$tree/scripts" "$tree/build/images"
    cp -rp "$scripts/gpu" "$tree/scripts"
    cp -rp "$scripts/../kernels" "$tree/kernels"
    cp -rp "$tree/kernels" "$BATS_TEST_TMPDIR/unplanted"
    echo '/opt/nvcc -O3 --threads 2 90' >"$tree/build/images/nvcc-flags"
    (cd "$tree/kernels" && find . -name '*.cu') | while read -r kernel; do
        mkdir -p "$tree/build/images/${kernel%/*}"
        touch "$tree/build/images/${kernel%.cu}.native.fatbin"
    done
    stub make '[[ $* == *"NVCC=/opt/nvcc ARCHITECTURES=90 build/gpubench" ]] || exit
(cd kernels && find . -name "*.cu") | while read -r kernel; do touch "build/images/${kernel%.cu}.native.fatbin"; done
if diff -rq kernels '"$BATS_TEST_TMPDIR/unplanted"'; then says="exit 0"; else says="echo \"gpubench: wrong result: planted\" >&2; exit 1"; fi
printf "#!/bin/bash\n%s\n" "$says" >build/gpubench
chmod +x build/gpubench'
    stub strip 'cp "$3" "$2"'
}

@test "planted mistakes change the kernels of today, and leave the tree as it was" {
    planted_tree
    (cd "$tree" && find kernels build -type f -exec stat -c '%n %a %s' {} + | sort) >"$BATS_TEST_TMPDIR/before"
    PATH=$fake:$PATH
    for script in planted-faults-gpu planted-soak; do
        run "$tree/scripts/gpu/$script" --build-only "$BATS_TEST_TMPDIR/$script"
        echo "$output"
        [ "$status" -eq 0 ]
        [ -z "$output" ]
        diff -r "$tree/kernels" "$BATS_TEST_TMPDIR/unplanted"
    done
    (cd "$tree" && find kernels build -type f ! -name gpubench -exec stat -c '%n %a %s' {} + | sort) | diff - "$BATS_TEST_TMPDIR/before"
    [ "$(cd "$BATS_TEST_TMPDIR" && echo planted-*/*)" = "planted-faults-gpu/nan planted-faults-gpu/neighbour planted-faults-gpu/promotion \
planted-faults-gpu/right planted-faults-gpu/rungs planted-faults-gpu/step planted-soak/right planted-soak/soak" ]

    # Without a compiler: every program but `right` finds its mistake.
    stub make 'exit 1'
    cd "$BATS_TEST_TMPDIR"
    run "$tree/scripts/gpu/planted-faults-gpu" --run planted-faults-gpu
    echo "$output"
    [ "$status" -eq 0 ]
    lacks() { ! grep -q "$1" <<<"$output"; }
    lacks FAIL
    ok=$(grep -c '^ok ' <<<"$output") unplanted=$(grep -c '^ok    as it is' <<<"$output")

    # What is missed, and a program that ends with the same status for another reason, count as failures.
    for program in planted-faults-gpu/*; do cmp -s planted-faults-gpu/right "$program" || cp planted-faults-gpu/right "$program"; done
    printf '#!/bin/sh\necho "no driver" >&2\nexit 1\n' >planted-faults-gpu/step
    run "$tree/scripts/gpu/planted-faults-gpu" --run planted-faults-gpu
    echo "$output"
    [ "$status" -eq 1 ]
    [ "$(grep -c '^ok ' <<<"$output")" -eq "$unplanted" ]
    [ "$(grep -c '^FAIL ' <<<"$output")" -eq $((ok - unplanted)) ]
    [ "$(grep -c '^FAIL  a k step .*exit status 1, no driver$' <<<"$output")" -gt 1 ]

    cp planted-soak/right planted-soak/soak
    run "$tree/scripts/gpu/planted-soak" --run planted-soak
    echo "$output"
    [ "$status" -eq 1 ]
    [ "$(grep -c '^FAIL' <<<"$output")" -eq 3 ]
}

@test "a planted mistake that no longer changes a kernel is a failure, and so is a tree without images" {
    planted_tree
    PATH=$fake:$PATH
    sed -i 's/col + rank \* HALF, 3/col + HALF * rank, 3/' "$tree/kernels/matmul/ladder/cluster_sm90.cu"
    cp -p "$tree/kernels/matmul/ladder/cluster_sm90.cu" "$BATS_TEST_TMPDIR/unplanted/matmul/ladder"
    run "$tree/scripts/gpu/planted-faults-gpu" --build-only "$BATS_TEST_TMPDIR/programs"
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == 'FAIL  nothing was planted in kernels/matmul/ladder/cluster_sm90.cu by '* ]]
    diff -r "$tree/kernels" "$BATS_TEST_TMPDIR/unplanted"
    rm "$tree/build/images/nvcc-flags"
    run "$tree/scripts/gpu/planted-faults-gpu"
    [ "$status" -eq 1 ]
    [[ $output == *'run make first, with nvcc' ]]
    run "$tree/scripts/gpu/planted-faults-gpu" --build
    [ "$status" -eq 2 ]
    [[ $output == *"usage: "*"[--build-only DIR | --run DIR]" ]]
}
