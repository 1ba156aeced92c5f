#!/usr/bin/env bats
# The ladder of kernels: its page (kernels/README.md) and the heads of its files.

setup() {
    top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    cd "$top/kernels" || exit 1
}

links() { # the files that the page links to
    grep -oP '\]\(\K[^)]+' README.md | sort -u
}

@test "kernels/README.md links to files that are there" {
    local file
    for file in $(links); do [ -e "$file" ] || { echo "$file is not there"; return 1; }; done
}

@test "kernels/README.md links to every rung of the ladder" {
    run comm -23 <(printf '%s\n' */ladder/*.cu | sort) <(links)
    [ "$output" = "" ]
}

@test "each rung says what limits the one before, what the next removes, and what to expect" {
    local file word
    for file in */ladder/*.cu; do
        for word in Before Next Prediction; do
            sed '/\*\/$/q' "$file" | grep -q "^ \* $word: " || { echo "$file has no $word"; return 1; }
        done
    done
}

@test "each rung stands alone in at most 180 lines" {
    run bash -c 'wc -l */ladder/*.cu | awk "\$2 != \"total\" && \$1 > 180"'
    [ "$output" = "" ]
}

@test "the variants that kernels/README.md names are in the table" {
    # shellcheck disable=SC2016 # these are Markdown's
    run comm -23 <(sed -n 's/^| \[.*\.cu) | `\([a-z0-9-]*\)`.*/\1/p' README.md | sort -u) \
        <(grep -oP '"\K[a-z0-9-]+(?=")' backend/table.c | sort -u)
    [ "$output" = "" ]
}

@test "the ladder's figures are those of the result files" {
    ../scripts/docs/ladder-figures --check
}

@test "a figure that differs from the result files is found" {
    mkdir -p "$BATS_TEST_TMPDIR/tree"
    cp -r ../docs ../kernels "$BATS_TEST_TMPDIR/tree"
    mkdir "$BATS_TEST_TMPDIR/tree/results"
    cp -r ../results/reference "$BATS_TEST_TMPDIR/tree/results"
    sed -i 's/Measured: [0-9.]* ms/Measured: 1.234 ms/' "$BATS_TEST_TMPDIR/tree/kernels/matmul/ladder/cluster_sm90.cu"
    GPUBENCH_TREE=$BATS_TEST_TMPDIR/tree run ../scripts/docs/ladder-figures --check
    [ "$status" -eq 1 ]
    [[ $output == *cluster_sm90.cu* ]]
}
