#!/usr/bin/env bats
# The tarball for 64-bit Arm, made on another machine and run through qemu in a root that holds glibc and nothing else.

setup_file() {
    cd "$BATS_TEST_DIRNAME/../.." || return
    tests/aarch64/enter true || skip "$(tests/aarch64/enter true)"
    unset MAKEFLAGS MAKELEVEL MFLAGS
    make NVCC= ARCH=aarch64 dist
    root=$BATS_FILE_TMPDIR/root
    export root
    mkdir -p "$root"/{lib/aarch64-linux-gnu,proc,tmp,opt}
    for library in c m dl pthread rt resolv; do
        cp -L build/sysroot/aarch64/lib/aarch64-linux-gnu/lib$library.so.? "$root/lib/aarch64-linux-gnu/"
    done
    cp -L build/sysroot/aarch64/lib/ld-linux-aarch64.so.1 "$root/lib/"
    tar -xf build/gpubench-*-aarch64-linux.tar.gz -C "$root/opt" --strip-components 1
}

# The program of the tarball, which finds its libraries by /proc/self/exe.
inside() {
    # shellcheck disable=SC2016
    run "$BATS_TEST_DIRNAME/../aarch64/enter" unshare --mount sh -c 'unset QEMU_LD_PREFIX
        mount --rbind /proc "$1/proc" && shift && exec chroot "$@"' - "$root" "$root" /opt/bin/gpubench "$@"
    echo "$output"
}

@test "every file of the tarball is for aarch64 and wants glibc 2.28 at most" {
    for file in "$root"/opt/bin/gpubench "$root"/opt/lib/*.so*; do
        readelf -h "$file" | grep -q AArch64
        newest=$(readelf -V "$file" | grep -o 'GLIBC_2[0-9.]*' | sort -Vu | tail -n 1)
        [ "$(printf '%s\n' GLIBC_2.28 "$newest" | sort -V | tail -n 1)" = GLIBC_2.28 ]
    done
}

@test "the job runs with the tarball's OpenBLAS and is verified" {
    inside cpu 300 --no-save --samples 1
    [ "$status" -eq 0 ]
    [[ $output == *'verified '* ]]
    [[ $output =~ OpenBLAS\ ([0-9.]+) ]]
    [ "$(printf '%s\n' 0.3.26 "${BASH_REMATCH[1]}" | sort -V | head -n 1)" = 0.3.26 ]
}

@test "the tarball's libcurl is loaded" {
    inside compare http://127.0.0.1:9/a http://127.0.0.1:9/b
    [[ $output == *'connect to 127.0.0.1'* ]]
}
