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

@test "Kubernetes: one GPU a pod, an ordinary user, a read-only root, and each file is in the base" {
    folder=scripts/fleet/kubernetes
    json $folder/kustomization.yaml >"$BATS_TEST_TMPDIR/base.json"
    [ "$(jq -r '.resources[]' "$BATS_TEST_TMPDIR/base.json" | sort | xargs)" = "$(cd $folder && echo [!k]*.yaml)" ]
    [ "$(jq -r .images[0].newTag "$BATS_TEST_TMPDIR/base.json")" = "$(sed -n 's/^VERSION = //p' Makefile)" ]
    for name in job daemonset; do
        json $folder/$name.yaml >"$BATS_TEST_TMPDIR/$name.json"
        jq -e '.spec.template.spec | .securityContext.runAsNonRoot == "true" and .securityContext.runAsUser == "65532" and
            .securityContext.seccompProfile.type == "RuntimeDefault" and .automountServiceAccountToken == "false" and
            (.containers[0] | .image == "gpubench" and (.resources.limits."nvidia.com/gpu" | tonumber) >= 1 and
             .securityContext == {allowPrivilegeEscalation: "false", readOnlyRootFilesystem: "true", capabilities: {drop: ["ALL"]}} and
             (.env | map(.name) | index("GPUBENCH_RESULTS"))) and
            ([.containers[0].volumeMounts[].name] | sort) == ([.volumes[].name] | sort)' "$BATS_TEST_TMPDIR/$name.json"
        jq -r '.spec.template.spec.containers[0].args[0]' "$BATS_TEST_TMPDIR/$name.json" | sh -n
    done
    jq -e '.apiVersion == "batch/v1" and .kind == "Job" and .spec.completionMode == "Indexed" and
        .spec.completions == .spec.parallelism and .spec.template.spec.restartPolicy == "Never"' "$BATS_TEST_TMPDIR/job.json"
    jq -e '.apiVersion == "apps/v1" and .kind == "DaemonSet" and .spec.selector.matchLabels == .spec.template.metadata.labels and
        .spec.template.spec.nodeSelector."nvidia.com/gpu.present" == "true"' "$BATS_TEST_TMPDIR/daemonset.json"
    understood gpu 10000 --quiet
    understood gpu 10000 --all-devices
    claim=$(json $folder/results.yaml | jq -r .metadata.name)
    [ "$(jq -r '.spec.template.spec.volumes[0].persistentVolumeClaim.claimName' "$BATS_TEST_TMPDIR/job.json")" = "$claim" ]
}

@test "compose: GPUs are reserved, and both services run as the image wants" {
    json scripts/fleet/compose.yaml >"$BATS_TEST_TMPDIR/compose.json"
    jq -e '.services.gpu.deploy.resources.reservations.devices ==
        [{driver: "nvidia", count: "all", capabilities: ["gpu", "compute", "utility"]}]' "$BATS_TEST_TMPDIR/compose.json"
    jq -e 'all(.services[]; .read_only == "true" and .tmpfs == ["/tmp"] and .cap_drop == ["ALL"] and
        .environment.GPUBENCH_RESULTS == "/results" and .volumes == ["results:/results"]) and (.volumes | has("results"))' \
        "$BATS_TEST_TMPDIR/compose.json"
    # shellcheck disable=SC2046
    for service in gpu cpu; do understood $(jq -r ".services.$service.command[]" "$BATS_TEST_TMPDIR/compose.json"); done
}

@test "the playbook measures several hosts and brings their results together" {
    command -v ansible-playbook >/dev/null || skip "no ansible (scripts/install-deps packages)"
    export ANSIBLE_HOME=$BATS_TEST_TMPDIR/ansible ANSIBLE_LOCAL_TEMP=$BATS_TEST_TMPDIR/tmp HOME=$BATS_TEST_TMPDIR ANSIBLE_NOCOWS=1
    mkdir -p "$BATS_TEST_TMPDIR/gpubench-0/bin"
    ln -s "$PWD/build/gpubench" "$BATS_TEST_TMPDIR/gpubench-0/bin/gpubench"
    tar -C "$BATS_TEST_TMPDIR" -czf "$BATS_TEST_TMPDIR/dist.tar.gz" gpubench-0
    printf '[all]\nhost%s ansible_connection=local\n' 1 >"$BATS_TEST_TMPDIR/hosts"
    printf 'host%s ansible_connection=local\n' 2 >>"$BATS_TEST_TMPDIR/hosts"
    ansible-playbook -i "$BATS_TEST_TMPDIR/hosts" scripts/fleet/ansible.yml -e ansible_python_interpreter=/usr/bin/python3 \
        -e "{\"job\": [\"cpu\", \"100\"], \"runs\": 2, \"tarball\": \"$BATS_TEST_TMPDIR/dist.tar.gz\", \"results\": \"$BATS_TEST_TMPDIR/fleet\"}"
    for host in host1 host2; do [ "$(find "$BATS_TEST_TMPDIR/fleet/$host" -name "*.json" | wc -l)" -eq 2 ]; done
}
