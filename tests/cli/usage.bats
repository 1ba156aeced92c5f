#!/usr/bin/env bats
# What is typed: verbs, options, N; and every refusal is one sentence with exit 2.
load helper

# One sentence on standard error, nothing on standard output, exit 2.
refused() {
    gpubench "${@:2}"
    exits 2
    [ -z "$output" ]
    [ "$(wc -l <errors.txt)" -eq 1 ] || { echo "$errors"; return 1; }
    matches "$errors" "^gpubench: .*$1"
}

@test "without arguments it says in short what it can do, and exits 2" {
    gpubench
    exits 2
    [ -z "$output" ]
    matches "$errors" 'gpubench gpu +N'
    [ "$(wc -l <errors.txt)" -le 24 ]
}

@test "--help, -h and help say the same on standard output" {
    gpubench --help; exits 0; help=$output
    [ -z "$errors" ]
    for verb in gpu cpu soak list doctor help; do matches "$help" "gpubench $verb "; done
    gpubench -h; exits 0; [ "$output" = "$help" ]
    gpubench help; exits 0; [ "$output" = "$help" ]
}

@test "each verb has its own help, by --help and by help VERB" {
    for verb in gpu cpu soak list doctor help; do
        gpubench "$verb" --help; exits 0
        matches "$output" "^Usage: gpubench $verb"
        help=$output
        gpubench help "$verb"; exits 0
        [ "$output" = "$help" ]
    done
}

@test "--version is a name, a version and a commit" {
    gpubench --version
    exits 0
    matches "$output" '^gpubench [^ ]+ \([^ ]+\)$'
}

@test "N that is no order of a matrix is refused" {
    while IFS='|' read -r n words; do refused "$words" cpu "$n"; done <<'END'
|N is empty
0|at least 1
-1|at least 1
-10000|at least 1
1e4x|not a whole number
10,000|write 10000
3.5|not a whole number
0x10|not a whole number
ten|not a whole number
2000001|largest order is 2000000
18446744073709551616|largest order is 2000000
END
}

@test "numbers are taken as people write them" {
    for n in 1e2 1_00 0.1k 100; do
        gpubench cpu $n --no-save --quiet --threads 1 --samples 1_0 --max-time 50ms
        exits 0
        matches "$output" 'Shape: \(100, 100\)'
    done
    refused 'from 1 to' cpu 10 --samples 1s
    refused 'seconds' cpu 10 --max-time 3%
}

@test "a single letter is no abbreviation of an option" {
    refused 'N takes no --n in front: gpubench cpu 10000' cpu --n 100
    refused 'N takes no --N in front' cpu --N=100
    refused 'has no option --o|did you mean' cpu 100 --o x.json
    gpubench cpu 10 --no-s --quiet
    exits 0
}

@test "a word that is the start of one option and the end of another is no abbreviation" {
    refused '--time is a part of several options' cpu 10 --time 3 --no-save
    refused '--time is a part of several options' gpu 10 --time=3 --no-save
}

@test "what other programs call it gets a suggestion" {
    refused 'gpubench --version' version
    refused 'gpubench --version' -V
    refused 'gpubench --version' -v
    refused 'gpubench --version' --Version
    refused 'gpubench --version' -version
    refused 'gpubench --version' cpu --version
    refused 'gpubench gpu N, or gpubench cpu N' run 1000
    refused 'did you mean "cpu"' CPU 1000
    refused 'did you mean "doctor"' Doctor
    refused 'gpubench cpu 10000' gpu 100 --cpu
    refused 'gpubench gpu 10000' cpu 100 --gpu
    refused 'did you mean gpubench cpu' --cpu 1000
    refused ' --all runs every one' cpu 100 --variant all
    refused " --arith '\*' runs every one" cpu 100 --arith all
    refused 'unknown operation "all": there are' cpu 100 --op all
}

@test "a missing N and one too many are refused" {
    refused 'needs N' cpu
    refused 'needs N' gpu --all
    refused '"2" is one too many' cpu 1 2
}

@test "what is misspelt is refused with what was meant" {
    refused 'did you mean "gpu"' gpuu 10
    refused 'did you mean "doctor"' doctr
    refused 'gpubench --help shows all' xyzzy
    refused 'gpubench gpu 10000, or gpubench cpu 10000' 10000
    refused 'did you mean --variant' cpu 10 --varient reference
    refused 'no option of gpubench itself' --wat
    refused 'did you mean "openblas-syrk"' cpu 10 --variant openblas-syrc
    refused 'did you mean "reference"' cpu 10 --variant openblas-syrk,referense
    refused 'did you mean "tf32"' cpu 10 --arith tf23
    refused 'did you mean "matmul"' cpu 10 --op matmull
}

@test "what one verb or operation has and another has not is refused with the way out" {
    refused 'no option --device' cpu 10 --device 1
    refused 'no option --threads' gpu 10 --threads 2
    refused 'add --op reduce' cpu 10 --variant plain
    refused 'no variant of sum-aat on the cpu is in tf32' cpu 10 --arith tf32
}

@test "option values out of range are refused" {
    refused 'choose one of' cpu 10 --range odd
    refused 'choose one of' cpu 10 --color sometimes
    refused 'choose one of' gpu 10 --image kepler
    refused 'from 1 to' cpu 10 --samples 0
    refused 'from 0 to' cpu 10 --seed -1
    refused 'from 1 to' cpu 10 --threads 0
    refused 'more than 0' cpu 10 --max-time 0
    refused 'needs a value' cpu 10 --seed
    refused 'takes no value' cpu 10 --all=yes
}

@test "the manual page is the one that the tables make" {
    gpubench --print=man
    exits 0
    diff "$ROOT/docs/gpubench.1" - <<<"$output"
}

@test "the manual page formats without a warning" {
    command -v groff >/dev/null || skip "groff is not installed"
    [ -z "$(groff -man -ww -Tutf8 -K utf8 "$ROOT/docs/gpubench.1" 2>&1 >/dev/null)" ]
}

@test "the manual page names every option that a verb's help names" {
    for verb in gpu cpu soak list doctor; do
        for option in $("$GPUBENCH" "$verb" --help | grep -o -- '--[a-z-]*' | sort -u); do
            grep -qF -- "${option//-/\\-}" "$ROOT/docs/gpubench.1" || { echo "$option"; return 1; }
        done
    done
}

complete_line() { # the words of a command line, the last one incomplete
    [ -f completion ] || "$GPUBENCH" --print=bash >completion
    PATH=$(dirname "$GPUBENCH"):$PATH bash -c 'source ./completion; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gpubench; echo "${COMPREPLY[*]}"' - "$@"
}

@test "the bash completion offers verbs, options and their values" {
    "$GPUBENCH" --print=bash >completion
    bash -n completion
    [ "$(complete_line gpubench doc)" = doctor ]
    [ "$(complete_line gpubench gpu --im)" = --image ]
    [ "$(complete_line gpubench cpu --op m)" = matmul ]
    [ "$(complete_line gpubench cpu --op = r)" = reduce ]
    [ "$(complete_line gpubench cpu --im)" = "" ]
    [ "$(complete_line gpubench help doc)" = doctor ]
    [ "$(complete_line gpubench ab -- ./old/gpubench gp)" = gpu ]
    [ "$(complete_line gpubench ab -- ./old/gpubench gpu 100 -- ./new/gpubench gpu --im)" = --image ]
    [ "$(complete_line gpubench ab -- old gpu 100 -- new gpu --im)" = --image ]
    [ "$(complete_line gpubench soak g)" = gpu ]
    [ "$(complete_line gpubench reference '')" = add ]
    [ "$(complete_line gpubench gpu '')" = "" ]
    [ "$(complete_line gpubench check --baseline a.json -- cpu --op m)" = matmul ]
    [ "$(complete_line gpubench check --basel)" = --baseline ]
    [ "$(complete_line gpubench report --output '')" = "" ] # bash offers files
}

@test "behind a comma the next name of a list is completed, without those that are in it" {
    [ "$(complete_line gpubench gpu 1000 --arith f32,b)" = f32,bf16 ]
    [ "$(complete_line gpubench gpu 1000 --arith = f32,b)" = f32,bf16 ]
    [ "$(complete_line gpubench gpu 1000 --arith bf16,b)" = "" ]
    [ "$(complete_line gpubench gpu 1000 --arith f32,bf16,tf)" = f32,bf16,tf32 ]
    [ "$(complete_line gpubench gpu 1000 --variant ffma-sm90,cublas-ss)" = ffma-sm90,cublas-ssyrk ]
    [ "$(complete_line gpubench cpu 1000 --blas blis,mk)" = blis,mkl ]
    [ "$(complete_line gpubench cpu 1000 --blas ./libmine.so,mk)" = ./libmine.so,mkl ]
    [ "$(complete_line gpubench cpu 1000 --range unit,s)" = "" ] # not a list
    gpubench --complete gpu 1000 --arith=f32,b
    [ "${output%%$'\t'*}" = --arith=f32,bf16 ]
    long=$(printf 'name%s,' {1..200})
    [ "$(complete_line gpubench gpu 1000 --variant "${long}cublas-ss")" = "${long}cublas-ssyrk" ]
}

@test "a completion has what it means behind a tab, and keeps what is typed up to =" {
    gpubench --complete doc
    [ "$output" = "doctor"$'\t'"check driver, devices, libraries, container" ]
    gpubench --complete cpu --op=m
    [ "$output" = --op=matmul ]
    gpubench --complete cpu 10 --seed ''
    [ -z "$output" ]
}

@test "no line of a help is longer than 80 columns" {
    for verb in '' $("$GPUBENCH" --complete '' | cut -f1 | grep -v '^--'); do
        # shellcheck disable=SC2086
        [ "$("$GPUBENCH" $verb --help | LC_ALL=C.UTF-8 wc -L)" -le 80 ] || { echo "$verb"; return 1; }
    done
}

@test "the zsh and fish completions parse" {
    gpubench --print=zsh; exits 0; [ -n "$output" ]
    gpubench --print=fish; exits 0; [ -n "$output" ]
    "$GPUBENCH" --print=zsh >completion.zsh
    "$GPUBENCH" --print=fish >completion.fish
    command -v zsh >/dev/null && zsh -n completion.zsh
    command -v fish >/dev/null && fish -n completion.fish
    command -v zsh >/dev/null || command -v fish >/dev/null || skip "neither zsh nor fish is installed"
}

@test "a file's name reaches the terminal without what a terminal or a runner obeys" {
    for name in $'a\e[2J' $'b\n::error::x' $'c\xc2\x9b31m' $'d\xe2\x80\xae' $'e\xff'; do
        gpubench compare "$name" "$name"
        exits 5
        [ "$(wc -l <errors.txt)" -eq 1 ]
        lacks "$errors" $'\e|^ *::|\xc2\x9b|\xe2\x80\xae'
        iconv -f utf-8 -t utf-8 errors.txt >/dev/null
        gpubench cpu 8 --results "$PWD/$name"
        exits 0
        lacks "$output$errors" $'\e|^ *::|\xc2\x9b|\xe2\x80\xae'
        matches "$output" 'saved +[^ ]'
    done
}

@test "a help names the exit statuses that its verb has" {
    for verb in report export plot history reference; do
        gpubench help $verb
        words=$(tr -s ' \n' ' ' <<<"$output")
        matches "$words" '5 a file is missing, or a directory holds no result'
        lacks "$words" '77 no usable GPU'
    done
    for verb in report export plot history reference compare check publish; do
        gpubench help $verb
        matches "$(tr -s ' \n' ' ' <<<"$output")" '1 a failed or wrong result, or a file that cannot be read'
    done
    mkdir none broken
    : >empty.json; echo '{' >half.json; echo '{}' >other.json; cp half.json broken
    for verb in 'report -o page.html' export plot 'history *' compare 'check --baseline' 'reference add'; do
        # shellcheck disable=SC2086
        reads() { set -f; gpubench $verb "$1"; set +f; }
        for name in missing.json none; do reads $name; exits 5; done
        for name in empty.json half.json other.json broken; do reads $name; exits 1; done
    done
    for verb in gpu sweep soak ab check doctor; do
        gpubench help $verb
        matches "$(tr -s ' \n' ' ' <<<"$output")" '77 no usable GPU'
    done
}

@test "a help fits a narrow terminal" {
    command -v script >/dev/null || skip "script is not installed"
    output=$(script -qec "stty cols 40; $GPUBENCH gpu --help" /dev/null | tr -d '\r')
    [ "$(LC_ALL=C.UTF-8 wc -L <<<"$output")" -le 40 ]
}

@test "the manual page has its environment, files, a date and see also" {
    grep -A 1 -Fx ".B 5" "$ROOT/docs/gpubench.1" | grep -q "a file is missing or holds no result"
    for words in '^.TH GPUBENCH 1 "[0-9]{4}-[0-9]{2}-[0-9]{2}"' '^.B GPUBENCH_TOKEN' '^.B GPUBENCH_PUBLISH_URL' '^.SH FILES' '^.SH SEE ALSO'; do
        grep -qE "$words" "$ROOT/docs/gpubench.1" || { echo "$words"; return 1; }
    done
}

@test "an empty name of a file is an error before anything is measured, and no default" {
    for option in --output --results; do
        gpubench cpu 20 "$option" ''
        exits 2
        matches "$errors" "$option is empty: give a name"
    done
    gpubench compare "$ROOT/results/reference/h200-gpu-10000.json" '' --junit out.xml
    exits 2
    matches "$errors" 'one of the words is empty'
    gpubench check --baseline= -- cpu 20
    exits 2
    [ ! -e "$GPUBENCH_RESULTS" ] && [ ! -e out.xml ]
}

@test "GPUBENCH_HANG_SECONDS that is no number is an error, and no default" {
    for seconds in abc -1 1e99 '5 s'; do
        GPUBENCH_HANG_SECONDS=$seconds gpubench list
        exits 2
        matches "$errors" 'GPUBENCH_HANG_SECONDS=.* is not a number of seconds'
    done
    GPUBENCH_HANG_SECONDS='' gpubench list
    exits 0
}
