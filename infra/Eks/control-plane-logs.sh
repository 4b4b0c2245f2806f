#!/usr/bin/env bash
# Switches the logs of a cluster's control plane on or off. Usage: control-plane-logs.sh on|off
#
# `pulumi destroy` runs it with off before it deletes the cluster. Otherwise EKS may write a last line after the cluster and its log group are
# gone, and so make the group again, which keeps its logs for ever and stops the next `pulumi up` under that name.
# `pulumi up` runs it with on: a new cluster writes its logs already, but one that an interrupted destroy has left may not.
#
#   CLUSTER     the cluster's name
#   TYPES       the types of its logs, with a comma between them
#   AWS_REGION  the cluster's region
#   PROFILE     the profile of the AWS credentials; not set: what the environment gives
#   ROLE, ROLE_SESSION   the role to assume with them, and the name of its session; not set: none
set -euo pipefail

say() { printf 'control-plane-logs: %s\n' "$*" >&2; }

# The profile is an argument, because keys in the environment would take precedence over AWS_PROFILE.
ask() { aws "$@" --region "$AWS_REGION" --output text ${PROFILE:+--profile "$PROFILE"}; }

assume_role() {
  local keys
  keys=$(ask sts assume-role --role-arn "$ROLE" --role-session-name "$ROLE_SESSION" --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]') || return
  read -r AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN <<<"$keys"
  export AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN
  unset AWS_PROFILE PROFILE
}

# change_to true|false: does nothing where the logs are so. It waits for the end, because EKS deletes no cluster that it is changing.
change_to() {
  local logging status try
  [[ -z ${ROLE:-} ]] || assume_role || return
  logging=$(ask eks describe-cluster --name "$CLUSTER" --query "join(',', sort(cluster.logging.clusterLogging[?enabled].types[]))") || return
  [[ $logging != "$([[ $1 == false ]] || tr , '\n' <<<"$TYPES" | LC_ALL=C sort | paste -sd ,)" ]] || return 0
  ask eks update-cluster-config --name "$CLUSTER" --query update.id \
    --logging "{\"clusterLogging\":[{\"types\":[\"${TYPES//,/\",\"}\"],\"enabled\":$1}]}" || return
  for ((try = 0; try < 120; try++)); do
    status=$(ask eks describe-cluster --name "$CLUSTER" --query cluster.status) || return
    [[ $status == UPDATING ]] || return 0
    sleep 5
  done
  say "$CLUSTER is still being changed after ten minutes"
  return 1
}

case ${1:-} in
  on) change_to true ;;
  # A destroy that stops here would go on billing a cluster for the sake of a log group.
  off) change_to false || say "the logs of $CLUSTER are not switched off: the log group /aws/eks/$CLUSTER/cluster may be there again after the destroy" ;;
  *) say "on or off?"; exit 2 ;;
esac
