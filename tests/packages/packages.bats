#!/usr/bin/env bats
# The Debian package and the tarball: built twice, in different places under different conditions, they are the same bytes.

setup_file() {
    cd "$BATS_TEST_DIRNAME/../.." || return
    unset MAKEFLAGS MAKELEVEL MFLAGS
    for tool in lintian dh; do command -v $tool >/dev/null || skip "no $tool (scripts/install-deps packages)"; done
    for place in one elsewhere/two; do
        mkdir -p "$BATS_FILE_TMPDIR/$place"
        git ls-files -z --cached --others --exclude-standard | xargs -0 ls -d 2>/dev/null | tar -cf - -T - |
            tar -xf - -C "$BATS_FILE_TMPDIR/$place"
    done
    (TZ=UTC LC_ALL=C builds "$BATS_FILE_TMPDIR/one" -j2) &
    first=$!
    (umask 027 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 HOME=/nonexistent builds "$BATS_FILE_TMPDIR/elsewhere/two" -j1)
    wait $first
}

# Package and tarball, without nvcc, whose part in the tarball is not reproducible. The kernels are compiled once for both, in
# the package's tree.
builds() { # DIRECTORY JOBS
    cd "$1" || return
    make "$2" NVCC= deb
    mkdir -p build
    cp -a build/deb/gpubench-*/build/images build/
    make "$2" NVCC= dist
}

setup() {
    cd "$BATS_FILE_TMPDIR" || return
    deb=$(echo one/build/deb/gpubench_*.deb)
}

@test "lintian finds no error and no warning in the package" {
    run lintian --allow-root --fail-on error,warning one/build/deb/*.changes
    [ "$status" -eq 0 ]
    [ -z "$output" ]
}

@test "two builds of the package are the same bytes" {
    for file in one/build/deb/*.deb; do cmp "$file" "elsewhere/two/build/deb/$(basename "$file")"; done
    [ "$(find one/build/deb -name "*.deb" | wc -l)" -eq 2 ]
}

@test "two builds of the tarball are the same bytes, and its SHA-256 is right" {
    cmp one/build/gpubench-*-linux.tar.gz elsewhere/two/build/gpubench-*-linux.tar.gz
    (cd one/build && sha256sum --check --quiet gpubench-*-linux.tar.gz.sha256)
}

# The first tarball, unpacked; its place is then the current directory.
unpacked_tarball() {
    tar -xf "$BATS_FILE_TMPDIR"/one/build/gpubench-*-linux.tar.gz -C "$BATS_TEST_TMPDIR"
    cd "$BATS_TEST_TMPDIR"/gpubench-*/ || return
}

@test "no file of the tarball needs a newer glibc than 2.28, and the licences of what is built for it are there" {
    unpacked_tarball
    for file in bin/gpubench lib/*.so*; do
        newest=$(readelf -V "$file" | grep -o 'GLIBC_2[0-9.]*' | sort -Vu | tail -n 1)
        [ "$(printf '%s\n' GLIBC_2.28 "$newest" | sort -V | tail -n 1)" = GLIBC_2.28 ] || { echo "$file: $newest" && false; }
    done
    for library in curl mbedtls openblas; do [ -s share/doc/gpubench/licenses/$library ]; done
}

@test "the tarball's OpenBLAS is a current one, and takes AVX-512 kernels by itself where the CPU has them" {
    unpacked_tarball
    run env -i bin/gpubench cpu 300 --no-save --samples 1
    [ "$status" -eq 0 ]
    [[ $output == *'verified '* ]]
    [[ $output =~ OpenBLAS\ ([0-9.]+) ]]
    version=${BASH_REMATCH[1]}
    [ "$(printf '%s\n' 0.3.26 "$version" | sort -V | head -n 1)" = 0.3.26 ]
    grep -q '^flags.* avx512vl' /proc/cpuinfo || skip "no AVX-512 here"
    [[ $output =~ OpenBLAS\ $version\ (SkylakeX|Cooperlake|SapphireRapids) && $output != *'has it run'* ]]
}

@test "where the host has no libcurl, the tarball's is taken" {
    unpacked_tarball
    echo 'no library' >lib/libcurl.so.4
    cp lib/libcurl.so.4 lib/libcurl-gnutls.so.4
    LD_DEBUG=files LD_DEBUG_OUTPUT=$BATS_TEST_TMPDIR/opened run bin/gpubench compare http://127.0.0.1:9/a http://127.0.0.1:9/b
    grep -q "calling init: $PWD/bin/../lib/libcurl-gpubench.so.4" "$BATS_TEST_TMPDIR"/opened.*
    [[ $output == *'127.0.0.1'*onnect* ]]
    mv lib/libcurl-gpubench.so.4 lib/gone
    run bin/gpubench compare http://127.0.0.1:9/a http://127.0.0.1:9/b
    [[ $output == *'libcurl cannot be loaded'* ]]
}

@test "the package depends on what its program is linked with, recommends OpenBLAS, and needs nothing of NVIDIA" {
    run dpkg-deb --field "$deb" Depends Recommends
    [[ $output == *libjansson4*libmd0*'Recommends: libopenblas0-pthread'* ]]
    [[ $output != *cuda* && $output != *nvidia* ]]
}

@test "what the package holds runs, and its manual page is there" {
    dpkg-deb --extract "$deb" root
    run root/usr/bin/gpubench cpu 200 --no-save
    [ "$status" -eq 0 ]
    [[ $output == *'verified '* ]]
    zcat root/usr/share/man/man1/gpubench.1.gz | grep -q '^.TH GPUBENCH 1'
    [ -s root/usr/share/bash-completion/completions/gpubench ]
}

@test "a version that the Makefile and the changelog do not agree on is refused" {
    cp -r one/debian one/scripts one/Makefile "$BATS_TEST_TMPDIR"
    sed -i 's/^VERSION = .*/VERSION = 9.9.9/' "$BATS_TEST_TMPDIR/Makefile"
    run "$BATS_TEST_TMPDIR/scripts/package/deb" "$BATS_TEST_TMPDIR/out"
    [ "$status" -eq 1 ]
    [[ $output == *'the Makefile says version 9.9.9, debian/changelog '* ]]
}
