#!/usr/bin/env bats
# scripts/new-kernel in a copy of what it changes. That its kernel runs is not tried here: the copied kernels' own tests do.

setup() {
    top=$BATS_TEST_DIRNAME/../..
    tree=$BATS_TEST_TMPDIR
    mkdir -p "$tree/tests"
    cp -r "$top/scripts" "$top/kernels" "$top/harness" "$tree"
    cp -r "$top/tests/kernels" "$tree/tests"
    cd "$tree" || return
}

# $1: operation, $2: its folder, $3: the macro of its rows, $4: the file of its check.
adds_a_kernel() {
    scripts/new-kernel "$1" my_own
    [ "$(grep -c "^    ${2}_my_own(" "kernels/$2/portable/my_own.cu")" -eq 1 ]
    [ "$(grep -cE "^ +$3\(\"my-own\", my_own, \"so far a copy of [a-z-]+\", BLOCK\(.*, NO_AUTO" kernels/backend/table.c)" -eq 1 ]
    gcc -std=gnu11 -Wall -Wextra -Werror -I. -fsyntax-only kernels/backend/table.c
    # and nothing else
    [ "$(diff -r "$top/kernels" kernels | grep -c '^[<>]')" -eq 1 ]
    [ "$(diff -r "$top/tests/kernels" tests/kernels | grep -c '^[<>]')" -eq 1 ]
}
@test "a matmul kernel: file, row and check" { adds_a_kernel matmul matmul MATMUL check_products.cc; }
@test "a sum-aat kernel: file, row and check" { adds_a_kernel sum-aat sum_aat SUM_AAT check_products.cc; }
@test "a reduce kernel: file, row and check" { adds_a_kernel reduce reduce REDUCE_ANY_ORDER check_sums.cc; }

@test "two kernels of one name in two operations do not clash" {
    scripts/new-kernel matmul my_own
    scripts/new-kernel reduce my_own
    gcc -std=gnu11 -Wall -Wextra -Werror -I. -fsyntax-only kernels/backend/table.c
}

# $1: exit status, $2: what is said, then the arguments. Nothing is changed.
refuses() {
    run scripts/new-kernel "${@:3}"
    echo "$output"
    [ "$status" -eq "$1" ]
    [[ $output == "new-kernel: "*"$2"* ]]
    diff -r "$top/kernels" kernels
    diff -r "$top/tests/kernels" tests/kernels
}
@test "no arguments" { refuses 2 'needs an operation'; }
@test "an operation that is none" { refuses 2 'no operation add' add my_own; }
@test "a name that is none" { refuses 2 'not a name for a kernel' matmul my-own; }
@test "a name that asks for one architecture" { refuses 2 'Image families' matmul my_sm90; }
@test "a name that is taken" { refuses 1 'already there' matmul warp_tile; }
