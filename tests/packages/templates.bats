#!/usr/bin/env bats
# The templates for CI systems and fleets: each is parsed, and its fields are compared with the program and the image.
# (They were also held against the published schemas once, which are not packaged: docs/ci.md, docs/fleet.md.)

bats_require_minimum_version 1.5.0

setup() {
    cd "$BATS_TEST_DIRNAME/../.." || return
    python3 -c 'import yaml' || skip "no python3-yaml (scripts/install-deps packages)"
}

# Prints a YAML file as JSON, one document per line.
json() { python3 -c 'import json, sys, yaml; [print(json.dumps(d, default=str)) for d in yaml.load_all(open(sys.argv[1]), yaml.BaseLoader)]' "$1"; }

# Whether the program's parser accepts a command line, without running it.
understood() {
    run build/gpubench "$@" --help
    [ "$status" -eq 0 ] || { echo "not understood: gpubench $*: $output"; return 1; }
}

@test "every YAML file is free of what yamllint finds" {
    command -v yamllint >/dev/null || skip "no yamllint (scripts/install-deps packages)"
    yamllint --strict -d '{extends: default, rules: {line-length: {max: 140}, document-start: disable,
        truthy: {check-keys: false}}}' action.yml scripts/ci/*.yml scripts/fleet
}

# Whatever a workflow or action uses is pinned by its commit, with the version beside it, and one action has one pin everywhere.
@test "actions are pinned by commit, one version of each" {
    run grep -hoP 'uses: (?!OWNER)\K.*' action.yml scripts/ci/*.yml
    [ -n "$output" ]
    pins=$(sed -E 's|/(restore\|save)@|@|' <<<"$output" | sort -u)
    run ! grep -vE '^actions/[a-z-]+@[0-9a-f]{40}  # v[0-9]+\.[0-9]+\.[0-9]+$' <<<"$pins"
    [ "$(cut -d@ -f1 <<<"$pins" | sort | uniq -d)" = "" ]
}

@test "the workflows: what starts them, where they run, the whole history, no credentials left, and the gate" {
    for kind in gpu cpu; do
        json scripts/ci/github-$kind.yml >"$BATS_TEST_TMPDIR/$kind.json"
        jq -e --arg kind $kind '(.on | has("pull_request")) and .permissions == {contents: "read"} and
            .concurrency == {group: "\($kind)-${{ github.event.pull_request.number }}", "cancel-in-progress": "true"} and
            (.jobs[$kind] | (."timeout-minutes" | tonumber) <= 60 and .outputs.verdict == "${{ steps.gate.outputs.verdict }}" and
             (.steps[0].with == {"fetch-depth": "0", "persist-credentials": "false"}) and
             (.steps[1].run == "scripts/install-deps build") and .steps[2].id == "gate" and
             (.steps[3] | .if == "always()" and (.with.name | contains("job-index")) and .with."retention-days" == "30"))' \
            "$BATS_TEST_TMPDIR/$kind.json"
        # The words after the branch are a job, and the results of $OUT are what is uploaded.
        gate=$(jq -r ".jobs.$kind.steps[2].run" "$BATS_TEST_TMPDIR/$kind.json")
        # shellcheck disable=SC2016 # the runner's variable
        [[ $gate == 'scripts/ci/gate "origin/$GITHUB_BASE_REF" '* ]]
        # shellcheck disable=SC2086
        understood ${gate#*\" }
        jq -e --arg kind $kind '.jobs[$kind] | (.env.OUT | sub("^.*workspace }}/"; "")) as $out |
            (.steps[3].with.path | split("\n") | map(select(. != ""))) == [$out + "/results", $out + "/junit.xml"]' \
            "$BATS_TEST_TMPDIR/$kind.json"
    done
    jq -e '.jobs.gpu | ."runs-on" == ["self-hosted", "linux", "gpu"] and
        .if == "github.event.pull_request.head.repo.full_name == github.repository"' "$BATS_TEST_TMPDIR/gpu.json"
}

@test "the workflow for other repositories gives inputs that the action has, and stores a baseline only when started by hand" {
    json action.yml >"$BATS_TEST_TMPDIR/action.json"
    json scripts/ci/github-watch.yml >"$BATS_TEST_TMPDIR/watch.json"
    jq -e --slurpfile action "$BATS_TEST_TMPDIR/action.json" '.jobs.watch | (.if | contains("head.repo.full_name == github.repository")) and
        (.steps[1].with | keys - ($action[0].inputs | keys) == []) and
        .steps[1].with.update == "${{ github.event_name == \u0027workflow_dispatch\u0027 }}" and
        .steps[2].if == "github.event_name == \u0027workflow_dispatch\u0027" and
        .steps[0].with.path == .steps[1].with.baseline and .steps[2].with.path == .steps[1].with.baseline' "$BATS_TEST_TMPDIR/watch.json"
    # shellcheck disable=SC2046
    understood $(jq -r '.jobs.watch.steps[1].with.run' "$BATS_TEST_TMPDIR/watch.json")
}

# What it does is tested in action.bats.
@test "the action: nothing of an input is pasted into a script, where it could be a command" {
    json action.yml >"$BATS_TEST_TMPDIR/action.json"
    for step in 0 1; do
        jq -r ".runs.steps[$step].run" "$BATS_TEST_TMPDIR/action.json" >"$BATS_TEST_TMPDIR/step.sh"
        [[ $(cat "$BATS_TEST_TMPDIR/step.sh") != *"{{"* ]]
        ! command -v shellcheck >/dev/null || shellcheck --shell=bash --exclude=SC2153 "$BATS_TEST_TMPDIR/step.sh"
    done
    jq -e 'all(.inputs[]; .description and has("default")) and
        ((.inputs | keys) - [.runs.steps[] | (.env // {}), .with // {} | .[] | scan("inputs\\.([a-z0-9-]+)") | .[0]] == [])' \
        "$BATS_TEST_TMPDIR/action.json"
}

# The build in the image sees only what .dockerignore lets through; an ignored file that it needs would end it.
@test "the image's build context holds every source file that make needs" {
    mkdir "$BATS_TEST_TMPDIR/context"
    sed -n 's/^!//p' .dockerignore | xargs git ls-files | tar -cf - -T - | tar -xf - -C "$BATS_TEST_TMPDIR/context"
    cd "$BATS_TEST_TMPDIR/context"
    unset MAKEFLAGS MAKELEVEL
    run make NVCC= MPI= MPICC=none --dry-run install DESTDIR=/nonexistent
    [ "$status" -eq 0 ] || { echo "${lines[-1]}" && false; }
}

@test "GitLab: merge requests only, exit 4 alone a warning, JUnit and results kept, the merge base also in forks" {
    json scripts/ci/gitlab.yml >"$BATS_TEST_TMPDIR/gitlab.json"
    jq -e '."\u002egpubench" | .rules[0].if == "$CI_PIPELINE_SOURCE == \"merge_request_event\"" and
        .allow_failure.exit_codes == ["4"] and .image and .timeout and .interruptible == "true" and
        (.artifacts | .when == "always" and .expire_in and .reports.junit == "gate/junit.xml" and
         .paths == ["gate/results", "gate/junit.xml"]) and
        (.script == ["scripts/ci/gate \"${CI_MERGE_REQUEST_TARGET_BRANCH_SHA:-$CI_MERGE_REQUEST_DIFF_BASE_SHA}\" $JOB"]) and
        .variables.GIT_DEPTH == "0" and .variables.OUT == "$CI_PROJECT_DIR/gate"' "$BATS_TEST_TMPDIR/gitlab.json"
    for kind in gpu cpu; do
        jq -e --arg kind $kind '."\($kind) performance" | .extends == ".gpubench" and (.variables.JOB | startswith($kind))' \
            "$BATS_TEST_TMPDIR/gitlab.json"
        # shellcheck disable=SC2046
        understood $(jq -r ".\"$kind performance\".variables.JOB" "$BATS_TEST_TMPDIR/gitlab.json")
    done
    jq -e '."gpu performance" | .tags == ["gpu"] and .resource_group == "gpu"' "$BATS_TEST_TMPDIR/gitlab.json"
}

@test "Jenkins: what Groovy's parser reads is the declarative pipeline that is meant" {
    command -v groovy >/dev/null || skip "no groovy (scripts/install-deps packages)"
    groovy tests/packages/jenkinsfile.groovy scripts/ci/Jenkinsfile >"$BATS_TEST_TMPDIR/read"
    diff - "$BATS_TEST_TMPDIR/read" <<'END'
pipeline/agent/label(gpu)
pipeline/options/disableConcurrentBuilds([abortPrevious:true])
pipeline/options/buildDiscarder(this.logRotator([numToKeepStr:50, artifactDaysToKeepStr:30]))
pipeline/environment/OUT = $env.WORKSPACE/gate
pipeline/environment/AB = --strict
pipeline/environment/CREDENTIALS = git
pipeline/stages/stage(Performance)/when/changeRequest()
pipeline/stages/stage(Performance)/steps/sh(rm -rf gate/junit.xml gate/results)
pipeline/stages/stage(Performance)/steps/withCredentials([this.gitUsernamePassword([credentialsId:env.CREDENTIALS])])/sh(git fetch --quiet origin "$CHANGE_TARGET")
pipeline/stages/stage(Performance)/steps/lock(gpu-$env.NODE_NAME)/timeout([time:30, unit:MINUTES])/script/code = this.sh([script:scripts/ci/gate FETCH_HEAD gpu 10000, returnStatus:true])
pipeline/stages/stage(Performance)/steps/lock(gpu-$env.NODE_NAME)/timeout([time:30, unit:MINUTES])/script/if (code == 4)
pipeline/stages/stage(Performance)/steps/lock(gpu-$env.NODE_NAME)/timeout([time:30, unit:MINUTES])/script/unstable(gpubench cannot tell whether this is slower)
pipeline/stages/stage(Performance)/steps/lock(gpu-$env.NODE_NAME)/timeout([time:30, unit:MINUTES])/script/if (code != 0)
pipeline/stages/stage(Performance)/steps/lock(gpu-$env.NODE_NAME)/timeout([time:30, unit:MINUTES])/script/error(gpubench: exit $code, see docs/ci.md)
pipeline/post/always/junit([testResults:gate/junit.xml, allowEmptyResults:true])
pipeline/post/always/archiveArtifacts([artifacts:gate/results/**,gate/junit.xml, allowEmptyArchive:true])
pipeline/post/cleanup/deleteDir()
END
    sed 's/stages {/stages {{/' scripts/ci/Jenkinsfile >"$BATS_TEST_TMPDIR/broken"
    run ! groovy tests/packages/jenkinsfile.groovy "$BATS_TEST_TMPDIR/broken"
}

# The objects that a folder of scripts/fleet/kubernetes deploys, one JSON document a line: by kubectl where it is, else by its files.
deployed() {
    local file
    if command -v kubectl >/dev/null; then
        kubectl kustomize "scripts/fleet/kubernetes/$1" >"$BATS_TEST_TMPDIR/built.yaml" && json "$BATS_TEST_TMPDIR/built.yaml"
    else
        for file in $(json "scripts/fleet/kubernetes/$1/kustomization.yaml" | jq -r '.resources[] | select(endswith(".yaml"))'); do
            json "scripts/fleet/kubernetes/$1/$file"
        done
    fi
}

@test "Kubernetes: each folder deploys its own object beside namespace and volume, and nothing else" {
    for folder in acceptance daily collect; do
        base=scripts/fleet/kubernetes/$folder
        json $base/kustomization.yaml >"$BATS_TEST_TMPDIR/base.json"
        jq -e '.resources[0] == "../common" and (.resources | length) == 2' "$BATS_TEST_TMPDIR/base.json"
        [ "$(jq -r '.resources[1]' "$BATS_TEST_TMPDIR/base.json")" = "$(cd $base && echo [!k]*.yaml)" ]
        [ "$(jq -r .images[0].newTag "$BATS_TEST_TMPDIR/base.json")" = "$(sed -n 's/^VERSION = //p' Makefile)" ]
    done
    command -v kubectl >/dev/null || skip "no kubectl"
    [ "$(deployed acceptance | jq -r .kind | sort | xargs)" = "Job Namespace PersistentVolumeClaim" ]
    [ "$(deployed daily | jq -r .kind | sort | xargs)" = "CronJob Namespace PersistentVolumeClaim" ]
    [ "$(deployed collect | jq -r .kind | sort | xargs)" = "Namespace PersistentVolumeClaim Pod" ]
    for folder in acceptance daily collect; do
        deployed $folder | jq -se 'all(.[] | select(.kind != "Namespace"); .metadata.namespace == "gpubench")'
    done
}

@test "Kubernetes: the overlay of docs/fleet.md sets image, number of GPUs and storage class" {
    command -v kubectl >/dev/null || skip "no kubectl"
    ln -s "$PWD" "$BATS_TEST_TMPDIR/gpubench"
    mkdir "$BATS_TEST_TMPDIR/my-cluster"
    awk '/^# my-cluster\/kustomization.yaml/ { inside = 1 } /^```$/ { inside = 0 } inside' docs/fleet.md >"$BATS_TEST_TMPDIR/my-cluster/kustomization.yaml"
    kubectl kustomize "$BATS_TEST_TMPDIR/my-cluster" >"$BATS_TEST_TMPDIR/built.yaml"
    json "$BATS_TEST_TMPDIR/built.yaml" | jq -se 'any(.[]; .kind == "Job" and .spec.completions == "64" and .spec.parallelism == "64" and
        .spec.template.spec.containers[0].image == "registry.example/gpubench:0.1.0") and
        any(.[]; .kind == "PersistentVolumeClaim" and .spec.storageClassName == "nfs")'
}

@test "Kubernetes: every pod passes Pod Security restricted, which the namespace enforces, and ends by itself" {
    json scripts/fleet/kubernetes/common/namespace.yaml |
        jq -e '.metadata.labels."pod-security.kubernetes.io/enforce" == "restricted"'
    claim=$(json scripts/fleet/kubernetes/common/results.yaml | jq -r .metadata.name)
    for folder in acceptance daily collect; do
        deployed $folder | jq -e --arg claim "$claim" 'select(.kind | IN("Job", "CronJob", "Pod")) |
            (.spec.jobTemplate.spec.template.spec // .spec.template.spec // .spec) as $pod |
            (.spec.jobTemplate.spec.activeDeadlineSeconds // .spec.activeDeadlineSeconds | tonumber) > 0 and
            ($pod | .securityContext.runAsNonRoot == "true" and .securityContext.runAsUser == "65532" and
             .securityContext.seccompProfile.type == "RuntimeDefault" and .automountServiceAccountToken == "false" and
             .restartPolicy == "Never" and .volumes[0].persistentVolumeClaim.claimName == $claim and
             all(.volumes[]; .persistentVolumeClaim or .emptyDir.sizeLimit) and
             all(.containers[]; (.image | contains("gpubench")) and .resources.limits.memory and .resources.limits.cpu and .securityContext ==
                 {allowPrivilegeEscalation: "false", readOnlyRootFilesystem: "true", capabilities: {drop: ["ALL"]}}) and
             ([.containers[0].volumeMounts[].name] | sort) == ([.volumes[].name] | sort))'
    done
}

@test "Kubernetes: a failure is seen, one index does not end the others, and no GPU is held while nothing is measured" {
    deployed acceptance | jq 'select(.kind == "Job") | .spec' >"$BATS_TEST_TMPDIR/acceptance.json"
    deployed daily | jq 'select(.kind == "CronJob") | .spec.jobTemplate.spec' >"$BATS_TEST_TMPDIR/daily.json"
    for name in acceptance daily; do
        jq -e '.completionMode == "Indexed" and .completions == .parallelism and .backoffLimitPerIndex == "1" and
            .podFailurePolicy.rules[0].onExitCodes.values == ["1", "2", "77"] and
            (.podFailurePolicy.rules[0].onExitCodes.containerName == .template.spec.containers[0].name) and
            (.template.spec | .nodeSelector."nvidia.com/gpu.present" == "true" and .tolerations[0].key == "nvidia.com/gpu" and
             (.containers[0] | (.resources.limits."nvidia.com/gpu" | tonumber) >= 1 and ((.command + .args) | tostring | contains("sleep") | not) and
              (.env | any(.name == "GPUBENCH_HOST" and .valueFrom.fieldRef.fieldPath == "spec.nodeName")) and
              (.env | any(.name == "GPUBENCH_RESULTS"))))' "$BATS_TEST_TMPDIR/$name.json"
    done
    jq -r '.template.spec.containers[0].args[0]' "$BATS_TEST_TMPDIR/acceptance.json" | sh -n
    understood gpu 10000 --quiet
    # shellcheck disable=SC2046
    understood $(jq -r '.template.spec.containers[0].args[]' "$BATS_TEST_TMPDIR/daily.json")
    jq -e '.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchLabels as $wanted |
        .template.metadata.labels | contains($wanted)' "$BATS_TEST_TMPDIR/daily.json"
    deployed collect | jq -e 'select(.kind == "Pod") | (.spec.containers[0].resources.limits | has("nvidia.com/gpu") | not)'
}

@test "compose: GPUs are reserved, and both services run as the image wants" {
    json scripts/fleet/compose.yaml | jq '.services |= map_values(."<<" + del(."<<"))' >"$BATS_TEST_TMPDIR/compose.json"
    jq -e '.services.gpu.deploy.resources.reservations.devices ==
        [{driver: "nvidia", count: "all", capabilities: ["gpu", "compute", "utility"]}]' "$BATS_TEST_TMPDIR/compose.json"
    jq -e 'all(.services[]; .read_only == "true" and .tmpfs == ["/tmp"] and .cap_drop == ["ALL"] and
        .environment.GPUBENCH_RESULTS == "/results" and .environment.CUDA_CACHE_PATH == "/cache" and
        .volumes == ["results:/results", "cache:/cache"] and .cpus == "${GPUBENCH_CPUS:-0}") and
        (.volumes | has("results") and has("cache"))' "$BATS_TEST_TMPDIR/compose.json"
    # shellcheck disable=SC2046
    for service in gpu cpu; do understood $(jq -r ".services.$service.command[]" "$BATS_TEST_TMPDIR/compose.json"); done
}

# The words behind "gpubench" of a JSON list of words.
behind_gpubench() { jq -r '.[index("gpubench") + 1:][]'; }

# The fields are those of MPIJobSpec and RunPolicy of the operator's CRD, kubeflow.org/v2beta1.
@test "MPI: the operator's job has fields of its CRD, as many ranks as slots, and workers that the launcher reaches" {
    json scripts/fleet/mpi/mpijob.yaml >"$BATS_TEST_TMPDIR/mpijob.json"
    jq -e '.apiVersion == "kubeflow.org/v2beta1" and .kind == "MPIJob" and (.spec | keys - ["slotsPerWorker", "sshAuthMountPath",
            "mpiImplementation", "launcherCreationPolicy", "runLauncherAsWorker", "runPolicy", "mpiReplicaSpecs"]) == [] and
        (.spec.runPolicy | keys - ["cleanPodPolicy", "ttlSecondsAfterFinished", "activeDeadlineSeconds", "backoffLimit",
            "schedulingPolicy", "suspend", "managedBy"]) == [] and
        (.spec.mpiReplicaSpecs | keys == ["Launcher", "Worker"] and all(.[]; keys == ["replicas", "restartPolicy", "template"] and
            .template.spec.containers[0].securityContext.runAsUser == "1000"))' "$BATS_TEST_TMPDIR/mpijob.json"
    jq -e '.spec as $s | $s.mpiReplicaSpecs | .Launcher.template.spec.containers[0] as $launcher | .Worker as $worker |
        ($launcher.args[$launcher.args | index("-n") + 1] | tonumber) ==
            ($worker.replicas | tonumber) * ($s.slotsPerWorker | tonumber) and
        $worker.template.spec.containers[0].resources.limits."nvidia.com/gpu" == $s.slotsPerWorker and
        ($worker.template.spec.containers[0].args | last | startswith($s.sshAuthMountPath | rtrimstr("/.ssh")))' "$BATS_TEST_TMPDIR/mpijob.json"
    port=$(jq -r '.spec.mpiReplicaSpecs.Worker.template.spec.containers[0].readinessProbe.tcpSocket.port' "$BATS_TEST_TMPDIR/mpijob.json")
    [ "$(grep -o "'Port [0-9]*'" scripts/fleet/mpi/Containerfile | sort -u)" = "'Port $port'" ]
    # shellcheck disable=SC2046
    understood $(jq -c '.spec.mpiReplicaSpecs.Launcher.template.spec.containers[0].args' "$BATS_TEST_TMPDIR/mpijob.json" | behind_gpubench)
}

@test "MPI: compose starts the launcher once the other container's SSH server answers, and Slurm starts what it is given" {
    json scripts/fleet/mpi/compose.yaml | jq '.services |= map_values(."<<" + del(."<<"))' >"$BATS_TEST_TMPDIR/mpi.json"
    jq -e '.services.launcher.depends_on.worker.condition == "service_healthy" and .services.worker.healthcheck.test[0] == "CMD" and
        .services.worker.depends_on.key.condition == "service_completed_successfully" and
        all(.services[]; .cap_drop == ["ALL"] and .volumes == ["ssh:/home/mpiuser/.ssh"]) and (.volumes | has("ssh")) and
        (.services.launcher.command | .[index("--host") + 1] == "localhost,worker" and .[index("-n") + 1] == "2")' "$BATS_TEST_TMPDIR/mpi.json"
    # shellcheck disable=SC2046
    understood $(jq -c .services.launcher.command "$BATS_TEST_TMPDIR/mpi.json" | behind_gpubench)
    jq -r '.services.key.command[2]' "$BATS_TEST_TMPDIR/mpi.json" | sh -n
    # shellcheck disable=SC2016 # the script's variables
    printf '#!/bin/sh\nprintf "%%s\\n" "$@" >"$SAID"\n' >"$BATS_TEST_TMPDIR/srun"
    chmod +x "$BATS_TEST_TMPDIR/srun"
    for words in "gpu 100000" "cpu 40000 --exchange ring"; do
        # shellcheck disable=SC2086
        GPUBENCH='' SAID=$BATS_TEST_TMPDIR/said PATH=$BATS_TEST_TMPDIR:$PATH SLURM_CPUS_PER_TASK=3 scripts/fleet/mpi/slurm $words
        [ "$(xargs <"$BATS_TEST_TMPDIR/said")" = "--mpi=pmix --cpus-per-task=3 --kill-on-bad-exit=1 gpubench $words" ]
        # shellcheck disable=SC2086
        understood $words
    done
}

# play JOB HOST...: the playbook on hosts that are this machine, each with its name, over a program that replaces the tarball's:
# $BROKEN fails on its second run, as a GPU that is lost.
play() {
    local job=$1 host
    shift
    command -v ansible-playbook >/dev/null || skip "no ansible (scripts/install-deps packages)"
    export ANSIBLE_HOME=$BATS_TEST_TMPDIR/ansible ANSIBLE_LOCAL_TEMP=$BATS_TEST_TMPDIR/tmp HOME=$BATS_TEST_TMPDIR ANSIBLE_NOCOWS=1
    export TMPDIR=$BATS_TEST_TMPDIR/hosts.tmp ANSIBLE_REMOTE_TMP=$BATS_TEST_TMPDIR/remote
    mkdir -p "$BATS_TEST_TMPDIR/gpubench-0/bin" "$TMPDIR"
    cat >"$BATS_TEST_TMPDIR/gpubench-0/bin/gpubench" <<END
#!/bin/bash
if [ "\$GPUBENCH_HOST" = "\${BROKEN:-}" ] && ls "\${@: -1}"/*/*.json >/dev/null 2>&1; then exit 77; fi
$PWD/build/gpubench "\$@" || exit
for file in "\${@: -1}"/*/*.json; do # one machine plays several
    jq --arg host "\$GPUBENCH_HOST" '.host.machine = \$host' "\$file" >"\$file.new" && mv "\$file.new" "\$file"
done
END
    chmod +x "$BATS_TEST_TMPDIR/gpubench-0/bin/gpubench"
    # In the place where the playbook looks, beside a tarball for other hosts.
    local dist
    dist=$BATS_TEST_TMPDIR/build/dist/$(uname -m)
    mkdir -p "$dist" "$BATS_TEST_TMPDIR/scripts/fleet"
    tar -C "$BATS_TEST_TMPDIR" -czf "$BATS_TEST_TMPDIR/build/gpubench-0-$(uname -m)-linux.tar.gz" gpubench-0
    echo "for another architecture" >"$BATS_TEST_TMPDIR/build/gpubench-0-vax-linux.tar.gz"
    ln -sf "$PWD/build/gpubench" "$dist/gpubench"
    echo '[all]' >"$BATS_TEST_TMPDIR/inventory"
    for host; do echo "$host ansible_connection=local" >>"$BATS_TEST_TMPDIR/inventory"; done
    # The environment of each host has its name.
    sed '/gather_facts: false/{n;s/^  vars:/  environment: {GPUBENCH_HOST: "{{ inventory_hostname }}"}\n  vars:/}' scripts/fleet/ansible.yml \
        >"$BATS_TEST_TMPDIR/scripts/fleet/play.yml"
    status=0
    ansible-playbook -i "$BATS_TEST_TMPDIR/inventory" "$BATS_TEST_TMPDIR/scripts/fleet/play.yml" -e ansible_python_interpreter=/usr/bin/python3 \
        -e "{\"job\": $job, \"runs\": 3, \"results\": \"$BATS_TEST_TMPDIR/fleet\"}" >"$BATS_TEST_TMPDIR/said" 2>&1 || status=$?
    cat "$BATS_TEST_TMPDIR/said"
}

# How many results a host has in the folder of the last run.
brought_back() { find "$BATS_TEST_TMPDIR"/fleet/*/"$1" -name '*.json' | wc -l; }

@test "the playbook measures several hosts, brings their results together, and leaves nothing behind" {
    play '["cpu", "100"]' host1 host2
    for host in host1 host2; do [ "$(brought_back $host)" -eq 3 ]; done
    grep -q '2 hosts' "$BATS_TEST_TMPDIR/said"
    [ -z "$(ls "$TMPDIR")" ]
    # Another run has a folder of its own.
    sleep 1
    play '["cpu", "100"]' host1 host2
    [ "$(find "$BATS_TEST_TMPDIR/fleet" -mindepth 1 -maxdepth 1 | wc -l)" -eq 2 ]
}

@test "a host that fails in the middle fails the playbook by its name, and its results and everybody else's are kept" {
    export BROKEN=host2
    play '["cpu", "100"]' host1 host2 host3
    [ "$status" -ne 0 ]
    grep -q 'failed: host2\. ' "$BATS_TEST_TMPDIR/said"
    [ "$(brought_back host1) $(brought_back host2) $(brought_back host3)" = "3 1 3" ]
    [ -z "$(ls "$TMPDIR")" ]
}
