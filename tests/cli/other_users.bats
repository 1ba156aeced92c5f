#!/usr/bin/env bats
# Files where other users, network file systems and limits have a say: whose links are followed, which modes are kept, and
# that no result is lost.
# shellcheck disable=SC2154
load helper

# Files of another user take root to make; the directory is like /tmp.
other_user() {
    [ "$(id -u)" -eq 0 ] || skip "only root can make another user's files"
    mkdir -m 1777 shared
    chmod 755 "$BATS_TEST_TMPDIR"
}

as_other() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }

mode_of() { stat -c %a "$1"; }

@test "--output over another user's file takes nothing of its mode" {
    other_user
    for mode in 4777 2755 6711 666; do
        as_other bash -c "echo >shared/out.json; chmod $mode shared/out.json"
        gpubench cpu 32 --no-save --output shared/out.json
        exits 0
        [ "$(mode_of shared/out.json)" = 644 ] || { mode_of shared/out.json && return 1; }
        [ "$(stat -c %u shared/out.json)" -eq 0 ]
        rm shared/out.json
    done
}

@test "--output over a file of our own keeps its mode, but no write access for others and no set-user-id bit" {
    while read -r before after; do
        echo >own.json
        chmod "$before" own.json
        gpubench cpu 32 --no-save --output own.json
        exits 0
        [ "$(mode_of own.json)" = "$after" ] || { echo "$before: $(mode_of own.json)" && return 1; }
    done <<<"$(printf '600 600\n640 640\n666 644\n4777 755\n1775 755\n')"
}

@test "no link that another user planted is followed, at the end of the path or on the way" {
    other_user
    mkdir ours
    echo precious >ours/file
    as_other ln -s "$PWD/ours/file" shared/out.json
    as_other ln -s "$PWD/ours/new" shared/new.json
    as_other ln -s "$PWD/ours" shared/ours
    as_other ln -s shared/out.json shared/chain
    ln -s "$PWD/shared/out.json" own-to-foreign
    for to in shared/out.json shared/new.json shared/ours/file shared/chain own-to-foreign; do
        gpubench cpu 32 --no-save --output $to
        exits 1
        matches "$errors" 'symbolic link that another user made'
    done
    gpubench export --format csv -o shared/out.json "$ROOT/tests/golden/runs.json"
    exits 1
    matches "$errors" 'symbolic link that another user made'
    gpubench cpu 32 --results shared/ours/results
    exits 1
    gpubench cpu 32 --no-save --publish "file://$PWD/shared/ours/"
    exits 6
    # Where only a group may write, without the sticky bit.
    mkdir -m 775 group
    ln -s "$PWD/ours/file" group/out.json
    chown -h 65534 group/out.json
    gpubench cpu 32 --no-save --output group/out.json
    exits 1
    matches "$errors" 'symbolic link that another user made'
    [ "$(cat ours/file)" = precious ]
    [ "$(ls ours)" = file ]
}

@test "nothing is written into another user's pipe" {
    other_user
    as_other mkfifo -m 666 shared/out.json
    timeout 5 cat shared/out.json >got &
    local reader=$!
    gpubench cpu 32 --no-save --output shared/out.json
    exits 1
    matches "$errors" 'cannot write shared/out.json'
    wait $reader || true
    [ ! -s got ]
}

@test "our own links lead to the file, which may be new, and standard output is written as it stands" {
    mkdir real
    ln -s real/a.json one.json
    ln -s "$PWD/real" way
    ln -s one.json two.json
    gpubench cpu 32 --no-save --output two.json
    exits 0
    [ -L two.json ] && [ -L one.json ] && [ -s real/a.json ]
    gpubench cpu 32 --no-save --output way/b.json
    exits 0
    [ -s real/b.json ]
    for to in /dev/stdout /dev/fd/1 /proc/self/fd/1 /dev/fd/3; do
        echo before >out
        "$GPUBENCH" cpu 32 --no-save --quiet --output $to 3>>out >>out
        grep -q gpubench-result out
        [ $to = /dev/fd/3 ] || [ "$(head -1 out)" = before ]
    done
    "$GPUBENCH" cpu 32 --no-save --quiet --output /dev/stdout | grep gpubench-result
    "$GPUBENCH" cpu 32 --no-save --quiet --output >(jq .schema >piped)
    eventually grep -q gpubench-result piped
    gpubench cpu 32 --no-save --output loop/x/
    exits 1
    ln -s loop loop
    gpubench cpu 32 --no-save --output loop
    exits 1
    matches "$errors" 'loop of links'
}

@test "a copy in a cache that another user owns or can change is not trusted, with --offline or without" {
    other_user
    base=$ROOT/tests/golden/runs.json
    for kind in owner group world; do
        rm -rf cache
        mkdir -p cache/gpubench/baselines
        url=https://127.0.0.1:1/base.json
        name=$(printf %s "$url" | sha256sum | cut -c1-40)
        cp "$base" cache/gpubench/baselines/"$name".json
        printf '%s\n\n' "$(sha256sum <"$base" | cut -c1-64)" >cache/gpubench/baselines/"$name".etag
        XDG_CACHE_HOME=$PWD/cache gpubench compare $url "$base" --offline
        [ "$status" -ne 6 ] || { echo "the copy is not taken: $errors" && return 1; }
        case $kind in
        owner) chown 65534 cache/gpubench/baselines ;;
        group) chmod g+w cache/gpubench/baselines ;;
        world) chmod o+w cache/gpubench/baselines ;;
        esac
        XDG_CACHE_HOME=$PWD/cache gpubench compare $url "$base" --offline
        exits 6
        matches "$errors" 'is not trusted'
    done
}

@test "gnuplot and the commands of ab are started without credentials" {
    mkdir bin
    for program in gnuplot command; do
        printf '#!/bin/sh\nenv >>%s/env.%s\nexit 9\n' "$PWD" $program >bin/$program
    done
    chmod +x bin/*
    export GPUBENCH_TOKEN=planted AWS_ACCESS_KEY_ID=planted AWS_SECRET_ACCESS_KEY=planted AWS_SESSION_TOKEN=planted \
        GPUBENCH_PUBLISH_URL=https://planted/ GPUBENCH_REDACT_SALT=planted
    OTHER_PAT=other PATH=$PWD/bin:$PATH gpubench report "$ROOT/tests/golden/runs.json" -o page.html
    OTHER_PAT=other PATH=$PWD/bin:$PATH gpubench ab -- command -- command
    grep -q '^PATH=' env.gnuplot
    lacks "$(cat env.gnuplot)" 'planted|other'
    lacks "$(cat env.command)" 'planted'
    grep -q '^OTHER_PAT=other' env.command
}

# shim NAME: sets LD_PRELOAD's value for tests/cli/shims/NAME.c.
shim() {
    ${CC:-gcc} -O1 -shared -fPIC "$BATS_TEST_DIRNAME/shims/$1.c" -o "$1.so" -ldl
    shim=$PWD/$1.so
}

@test "runs of one second on a file system without an exclusive rename are all kept" {
    shim rename
    for error in 22 95 1 38; do
        rm -rf "$GPUBENCH_RESULTS"
        for links in 0 1; do
            ( # whose only children are these, so that it does not wait for the clock of BATS_TEST_TIMEOUT
                for _ in $(seq 12); do
                    RENAME_ERRNO=$error LINK_ERRNO=$((links * error)) SECOND=1700000000 LD_PRELOAD=$shim \
                        "$GPUBENCH" cpu 16 --quiet --max-time 0.01 >>said 2>&1 &
                done
                wait
            )
        done
        [ "$(saved_results)" -eq 24 ] || { echo "errno $error: $(saved_results)" && tail -3 said && return 1; }
        for file in "$GPUBENCH_RESULTS"/*/*; do jq -e .schema "$file" >/dev/null; done
        [ -z "$(find "$GPUBENCH_RESULTS" -name '.*' -type f)" ]
    done
}

@test "a file system that cannot fsync is no error" {
    shim rename
    for error in 22 95; do
        FSYNC_ERRNO=$error LD_PRELOAD=$shim gpubench cpu 16 --quiet
        exits 0
    done
    FSYNC_ERRNO=5 LD_PRELOAD=$shim gpubench cpu 16 --quiet
    exits 1
    [ -z "$(find "$GPUBENCH_RESULTS" -name '.*' -type f)" ]
}

@test "a file system that reports a failed write only at the end is an error, and leaves nothing" {
    shim rename
    for error in 5 122; do
        CLOSE_ERRNO=$error LD_PRELOAD=$shim gpubench cpu 16 --quiet
        exits 1
        matches "$errors" '^gpubench: .*(Input/output error|Disk quota exceeded)'
        [ "$(saved_results)" -eq 0 ]
        [ -z "$(find "$GPUBENCH_RESULTS" -name '.*' -type f)" ]
    done
}

@test "a file that would pass the limit on files is an error in a sentence, and leaves nothing" {
    status=0
    (ulimit -f 1 && exec "$GPUBENCH" cpu 64 --samples 200 --output big.json --no-save) >out 2>errors || status=$?
    [ "$status" -eq 1 ]
    matches "$(cat errors)" 'ulimit -f'
    [ -z "$(find . -name '.gpubench-*' -o -name big.json)" ]
    status=0
    (ulimit -f 1 && exec "$GPUBENCH" cpu 64 --samples 200) >/dev/null 2>errors || status=$?
    [ "$status" -eq 1 ]
    matches "$(cat errors)" 'ulimit -f'
    [ "$(saved_results)" -eq 0 ]
    status=0
    (ulimit -f 1 && exec "$GPUBENCH" cpu 64 --samples 200 --no-save --json) >out 2>errors || status=$?
    [ "$status" -eq 1 ]
    matches "$(cat errors)" 'standard output cannot be written'
}

@test "closed standard streams are not taken by files, and what is written there is an error" {
    cat >streams <<'END'
#!/bin/bash
for fd in 0 1 2; do readlink /proc/$$/fd/$fd || echo none; done >>"$SAID"
exit 9
END
    chmod +x streams
    SAID=$PWD/said "$GPUBENCH" ab -- ./streams -- ./streams 0<&- 2>&- || true
    [ "$(sed -n '1p;3p' said)" = $'/dev/null\n/dev/null' ] || { cat said && return 1; }
    for line in "cpu 32 --no-save" "list" "export $ROOT/tests/golden/runs.json" "cpu 32 --no-save --json"; do
        status=0
        # shellcheck disable=SC2086
        "$GPUBENCH" $line 0<&- >&- 2>errors || status=$?
        [ "$status" -eq 1 ]
        matches "$(cat errors)" 'standard output cannot be written'
    done
    "$GPUBENCH" cpu 32 --no-save --output out.json 0<&- >&- 2>&- || true
    jq -e .schema out.json
    status=0
    "$GPUBENCH" history '*' - 0<&- 2>errors || status=$?
    [ "$status" -eq 1 ]
    matches "$(cat errors)" 'cannot read standard input'
}
