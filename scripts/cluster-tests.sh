# Sourced by ./test: runs tests/cluster on a real Kubernetes with Istio. Not a program of its own.
#
# With a TOOL the script starts the cluster, loads images of the services built from this repository, and always takes the cluster down.
# With a kube CONTEXT the cluster is yours, and so are the images on it: name them in the environment, all from this repository.
#   GOPHER_DISTRIBUTOR_IMAGE, GOPHER_REQUESTER_IMAGE   e.g. of `dotnet publish apps/gopher-distributor -t:PublishContainer`
#   GOPHER_STUB_REPOSITORY    of tests/cluster/stub-distributor, without a tag; the tags echo, error, hang and crash have the
#                             environment variable Behaviour set to the tag
#   GOPHER_COLLECTOR_IMAGE    of tests/cluster/span-collector
#   GOPHER_GATEWAY            the gateway's URL, where its load balancer has no address that this machine reaches
# The namespaces of scripts/cluster-context.sh, and Istio, must not exist before. They are removed at the end.

cluster_project=tests/cluster/ClusterTests.csproj

# shellcheck source=cluster-context.sh
source "$root/scripts/cluster-context.sh"

# cluster_tests TOOL CONTEXT FILTER: one of TOOL and CONTEXT is empty
cluster_tests() {
  local tool=$1 context=$2 filter=$3 left=0 status=0
  cluster_log=$root/artifacts/$PulumiSdk/log/ClusterTests.log
  export GOPHER_REPORT=$root/artifacts/$PulumiSdk/log/cluster-report.txt
  mkdir -p "$(dirname "$cluster_log")"; : >"$GOPHER_REPORT"
  if [[ -n $tool ]]; then start_tool "$tool"; else use_context "$context"; fi
  run_cluster_tests "$filter"
  # Before the closing line, which is the last.
  taken_down || left=2
  closing_line || status=1
  return $((left > 0 ? left : status))
}

# at_end DOWN: from here on DOWN runs once, however the script ends. Exit status 2 says that it left something.
at_end() {
  local signal
  take_down=$1
  for signal in HUP:129 INT:130 PIPE:141 TERM:143; do
    trap "end ${signal#*:}" "${signal%:*}"
  done
  trap 'end $?' EXIT
}

# end STATUS: takes down, then ends. A signal can call it again while it runs; the call that clears the traps first does the work.
end() {
  taken_down || exit 2
  exit "$1"
}

# taken_down: stops the tests and takes down what they ran on; false where something is left
taken_down() {
  local line
  trap '' HUP INT PIPE TERM; trap - EXIT
  stop_tests
  say "taking down what the tests ran on"
  # The output goes through a reader of our own. In `./test 2>&1 | tee` Ctrl-C also ends tee, and a broken pipe would stop the removal.
  "$take_down" 2>&1 | while IFS= read -r line || [[ -n $line ]]; do say "$line" || true; done ||
    { say "not everything was taken down; see above"; return 1; }
}

start_tool() {
  # Not local: the trap needs it after the function that starts the tests has returned.
  cluster_tool=$(readlink -f "$1")
  [[ -x $cluster_tool ]] || die "'$1' is not a program; --cluster needs one that starts a cluster"
  ! "$cluster_tool" status >/dev/null 2>&1 || die "a cluster of $1 is up already, and may be someone's; take it down first: $1 down"
  build "$cluster_project"
  at_end tool_down
  # The tool's data outlives a run that was killed, and `up` would start with the objects of that run.
  say "removing what an earlier run may have left: $1 down"
  use_tool down >&2
  say "starting the cluster: $1 up"
  use_tool up
  load_images
  inside=("$cluster_tool" run env -u http_proxy -u https_proxy -u HTTP_PROXY -u HTTPS_PROXY)
  GOPHER_CONTEXT=$("$cluster_tool" run kubectl config current-context)
  GOPHER_ISTIO=$(dirname "$cluster_tool")/istio
  export GOPHER_CONTEXT GOPHER_ISTIO
}

tool_down() { "$cluster_tool" down; }

# The cluster has no registry: each image is the published service on this machine's .NET runtime, not the chiseled image that
# `dotnet publish -t:PublishContainer` makes.
load_images() {
  local published=$root/artifacts/$PulumiSdk/cluster behaviour
  say "loading the images of the services (on this machine's .NET runtime, not the chiseled ones)"
  publish apps/gopher-distributor "$published/distributor"
  publish apps/gopher-requester "$published/requester"
  publish tests/cluster/stub-distributor "$published/stub"
  publish tests/cluster/span-collector "$published/collector"
  export GOPHER_DISTRIBUTOR_IMAGE=docker.io/local/gopher-distributor:test GOPHER_REQUESTER_IMAGE=docker.io/local/gopher-requester:test
  export GOPHER_STUB_REPOSITORY=docker.io/local/stub-distributor GOPHER_COLLECTOR_IMAGE=docker.io/local/span-collector:test
  use_tool dotnet-image "$GOPHER_DISTRIBUTOR_IMAGE" "$published/distributor" GopherDistributor.dll
  use_tool dotnet-image "$GOPHER_REQUESTER_IMAGE" "$published/requester" GopherRequester.dll
  use_tool dotnet-image "$GOPHER_COLLECTOR_IMAGE" "$published/collector" SpanCollector.dll
  for behaviour in echo error hang crash; do
    printf '{"Behaviour": "%s"}\n' "$behaviour" >"$published/stub/appsettings.json"
    use_tool dotnet-image "$GOPHER_STUB_REPOSITORY:$behaviour" "$published/stub" StubDistributor.dll
  done
}

# use_tool COMMAND...: runs a command of the tool. When Ctrl-C ends it, the script ends without an error message.
use_tool() {
  "$cluster_tool" "$@" || {
    (($? != 130)) || exit 130
    die "$cluster_tool $* failed"
  }
}

publish() { quietly "$root/artifacts/$PulumiSdk/publish.log" dotnet publish "$root/$1" -c Release --no-build -v quiet -nologo -o "$2"; }

run_cluster_tests() {
  local filter=$1 status=0
  say "testing: $cluster_project on the cluster of '$GOPHER_CONTEXT'"
  start_inside dotnet test "$root/$cluster_project" -c Release --no-build -nologo --logger "console;verbosity=minimal" \
    ${filter:+--filter "$filter"} >"$cluster_log" 2>&1
  tail -q -n +1 -F --pid="$tests_pid" "$GOPHER_REPORT" "$cluster_log" >&2 2>/dev/null &
  wait "$tests_pid" || status=$?
  wait
  tests_pid=
  add_results "$cluster_project" "$filter" "$cluster_log" "$status"
}

# start_inside COMMAND...: starts the command where the cluster can be reached, in a session of its own (tests_pid). The caller waits for it.
# So the script answers a signal at once, and stop_tests reaches every process.
start_inside() {
  setsid "${inside[@]}" "$@" </dev/null &
  tests_pid=$!
}

# stop_tests: kills the tests and waits for their end, so that they create nothing after the removal
stop_tests() {
  [[ -n ${tests_pid:-} ]] || return 0
  kill -KILL -- "-$tests_pid" 2>/dev/null || true
  wait "$tests_pid" 2>/dev/null || true
}
