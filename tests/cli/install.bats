#!/usr/bin/env bats
# What leaves the build: an installation and the tarball that runs where nothing is installed. These are of build/gpubench,
# so they run with it only.

setup() {
    top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
    [ "$(realpath "${GPUBENCH:-$top/build/gpubench}")" = "$top/build/gpubench" ] || skip "made of another build"
    cd "$top" || return
    unset MAKEFLAGS MAKELEVEL
}

@test "a second make does nothing" {
    make all
    run make all
    [ "$status" -eq 0 ]
    [[ $output != *CC* && $output != *LINK* && $output != *PTX* && $output != *NVCC* ]]
}

@test "make install puts program, manual page and completions below PREFIX" {
    make install DESTDIR="$BATS_TEST_TMPDIR" PREFIX=/opt/x
    cd "$BATS_TEST_TMPDIR/opt/x"
    [ "$(bin/gpubench --version)" = "$("$top/build/gpubench" --version)" ]
    [ -s share/man/man1/gpubench.1 ]
    [ -s share/bash-completion/completions/gpubench ]
    [ -s share/zsh/site-functions/_gpubench ]
    [ -s share/fish/vendor_completions.d/gpubench.fish ]
}

@test "where there is neither nvcc nor MPI, make install installs no plugin" {
    run make --dry-run NVCC= MPI= MPICC=no-such-program install DESTDIR=/nowhere
    [ "$status" -eq 0 ]
    [[ $output == *'/nowhere/usr/local/bin/gpubench'* && $output != *'/lib/gpubench'* ]]
}

# Makes the tarball once for this file, without the libraries that are built from source for it, which tests/packages/packages.bats
# tries, and unpacks it; its place is then the current directory.
unpacked_tarball() {
    local tarball
    [ ! -e "$BATS_FILE_TMPDIR/unpacked" ] || { cd "$BATS_FILE_TMPDIR"/gpubench-*/ && return; }
    run make dist BUNDLE=
    [[ $output != *'no mirror of Debian'* ]] || skip "no mirror of Debian"
    [ "$status" -eq 0 ] || { echo "$output" && return 1; }
    (cd build && sha256sum --check --quiet gpubench-*-"$(uname -m)"-linux-unbundled.tar.gz.sha256)
    tarball=$(ls "$PWD"/build/gpubench-*-"$(uname -m)"-linux-unbundled.tar.gz)
    tar -xf "$tarball" -C "$BATS_FILE_TMPDIR"
    touch "$BATS_FILE_TMPDIR/unpacked"
    cd "$BATS_FILE_TMPDIR"/gpubench-*/ || return
}

@test "the tarball's program needs glibc 2.28, and Debian 11's libraries beside it 2.31 at most" {
    unpacked_tarball
    for file in bin/gpubench lib/*.so*; do
        most=GLIBC_2.31
        [ "$file" != bin/gpubench ] || most=GLIBC_2.28
        newest=$(readelf -V "$file" | grep -o 'GLIBC_2[0-9.]*' | sort -Vu | tail -n 1)
        [ "$(printf '%s\n' $most "$newest" | sort -V | tail -n 1)" = $most ] || { echo "$file: $newest" && false; }
    done
}

@test "the tarball brings every library but glibc's and finds them where it is unpacked" {
    unpacked_tarball
    # What the loader opened, the libraries that only OpenBLAS needs among it.
    LD_DEBUG=files LD_DEBUG_OUTPUT=$BATS_TEST_TMPDIR/opened bin/gpubench cpu 100 --no-save
    from_outside=$(sed -n 's/.*calling init: //p' "$BATS_TEST_TMPDIR"/opened.* | grep -v "^$PWD/bin/../lib/" |
        grep -Ev '/(libc|libm|libdl|libpthread|librt|ld-linux[^/]*)\.so' || true)
    [ -z "$from_outside" ] || { echo "$from_outside" && false; }
    grep -q "calling init: $PWD/bin/../lib/libopenblas" "$BATS_TEST_TMPDIR"/opened.*
    for library in lib/*.so*; do [ -s "$library" ]; done
    [ -n "$(ls share/doc/gpubench/licenses)" ]
}
