#!/usr/bin/env bash
# Builds one service's image for amd64 and arm64 and pushes it to ECR, unless the tag is there already. Run by `pulumi up`.
#
#   PROJECT     the service's project file, from the repository's root
#   REGISTRY    the registry's host name
#   REPOSITORY  the repository in it
#   TAG         the image's tag: a hash of its sources, so that the same tag is the same image
#   AWS_REGION  the registry's region
#   PROFILE     the profile of the AWS credentials; not set: what the environment gives
#   ROLE, ROLE_SESSION   the role to assume with them, and the name of its session; not set: none
#
# Prints the image's digest. The script requests the registry's token only when it needs one, and passes it to dotnet in the environment:
# the token is in no file, no argument and no output.
set -euo pipefail

fail() {
  printf 'publish-image: %s\n' "$*" >&2
  exit 1
}

for name in PROJECT REGISTRY REPOSITORY TAG AWS_REGION; do
  [[ -n ${!name:-} ]] || fail "$name is not set"
done
for tool in aws dotnet; do
  command -v "$tool" >/dev/null || fail "$tool is not installed, and the image of $PROJECT has to be built; install it, or name an image"
done

# The profile is an argument, because keys in the environment would take precedence over AWS_PROFILE.
ask_aws() {
  aws "$@" --region "$AWS_REGION" ${PROFILE:+--profile "$PROFILE"}
}

# With a role, the calls use its keys. They are valid for an hour, and only the aws command gets them.
role_keys=()
if [[ -n ${ROLE:-} ]]; then
  keys=$(ask_aws sts assume-role --role-arn "$ROLE" --role-session-name "$ROLE_SESSION" \
    --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' --output text) || fail "AWS does not give out the role $ROLE"
  read -r key secret session <<<"$keys"
  role_keys=("AWS_ACCESS_KEY_ID=$key" "AWS_SECRET_ACCESS_KEY=$secret" "AWS_SESSION_TOKEN=$session")
fi

ask_ecr() {
  if [[ -n ${ROLE:-} ]]; then
    (export "${role_keys[@]}"; unset AWS_PROFILE; exec aws ecr "$@" --region "$AWS_REGION")
  else
    ask_aws ecr "$@"
  fi
}

# Sets digest, or returns 1 where the tag does not exist.
find_image() {
  local answer
  if answer=$(ask_ecr describe-images --repository-name "$REPOSITORY" --image-ids "imageTag=$TAG" \
    --query 'imageDetails[0].imageDigest' --output text 2>&1); then
    digest=$answer
    return 0
  fi
  [[ $answer == *ImageNotFoundException* ]] || fail "ECR does not say whether $REPOSITORY:$TAG exists: $answer"
  return 1
}

if find_image; then
  printf '%s\n' "$digest"
  exit 0
fi

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

token=$(ask_ecr get-login-password) || fail "ECR gives no token for $REGISTRY"

# The build has a folder of its own: nothing of another build gets into the image, and two images can be built at once.
# The PUSH variables keep the token away from the registry of the base image. The project file names the architectures: on a command
# line the SDK would read a list of them as one unknown name (NETSDK1083). No server of the compiler or of MSBuild is started: it would
# outlive this script, with the token in its environment. No audit of packages: nobody reads it here, and its feed may not be reachable.
if ! DOTNET_CONTAINER_PUSH_REGISTRY_UNAME=AWS DOTNET_CONTAINER_PUSH_REGISTRY_PWORD=$token MSBUILDDISABLENODEREUSE=1 \
  dotnet publish "$root/$PROJECT" -t:PublishContainer -c Release -v quiet -nologo -p:PulumiSdk=real "-p:ArtifactsPath=$work" \
  -p:UseSharedCompilation=false -p:NuGetAudit=false \
  "-p:ContainerRegistry=$REGISTRY" "-p:ContainerRepository=$REPOSITORY" "-p:ContainerImageTag=$TAG" >"$work/log" 2>&1; then
  # Someone else may have published the same sources meanwhile; a complete image's tag is immutable, so ours was refused.
  if ! find_image; then
    cat "$work/log" >&2
    fail "$REPOSITORY:$TAG could not be published"
  fi
fi

find_image || fail "$REPOSITORY:$TAG was pushed, but ECR does not have it"
printf '%s\n' "$digest"
