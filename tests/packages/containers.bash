# containers.bash - images and containers without a daemon and without a registry, for the tests of packages: buildah builds on
# a base made by debootstrap, podman starts what it built through runc.

# Skips the file's tests with the reason where this machine cannot make or start containers.
need_containers() {
    local tool
    [ "$(id -u)" -eq 0 ] || skip "only root can make a root file system here"
    for tool in debootstrap buildah podman runc; do
        command -v $tool >/dev/null || skip "no $tool (scripts/install-deps packages)"
    done
}

# A separate store, so that the tests do not touch the user's images.
make_store() { # DIRECTORY
    local driver
    mkdir -p "$1"
    export CONTAINERS_STORAGE_CONF=$1/storage.conf BUILDAH_ISOLATION=chroot
    for driver in overlay vfs; do # overlay cannot lie on every file system
        printf '[storage]\ndriver = "%s"\ngraphroot = "%s/graph"\nrunroot = "%s/run"\n' $driver "$1" "$1" >"$1/storage.conf"
        buildah from --name trial scratch >/dev/null 2>&1 && buildah mount trial >/dev/null 2>&1 && break
    done
    buildah rm trial >/dev/null
}

drop_store() { # DIRECTORY
    buildah rm --all >/dev/null 2>&1 || true
    awk -v below="$1/" 'index($2, below) == 1 { print $2 }' /proc/self/mounts | sort -r | while read -r at; do umount "$at"; done
    rm -rf --one-file-system "$1"
}

# A bare root file system as a tarball, on Debian of the release that the Containerfile builds on. It is kept for a week, because
# debootstrap takes longer than all the tests.
make_base() { # TARBALL SCRATCH
    local suite=""
    [ ! "$1" -nt scripts/package/bare-root ] || [ -z "$(find "$1" -mtime -7)" ] || return 0
    # shellcheck disable=SC1091
    (. /etc/os-release && [ "$ID" = debian ]) && suite=$(sed -nE 's/^ARG BASE_IMAGE=debian:([a-z]+).*/\1/p' Containerfile)
    SUITE=$suite scripts/package/bare-root "$2"
    tar -C "$2" --one-file-system -cf "$1.part" . && mv "$1.part" "$1"
}

image_of() { # DIRECTORY-OR-TARBALL IMAGE
    local container
    container=$(buildah from scratch)
    buildah add --quiet "$container" "$1" / >/dev/null
    buildah commit --quiet "$container" "$2" >/dev/null
    buildah rm "$container" >/dev/null
}

# Starts a container as a careful user would: read-only root, no capabilities, no network. The limits of open files and
# processes are said because where raising them is not permitted, starting fails otherwise.
contained() {
    podman --runtime runc --cgroup-manager cgroupfs run --rm --network none --read-only --cap-drop all \
        --ulimit nofile=1024:1024 --ulimit nproc=4096:4096 "$@"
}
