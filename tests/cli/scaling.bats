#!/usr/bin/env bats
# Scaling over ranks: the section of `gpubench report`, and what `sweep --ranks` writes.
load helper
load ranks

# run NAME RANKS N SECONDS [HOW [VARIANT [JQ]]]: a result of so many ranks on as many GPUs; RANKS 0: an ordinary run.
run_of() {
    jq -s --argjson ranks "$2" --argjson n "$3" --argjson s "$4" --arg how "${5-ring}" --arg variant "${6-ffma}" "$TIMED"'
        [.[] | select(.results[1].variant == "ffma")][0] | (.results[1] | timed($s)) as $r | (2 * $n * $n * $n) as $flop |
        (if $ranks > 0 then $ranks else 1 end) as $devices |
        .started = (1795255200 + 60 * $n + $devices | todate) | .problem.n = $n |
        (if $ranks > 0 then .ranks = {count: $ranks, hosts: 1, devices: $ranks, transport: "processes of one host", exchange: $how,
            balance: "even", alone_s: $s, efficiency: 1, list: [range($ranks) | {rank: ., host: "node1", place: "/gpu:\(.)",
            share: (1 / $ranks), error: 1e-08, sm_hz: 1.5e9, shares_device: false, compute_s: [$s * (0.8 + . / 100)],
            waiting_s: [0.001], exchange_s: [0.25], link_bytes_per_s: 123e9}]} else . end) |
        .results = [$r | .key = "gpu/sum-aat/f32/\($variant)/n=\($n)" + (if $ranks > 0 then "/ranks=\($ranks)/\($how)" else "" end) |
            .n = $n | .variant = $variant | .speed = {flop: $flop, flop_done: ($flop / 2), bytes: (4 * $n * $n), flops: ($flop / $s),
                flops_done: ($flop / 2 / $s), bytes_per_s: (4 * $n * $n / $s)} | del(.samples) |
            .verdict |= (.sum = 1 | .want = 1 | .sum_error = 0)] | '"${7-.}" "$ROOT/tests/golden/runs.json" >"$1.json"
}

# The table of the section whose heading has $1, without its alignment.
table_of() {
    awk -v head="$1" '/^###/ { on = index($0, head) } on && /^\|/ && !/^\|:?-/' <<<"$output" | sed 's/^| //; s/ |$//'
}

@test "strong and weak efficiency are relative to the fewest ranks of the same series" {
    run_of 1 1 8000 8
    run_of s2 2 8000 5
    run_of s4 4 8000 2.5
    run_of w2 2 10079 10
    run_of other 1 8000 1 none
    run_of measured 2 8000 1 ring/measured
    run_of variant 4 8000 1 ring naive
    gpubench report --markdown [1swomv]*.json
    exits 0
    [ "$(grep -c '^### Scaling of ' <<<"$output")" -eq 4 ]
    table_of "Scaling of sum-aat, ffma in f32, ring" | head -5 | cut -d'|' -f1,2,3,5,6 >table
    diff table - <<'END'
ranks | N | time | strong | weak 
1 | 8000 | 8.000 s | 100 % | 100 % 
2 | 8000 | 5.000 s | 80 % | - 
2 | 10079 | 10.00 s | - | 80 % 
4 | 8000 | 2.500 s | 80 % | - 
END
    matches "$output" "4 ranks have 80 % of the ideal strong scaling at N = 8000; 2 ranks have 80 % of the ideal weak scaling at N = 10079"
    for alone in "ffma in f32, without exchange" "ffma in f32, ring/measured" "naive in f32, ring"; do
        matches "$(table_of "Scaling of sum-aat, $alone")" "8000 \| 1\.000 s .*\| - \| - \|"
    done
    lacks "$output" '^### (sum-aat at N|Speed against N)' # where a GPU is compared with others
}

@test "the ranks of the largest run are listed, with the one that computes longest" {
    run_of 1 1 8000 8
    run_of 3 3 8000 4
    gpubench report --markdown [13].json
    exits 0
    table_of "Ranks of the largest run, sum-aat, ffma in f32, ring" >table
    diff table - <<'END'
rank | host | place | share | compute | exchange | waiting | link | clock | rel. error
0 | node1 | /gpu:0 | 33 % | 3.200 s | 250.0 ms | 1.000 ms | 123.0 GB/s | 1.50 GHz | +1.0e-08
1 | node1 | /gpu:1 | 33 % | 3.240 s | 250.0 ms | 1.000 ms | 123.0 GB/s | 1.50 GHz | +1.0e-08
2 | node1 | /gpu:2 | 33 % | 3.280 s | 250.0 ms | 1.000 ms | 123.0 GB/s | 1.50 GHz | +1.0e-08
END
    matches "$output" "3 ranks at N = 8000, by processes of one host. Rank 2 on node1 \(/gpu:2\) computes longest, 3\.280 s"
}

@test "an ordinary run of the variant may be the single rank, by the host's clock and marked" {
    run_of 0 0 8000 7 none ffma '.results[0].summary.wall_median_s = 8'
    run_of 2 2 8000 5 none
    run_of elsewhere 0 8000 7 none ffma '.device.name = "Other GPU"'
    gpubench report --markdown [02e]*.json
    exits 0
    table_of "Scaling of sum-aat, ffma in f32, without exchange" >table
    matches "$(cat table)" "1 .\* \| 8000 \| 8\.000 s \| [^|]* \| 100 %"
    matches "$(cat table)" "2 \| 8000 \| 5\.000 s \| [^|]* \| 80 %"
    [ "$(wc -l <table)" -eq 3 ]
    matches "$output" "\*: an ordinary run of one device, timed by the host's clock"
    run_of 1 1 8000 10 none
    gpubench report --markdown [012e]*.json # a rank alone was measured
    lacks "$output" '^\| 1 .\*'
    matches "$(table_of "Scaling of sum-aat, ffma")" "2 \| 8000 \| 5\.000 s \| [^|]* \| 100 %"
}

@test "ranks that share a GPU, several hosts, and times too noisy to rank are said" {
    run_of 1 1 8000 8
    run_of 2 2 8000 5 ring ffma '.ranks.devices = 1'
    run_of 4 4 8000 4 ring ffma '.ranks.hosts = 2 | .results[0].summary |= (.low_s = 2 | .min_s = 2 | .high_s = 6 | .max_s = 6)'
    gpubench report --markdown [124].json
    exits 0
    table_of "Scaling of" >table
    matches "$(cat table)" "2 on 1 GPU \|"
    matches "$(cat table)" "4 on 2 hosts \| 8000 \|[^|]*\|[^|]*\| too noisy"
    lacks "$output" "4 ranks have"
}

@test "the picture of the scaling at 1280 and 390 px, light and dark" {
    command -v gnuplot >/dev/null || skip "gnuplot is not installed (Debian: gnuplot-nox)"
    run_of 1 1 8000 8
    for ranks in 2 4 8 16; do
        run_of s$ranks $ranks 8000 "$(jq -n "8 / $ranks / (1 - $ranks / 50)")"
        n=$(jq -n "8000 * pow($ranks; 1 / 3) | round")
        run_of w$ranks $ranks "$n" "$(jq -n "8 + $ranks / 10")"
    done
    gpubench report [1sw]*.json -o page.html
    exits 0
    grep -q 'strong, N = 8000' page.html
    grep -q 'weak, from N = 8000' page.html
    [ "$(grep -o 'id="[^"]*"' page.html | sort | uniq -d | wc -l)" -eq 0 ]
    gpubench plot [1sw]*.json
    exits 0
    matches "$output" "strong, N = 8000"
    command -v chromium >/dev/null || skip "Chromium is not installed (Debian: chromium)"
    "$ROOT/tests/cli/look-at-page" page.html >seen.json
    jq -e '.messages == [] and (.widths | length == 4 and all(.pictures == 1 and .drawn == 1 and .beyond == 0 and (.sideways | not)
        and .covered == [] and .cut == [] and .text >= 11))' seen.json || { cat seen.json && return 1; }
}

@test "sweep --ranks -o: report and compare read the file as they read its runs" {
    gpubench sweep 200 --ranks 1,2 --only cpu --samples 2 --no-save --quiet --output scaling.json
    exits 0
    jq -e '[.runs[].ranks.count] == [1, 2, 2]' scaling.json
    gpubench report --markdown scaling.json
    exits 0
    table_of "Scaling of sum-aat, openblas-syrk in f32, without exchange" | cut -d'|' -f1,2 >table
    diff table - <<'END'
ranks | N 
1 | 200 
2 | 200 
2 | 252 
END
    gpubench compare scaling.json scaling.json
    matches "$output" "ranks=2"
    jq 'del(.runs)' scaling.json >old.json
    gpubench report --markdown old.json
    exits 1
    matches "$errors" "^gpubench: old.json lists no runs: make it again, or give the runs' result files\.$"
}

@test "a result of several GPUs can be read again, in every arithmetic" {
    fake_gpus 2
    for arithmetic in f32 bf16; do
        gpubench gpu 257 --devices all --arith $arithmetic --samples 1 --quiet --no-save --output $arithmetic.json
        exits 0
        gpubench report --markdown $arithmetic.json
        exits 0
        matches "$(table_of "Scaling of sum-aat, ")" "2 \| 257 \|"
    done
}

@test "--arith alone is auto in that arithmetic, on one GPU as on several ranks" {
    fake_gpus 2
    for devices in "" "--devices all"; do
        # shellcheck disable=SC2086
        gpubench gpu 129 $devices --arith bf16 --samples 1 --json --quiet --no-save
        exits 0
        field '[.job.variant, .auto.bf16, (.results | length)] | @csv' >>chosen
    done
    [ "$(wc -l <chosen)" -eq 2 ]
    [ "$(grep -c '^"[a-z0-9-]*","[a-z0-9-]*: .*",1$' chosen)" -eq 2 ]
    gpubench gpu 129 --devices all --arith bf16,f16 --samples 1 --no-save
    exits 2
    matches "$errors" "name one with --variant, or one arithmetic with --arith"
}
