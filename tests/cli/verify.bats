#!/usr/bin/env bats
# The verifier itself: right products of many seeds are never called wrong, and planted faults are found. Small parts of
# scripts/check/verify-seeds and scripts/check/fault-table, which take minutes.
load helper

programs() {
    seeds=${GPUBENCH%/*}/tests/verify-seeds
    faults=${GPUBENCH%/*}/tests/verify-faults
    [ -x "$seeds" ] || skip "no $seeds"
    [ -x "$faults" ] || skip "no $faults"
}

@test "right products of a thousand seeds pass in every arithmetic, operation and range" {
    programs
    "$seeds" 1 1000 | grep -q ' right results, 0 called wrong'
}

@test "seeds whose largest entry decides a row of a wide range pass" {
    programs
    for seed in 28506 49276; do
        for n in 16 19; do
            gpubench cpu $n --op matmul --range wide --seed $seed --all --samples 1 --max-time 0.01 --no-save
            exits 0
        done
    done
}

@test "every planted fault is found in every arithmetic and in sums of A, and nothing else is called wrong" {
    programs
    for type in '' _f64; do
        "$faults$type" 400 4 >table
        cat table
        grep -q '^none: called wrong .* 0.000 *0.000' table
        grep -q '^none: called wrong *|  0.000$' table
        rows=0
        while read -r line; do
            rows=$((rows + 1))
            # which tile sum-aat finds among other columns depends on the signs: docs/accuracy.md has the probability
            [[ $line != "tile computed"* ]] || line=${line//0.9[0-9][0-9]/1.000}
            [[ $line != "one entry, at"* ]] || line=${line//0.99[0-9]/1.000}
            # an entry of A may be smaller than the limit of a sum
            [[ $line != "one entry lost"* && $line != "one entry twice"* ]] || line=${line//0.9[0-9][0-9]/1.000}
            lacks "${line#*|}" '0\.[0-9]'
        done < <(grep -E '^(last|tile|row|diagonal|two|one|a row|100|1024)' table)
        [ $rows -eq 15 ]
    done
}

# In a launch of register-tile one entry of C (argument 1) gets a factor: spoilt ROW COL FACTOR GPUBENCH-ARGUMENTS...
spoilt() {
    local suffix='' pitch=160 # of N = 129
    [[ " $* " != *" f64 "* ]] || suffix=_f64
    FAKECUDA_SPOIL=matmul_register_tile$suffix:1:$(($1 * pitch + $2)):$3 LD_LIBRARY_PATH=$FAKECUDA \
        gpubench gpu 129 --op matmul --variant register-tile --samples 1 --max-time 0.01 --no-save --seed "$1" "${@:4}"
}

@test "--verify full names the one wrong entry of C, wherever it is, in both types" {
    for type in f32 f64; do
        factor=1.00002
        [ $type = f32 ] || factor=1.00000000000005
        spoilt 5 70 1 --type $type --verify full
        exits 0
        matches "$output" 'entries [^,]*, against float64, every entry'
        for place in '0 1' '128 0' '37 101' '64 63' '99 12' '12 12' '128 128' '1 127'; do
            spoilt "${place% *}" "${place#* }" $factor --type $type --verify full
            exits 1
            matches "$errors" "C\[${place% *}\]\[${place#* }\] is .*, want "
        done
    done
}

@test "without it a wrong entry of either type is found too, by its block" {
    for type in f32 f64; do
        factor=1.00001
        [ $type = f32 ] || factor=1.00000000000002
        for place in '3 90' '77 20' '127 5'; do
            spoilt "${place% *}" "${place#* }" $factor --type $type
            exits 1
            matches "$errors" "wrong result: .*(C\[${place% *}\]\[${place#* }\] is|wrong in row ${place% *},)"
        done
    done
}

@test "--verify full repeats a sum, which stores no C, over sixteen matrices and says so" {
    for op in sum-aat reduce; do
        for type in f32 f64; do
            FAKECUDA_LOG=$PWD/launches LD_LIBRARY_PATH=$FAKECUDA \
                gpubench gpu 65 --op $op --type $type --samples 1 --max-time 0.01 --no-save --verify full --json
            exits 0
            jq -e '.results[0].verdict | .full == true and .weighted_error != null' <<<"$output"
            [ "$(grep -c '^scale_rows' launches)" -eq 16 ]
            rm launches
            FAKECUDA_LOG=$PWD/launches LD_LIBRARY_PATH=$FAKECUDA \
                gpubench gpu 65 --op $op --type $type --samples 1 --max-time 0.01 --no-save --json
            jq -e '.results[0].verdict | .full == null and .weighted_error != null' <<<"$output"
            [ "$(grep -c '^scale_rows' launches)" -eq 1 ]
            rm launches
        done
    done
}

@test "on the CPU --verify full compares every entry too" {
    for type in f32 f64; do
        gpubench cpu 200 --op matmul --type $type --all --samples 1 --max-time 0.01 --no-save --verify full --json
        exits 0
        jq -e '[.results[] | select(.state == "ok") | .verdict.full] | length > 0 and all' <<<"$output"
        lacks "$errors" 'verify full'
    done
    gpubench cpu 4097 --op matmul --variant reference --verify none
    exits 2
    matches "$errors" 'choose one of: sampled full'
}

@test "a verification that takes long says so before it begins, unless --quiet is given" {
    said='--verify full compares all 36000000 entries of C with float64: about [0-9]+ s a variant'
    for quiet in '' --quiet; do
        # shellcheck disable=SC2086
        "$GPUBENCH" cpu 6000 --op matmul --all --arith f32 --verify full --no-save $quiet >out.txt 2>said.txt &
        pid=$!
        if [ -n "$quiet" ]; then sleep 2; else eventually grep -qE -- "$said" said.txt; fi
        kill -9 $pid
        [ "$(grep -cE -- "$said" said.txt)" -eq $((${#quiet} == 0)) ]
    done
}

@test "on simulated machines the gates report no change that is none, and find 5 %, also where processes are late" {
    gate=${GPUBENCH%/*}/tests/verify-gate
    [ -x "$gate" ] || skip "no $gate"
    "$gate" 7 300 >table
    cat table
    # Fields: verb, machine, change, "%", SLOW, SAME, FAST, UNSURE. Of 300, 1 % is 3 and 97 % is what 98.7 % rarely falls below.
    [ "$(awk '$3 == "+0" && ($5 > 1 || $7 > 1)' table | wc -l)" -eq 0 ]
    [ "$(awk '$3 == "+0"' table | wc -l)" -eq 9 ]
    awk '$3 == "+5" && $2 != "bimodal" && $1 ~ /check|ab/ { n++; bad += $5 < 97 } END { exit bad || n != 4 }' table
    # A fleet: one process a card finds 8 %, five find 6 %, and good cards are not named.
    awk '$1 == "quiet" && $2 == 1 && $3 == "+8" { n++; bad += $5 < 95 } END { exit bad || n != 1 }' table
    awk '$1 == "quiet" && $2 == 5 && $3 == "+6" { n++; bad += $5 < 95 } END { exit bad || n != 1 }' table
    awk '$1 == "quiet" && $2 ~ /^[135]$/ { n++; bad += $6 > 0.1 } END { exit bad || n != 12 }' table
}

@test "verify-gpu says which runs are wrong and which are right, and does not warm up" {
    export LD_LIBRARY_PATH=$FAKECUDA OPS=matmul RANGES=unit ARITHMETICS=f32 GPUBENCH FAKECUDA_LOG=$PWD/launches
    run "$ROOT/scripts/gpu/verify-gpu" 33
    echo "$output"
    [ "$status" -eq 0 ]
    [[ $output =~ N\ =\ 33:\ [1-9][0-9]*\ verdicts\ ok,\ 0\ runs\ not ]]
    [ "$(grep -c '^matmul_naive ' launches)" -le 30 ]
    FAKECUDA_SPOIL=matmul_tile:1:70:1.5 run "$ROOT/scripts/gpu/verify-gpu" 33
    echo "$output"
    [ "$status" -eq 1 ]
    [[ $output == *'1 runs not'* ]]
}
