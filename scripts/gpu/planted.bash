# shellcheck shell=bash
# planted.bash - what planted-faults-gpu and planted-soak share: they plant mistakes in kernels that only a Hopper GPU can run, and
# expect the program to find each.
#
#   SCRIPT                    builds the planted programs, then runs them
#   SCRIPT --build-only DIR   builds them into DIR; needs no GPU, but a tree that is built with nvcc
#   SCRIPT --run DIR          runs those in DIR; needs a GPU of compute capability 9.0, and no compiler
#
# The tree is left as it was. The script defines build_programs() and run_programs() and calls planted_main "$@".
keep=$(mktemp -d) || exit 1
export GPUBENCH_RESULTS=$keep/results
kept=() failed=0

planted_main() {
    local does=both
    case ${1-} in
    '') programs=$keep/programs ;;
    --build-only | --run) does=$1 programs=$(realpath -m -- "${2:?"$0 $1 needs a folder"}") || exit 1 ;;
    *) echo "usage: $0 [--build-only DIR | --run DIR]" >&2 && exit 2 ;;
    esac
    cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1
    trap leave EXIT
    if [ "$does" != --run ]; then build_right && build_programs; fi
    if [ "$does" != --build-only ]; then run_programs; fi
    exit $failed
}

keep_file() { # FILE...
    cp -p --parents -t "$keep" -- "$@" || exit 1
    kept+=("$@")
}

# Everything as it was before.
restore() {
    for file in ${kept[@]+"${kept[@]}"}; do cp -p "$keep/$file" "$file"; done
}
# A newer date than their sources, so that make compiles none of them again.
images_are_new() {
    find build/images \( -name '*.ptx' -o -name '*.fatbin' \) -exec touch {} +
}
leave() {
    restore
    if [ ${#kept[@]} -ne 0 ]; then images_are_new; fi
    rm -r "$keep"
}

make_gpubench() {
    make -j"$(nproc)" "${flags[@]}" build/gpubench >"$keep/log" 2>&1 || { tail -n 5 "$keep/log" && exit 1; }
}

# The program without a mistake, as DIR/right, with the compiler and for the architectures that the tree was built with.
build_right() {
    local stamp=build/images/nvcc-flags nvcc architectures
    if ! [ -e $stamp ]; then echo "$0: run make first, with nvcc" >&2 && exit 1; fi
    read -r nvcc _ <$stamp
    architectures=$(sed 's/.*--threads 2 *//' $stamp)
    flags=("NVCC=$nvcc" "ARCHITECTURES=$architectures")
    mkdir -p "$programs" && make_gpubench && strip -o "$programs/right" build/gpubench || exit 1
    local images
    mapfile -t images < <(find build/images -name '*.fatbin')
    keep_file build/gpubench "${images[@]}"
}

# edit FILE SED...: plants a mistake, of which each part must change something
edit() {
    local file=$1 part
    shift
    [ -e "$keep/$file" ] || keep_file "$file"
    for part; do
        cp "$file" "$keep/before"
        sed -i "$part" "$file"
        if cmp -s "$file" "$keep/before"; then echo "FAIL  nothing was planted in $file by $part" && exit 1; fi
    done
}

# program NAME MODULE...: builds DIR/NAME with what was planted since the last one, in these modules, and restores the sources.
# PTX images, and the modules that the tries do not run, stay without the mistakes.
program() {
    local name=$1 module
    shift
    images_are_new
    for module; do rm "build/images/$module.native.fatbin" || exit 1; done
    make_gpubench
    strip -o "$programs/$name" build/gpubench || exit 1
    restore
}
