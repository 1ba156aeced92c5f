#!/usr/bin/env bats
# What `make run` and `make test` do around the program: installing what is missing, and choosing GPU or CPU.
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

# A stand-in for the program: says what it was asked, and its GPU probe ends as told.
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
