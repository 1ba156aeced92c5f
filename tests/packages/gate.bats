#!/usr/bin/env bats
# scripts/ci/gate in a small repository, whose "build" installs a test program or the real one: which commits are compared, and
# the exit status of the job.

setup() {
    top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    unset MAKEFLAGS MAKELEVEL
    export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b HOME=$BATS_TEST_TMPDIR
    mkdir -p "$BATS_TEST_TMPDIR/repository/scripts/ci"
    cd "$BATS_TEST_TMPDIR/repository" || return
    cp "$top/scripts/ci/gate" scripts/ci/
    printf '/build/\n' >.gitignore
    printf 'all:\n\tmkdir -p build; cp program build/gpubench; date +%%N >>build/times\n' >Makefile
    git init --quiet --initial-branch main .
    commit first
    git checkout --quiet -b topic
    commit second
    git checkout --quiet main
    commit third # the merge base stays the first
    git checkout --quiet topic
    out=build/gate
}

# A commit whose program prints its name and arguments and exits with status $EXIT.
commit() {
    # shellcheck disable=SC2016
    printf '#!/bin/sh\necho "%s: $*"\nexit ${EXIT:-0}\n' "$1" >program
    chmod +x program
    git add -A
    git commit --quiet -m "$1"
}

@test "the merge base and this commit are built, and ab of this commit compares them" {
    AB='--threshold 3' run scripts/ci/gate main cpu 64
    [ "$status" -eq 0 ]
    base=$PWD/$out/$(git rev-parse main~1)/build/gpubench
    head=$PWD/$out/$(git rev-parse topic)/build/gpubench
    [ "${lines[-1]}" = "second: ab --junit $PWD/$out/junit.xml --threshold 3 -- $base cpu 64 -- $head cpu 64" ]
    [ "$("$base")" = 'first: ' ]
}

@test "the exit status of ab is the job's" {
    for code in 0 1 3 4 5 77; do
        EXIT=$code run scripts/ci/gate main gpu 10000
        [ "$status" -eq $code ]
    done
    # Each commit was built once.
    [ "$(cat "$out"/*/build/times | wc -l)" -eq 2 ]
}

@test "on the branch itself, the commit before is what counts" {
    git checkout --quiet main
    run scripts/ci/gate main cpu 64
    [[ ${lines[-1]} == "third: ab "*"$(git rev-parse main~1)/build/gpubench cpu 64 -- "* ]]
}

@test "without the history there is a sentence, and exit 2" {
    run scripts/ci/gate no-such-branch
    [ "$status" -eq 2 ]
    [[ $output == *'fetch the whole history'* ]]
}

@test "a commit that does not build fails the job" {
    printf 'all:\n\tfalse\n' >Makefile
    git commit --quiet -am broken
    run scripts/ci/gate main cpu 64
    [ "$status" -eq 1 ]
    [[ $output == *'does not build'* ]]
}

@test "with the real program: a verdict, JUnit, and the results of both" {
    "$top/build/gpubench" ab --help >/dev/null 2>&1 || skip "this build has no ab"
    for branch in main~1 topic; do
        git clone --quiet . "$out/$(git rev-parse $branch)"
        install -D "$top/build/gpubench" "$out/$(git rev-parse $branch)/build/gpubench"
    done
    # The same program twice on a busy machine: SAME or UNSURE.
    run scripts/ci/gate main cpu 200 --samples 2
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output == *SAME* || $output == *UNSURE* ]]
    grep -q '<testsuite' "$out/junit.xml"
    "$top/build/gpubench" compare "$out"/results/gates/*-ab-1/A.json "$out"/results/gates/*-ab-1/B.json
}

@test "what an earlier build left is not taken for this one's" {
    mkdir -p "$out/results/gates/old"
    touch "$out/junit.xml"
    scripts/ci/gate main cpu 64
    [ ! -e "$out/junit.xml" ]
    [ ! -e "$out/results/gates" ]
}
