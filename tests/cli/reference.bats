#!/usr/bin/env bats
# gpubench reference add, and what runs then say of themselves.
load helper

fake_gpu() {
    FAKECUDA=${FAKECUDA:-$ROOT/build/tests/fakecuda}
    [ -e "$FAKECUDA/libcuda.so.1" ] || skip "no fake driver in $FAKECUDA"
    export LD_LIBRARY_PATH=$FAKECUDA FAKECUDA_PROFILE=gt750m FAKENVML=ok FAKECUDA_CLOCK=model
}

@test "a site's runs become the reference, and a slower run says its share and what differs" {
    fake_gpu
    for _ in 1 2 3 4 5; do gpubench gpu 65 --samples 3 --quiet; done
    gpubench gpu 65 --samples 3 --no-save
    lacks "$output" '^reference'
    gpubench reference add "$GPUBENCH_RESULTS"
    exits 0
    matches "$output" '1 entry in ~/.config/gpubench/reference.tsv'
    gpubench gpu 65 --samples 3 --no-save
    matches "$output" 'reference +1.00 of what GeForce GT 750M .* reached \(5 runs, driver'
    FAKECUDA_SLOW=1.25 FAKENVML=throttled gpubench gpu 65 --samples 9 --max-time 1 --no-save
    matches "$output" 'reference +0.80 of what GeForce GT 750M .*power limit 350 W, there 700 W'
}

@test "a soak says its share too, and that a model is unknown" {
    fake_gpu
    unset FAKECUDA_CLOCK
    gpubench soak --for 1 --order 33 --memory 1K --op sum-aat
    exits 0
    matches "$output" 'no reference for this model'
    gpubench reference add "$GPUBENCH_RESULTS"
    gpubench soak --for 1 --order 33 --memory 1K --op sum-aat --no-save
    matches "$output" '[0-9.]+ of what GeForce GT 750M .* reached \(1 run, '
}

@test "the catalogue in the program is what the committed results give" {
    local from=$ROOT/results/reference
    gpubench reference add "$from"/h[12]00-*.json "$from"/{f64,eight-bits,soak,catalogue-runs} --output made.tsv --quiet
    exits 0
    cmp made.tsv "$ROOT/results/reference/catalogue.tsv"
}

@test "what is no reference is refused, and the old file stays" {
    gpubench reference
    exits 2
    gpubench reference add
    exits 2
    gpubench reference add /nonexistent
    exits 5
    mkdir -p "$HOME/.config/gpubench"
    echo 'not a catalogue' >"$HOME/.config/gpubench/reference.tsv"
    gpubench reference add "$ROOT/results/reference/h200-gpu-10000.json"
    exits 1
    [ "$(cat "$HOME/.config/gpubench/reference.tsv")" = 'not a catalogue' ]
}

@test "a key of up to 255 bytes is kept, and a longer one is left out" {
    for length in 255 256; do
        jq -c --argjson length $length '.results |= (map(select(.op == "sum-aat" and .arithmetic == "f32"))[:1] |
            map(.variant = "v" * ($length - 24) | .key = "gpu/sum-aat/f32/\(.variant)/n=10000"))' \
            "$ROOT/results/reference/h200-gpu-10000.json" >"$length.json"
    done
    gpubench reference add 256.json --output made.tsv
    exits 5
    matches "$errors" 'there is no timed result to add'
    gpubench reference add 255.json 256.json --output made.tsv
    exits 0
    matches "$output" '^1 entry in made.tsv'
}
