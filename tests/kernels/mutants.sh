#!/bin/bash
# mutants.sh - proves that the kernel check catches mistakes: makes each edit of mutants.txt to a copy of the kernels and
# expects the check to fail, under ASan and UBSan or else under TSan. Prints TAP. `make mutants` calls it and sets
#   COMPILE_asan, COMPILE_tsan   the compiler and flags of a kernel
#   RUNTIME                      the runtime's object files
#   CHECK_asan, CHECK_tsan       the check's programs, which load libkernels.so
set -u
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
list=tests/kernels/mutants.txt

# build KIND DIR: libkernels.so of the mutated kernel alone, with that sanitizer
build() {
    local compile=COMPILE_$1
    # shellcheck disable=SC2086 # flags and object files are lists
    ${!compile} -shared -Wl,-Bsymbolic -iquote "$2" -o "$2/libkernels.so" "$2/kernel.cc" $RUNTIME -ldl -lpthread >"$2/log" 2>&1
}

# survives KIND DIR N...: whether the check built with that sanitizer finds nothing wrong with it at these orders
survives() {
    if [ "$1" = asan ]; then
        LD_LIBRARY_PATH=$2 timeout 240 "${CHECK_asan:?}" --mutant "${@:3}"
    else # TSan needs no orders; with two workers it sees races between blocks
        LD_LIBRARY_PATH=$2 FAKECUDA_WORKERS=2 FAKECUDA_ORDER=forward TSAN_OPTIONS=halt_on_error=1 timeout 240 "${CHECK_tsan:?}" --mutant "${@:3}"
    fi >"$2/log" 2>&1
}

# caught KIND DIR KERNEL.cu N...: whether it is found wrong at one of these orders, which is noted for unharmed
caught() {
    local n
    for n in "${@:4}"; do
        survives "$1" "$2" "$n" || { echo "$n" >>"$work/$1-${3//\//-}" && return; }
    done
    return 1
}

# mutant NUMBER WHAT FILE KERNEL.cu EDIT: one line of TAP
mutant() {
    local dir=$work/$1 name="$1 - caught: $2 ($3)"
    mkdir -p "$dir/kernels/$(dirname "$3")" # includes are found here first (-iquote), and the other files below kernels
    sed "$5" "kernels/$3" >"$dir/kernels/$3"
    tests/fakecuda/kernel_list.sh "kernels/$4" >"$dir/kernel.cc"
    if cmp -s "kernels/$3" "$dir/kernels/$3"; then
        echo "not ok $name: the edit no longer matches the source"
    elif ! build asan "$dir"; then
        echo "not ok $name: does not compile"
        sed 's/^/# /' "$dir/log"
    elif caught asan "$dir" "$4" 33 31 129 32 250 || { build tsan "$dir" && caught tsan "$dir" "$4" 129; }; then
        echo "ok $name"
        [ -z "${V-}" ] || grep -m 4 'not ok\|^#\|ERROR\|error:\|WARNING\|FAULT\|cuda_on_cpu' "$dir/log" | sed 's/^/#   /'
    else
        echo "not ok $name"
    fi
    rm -rf "$dir"
}

# unharmed NUMBER KERNEL.cu: without an edit the steps that caught one must find nothing, or catching proves nothing; one line
# of TAP
unharmed() {
    local dir=$work/$1 name="$1 - nothing found in $2 as it is" kind orders
    mkdir "$dir"
    tests/fakecuda/kernel_list.sh "kernels/$2" >"$dir/kernel.cc"
    for kind in asan tsan; do
        mapfile -t orders < <(sort -nu "$work/$kind-${2//\//-}" 2>/dev/null)
        [ ${#orders[@]} -gt 0 ] || continue
        build $kind "$dir" && survives $kind "$dir" "${orders[@]}" && continue
        echo "not ok $name"
        sed 's/^/# /' "$dir/log"
        rm -rf "$dir"
        return
    done
    echo "ok $name"
    rm -rf "$dir"
}

# start COMMAND ARGUMENT...: in the background, as soon as a processor is free; the number of the test is its first argument
start() {
    number=$((number + 1))
    while [ "$(jobs -rp | wc -l)" -ge "$(nproc)" ]; do wait -n; done
    "$1" "$number" "${@:2}" >"$work/$number.tap" &
}

number=0
while read -r line; do
    case $line in '#'* | '') continue ;; esac
    IFS=$'\t' read -r what file kernel edit <<<"${line// :: /$'\t'}"
    start mutant "$what" "$file" "$kernel" "$edit"
done <"$list"
wait
while read -r kernel; do
    start unharmed "$kernel"
done < <(sed -n 's/^[^#].* :: .* :: \(.*\) :: .*/\1/p' "$list" | sort -u)
wait
for ((i = 1; i <= number; i++)); do cat "$work/$i.tap"; done
echo "1..$number"
! grep -q '^not ok' "$work"/*.tap
