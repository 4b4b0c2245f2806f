# Sourced by ./test: runs tests/cluster on a real Kubernetes with Istio. Not a program of its own.
#
# With a TOOL the cluster is started, given images of the services as they are here, and taken down again, whatever happens.
# With a kube CONTEXT the cluster is yours, and so are the images on it: name them in the environment, all three from this repository.
#   GOPHER_DISTRIBUTOR_IMAGE, GOPHER_REQUESTER_IMAGE   e.g. of `dotnet publish apps/gopher-distributor -t:PublishContainer`
#   GOPHER_STUB_REPOSITORY    of tests/cluster/stub-distributor, without a tag; the tags echo, error, hang and crash have the
#                             environment variable Behaviour set to the tag
#   GOPHER_GATEWAY            the gateway's URL, where its load balancer has no address that this machine reaches
# What the tests install there (the namespaces gophers and istio-system) must not be there before, and is removed at the end.

cluster_project=tests/cluster/ClusterTests.csproj

# cluster_tests TOOL CONTEXT FILTER: one of TOOL and CONTEXT is empty
cluster_tests() {
  local tool=$1 context=$2 filter=$3
  cluster_log=$root/artifacts/$PulumiSdk/log/ClusterTests.log
  export GOPHER_REPORT=$root/artifacts/$PulumiSdk/log/cluster-report.txt
  mkdir -p "$(dirname "$cluster_log")"; : >"$GOPHER_REPORT"
  trap 'exit 130' INT; trap 'exit 143' TERM
  if [[ -n $tool ]]; then start_tool "$tool"; else use_context "$context"; fi
  run_cluster_tests "$filter"
  trap - EXIT
  "$take_down"
  closing_line
}

start_tool() {
  # Not local: the trap needs it after the function that starts the tests has returned.
  cluster_tool=$(readlink -f "$1")
  [[ -x $cluster_tool ]] || die "'$1' is not a program; --cluster needs one that starts a cluster"
  ! "$cluster_tool" status >/dev/null 2>&1 || die "a cluster of $1 is up already, and may be someone's; take it down first: $1 down"
  build "$cluster_project"
  take_down=tool_down
  trap "$take_down" EXIT
  say "starting the cluster: $1 up"
  "$cluster_tool" up
  load_images
  inside=("$cluster_tool" run env -u http_proxy -u https_proxy -u HTTP_PROXY -u HTTPS_PROXY)
  GOPHER_CONTEXT=$("$cluster_tool" run kubectl config current-context)
  GOPHER_ISTIO=$(dirname "$cluster_tool")/istio
  export GOPHER_CONTEXT GOPHER_ISTIO
}

tool_down() {
  stop_tests
  say "taking the cluster down"
  "$cluster_tool" down
}

# The cluster has no registry: each image is the published service on this machine's .NET runtime, not the chiseled image that
# `dotnet publish -t:PublishContainer` makes.
load_images() {
  local published=$root/artifacts/$PulumiSdk/cluster behaviour
  say "loading the images of the services (on this machine's .NET runtime, not the chiseled ones)"
  publish apps/gopher-distributor "$published/distributor"
  publish apps/gopher-requester "$published/requester"
  publish tests/cluster/stub-distributor "$published/stub"
  export GOPHER_DISTRIBUTOR_IMAGE=docker.io/local/gopher-distributor:test GOPHER_REQUESTER_IMAGE=docker.io/local/gopher-requester:test
  export GOPHER_STUB_REPOSITORY=docker.io/local/stub-distributor
  "$cluster_tool" dotnet-image "$GOPHER_DISTRIBUTOR_IMAGE" "$published/distributor" GopherDistributor.dll
  "$cluster_tool" dotnet-image "$GOPHER_REQUESTER_IMAGE" "$published/requester" GopherRequester.dll
  for behaviour in echo error hang crash; do
    printf '{"Behaviour": "%s"}\n' "$behaviour" >"$published/stub/appsettings.json"
    "$cluster_tool" dotnet-image "$GOPHER_STUB_REPOSITORY:$behaviour" "$published/stub" StubDistributor.dll
  done
}

publish() { quietly "$root/artifacts/$PulumiSdk/publish.log" dotnet publish "$root/$1" -c Release --no-build -v quiet -nologo -o "$2"; }

use_context() {
  local context=$1 name
  for name in kubectl helm istioctl; do
    command -v "$name" >/dev/null || die "$name is not on PATH; the tests of a cluster of yours need it"
  done
  for name in GOPHER_DISTRIBUTOR_IMAGE GOPHER_REQUESTER_IMAGE GOPHER_STUB_REPOSITORY; do
    [[ -n ${!name:-} ]] || die "$name is not set; scripts/cluster-tests.sh says which images the tests need"
  done
  kubectl --context "$context" get --raw /readyz >/dev/null || die "the cluster of the context '$context' cannot be reached"
  for name in gophers istio-system; do
    ! kubectl --context "$context" get namespace "$name" >/dev/null 2>&1 ||
      die "the cluster of '$context' has a namespace $name already; the tests would overwrite and remove it"
  done
  build "$cluster_project"
  export GOPHER_CONTEXT=$context
  inside=()
  take_down=context_down
  trap "$take_down" EXIT
}

context_down() {
  local release
  stop_tests
  say "removing from '$GOPHER_CONTEXT' what the tests installed"
  kubectl --context "$GOPHER_CONTEXT" delete namespace gophers --ignore-not-found
  for release in istio-ingressgateway istiod istio-base; do
    helm --kube-context "$GOPHER_CONTEXT" uninstall "$release" --namespace istio-system --ignore-not-found --wait
  done
  kubectl --context "$GOPHER_CONTEXT" delete namespace istio-system --ignore-not-found
  # The charts keep them for the objects of others; there was no Istio here before.
  kubectl --context "$GOPHER_CONTEXT" get crds -o name | grep -F .istio.io | xargs -r kubectl --context "$GOPHER_CONTEXT" delete
}

# In a session of its own and waited for, so that a signal to ./test is answered at once and reaches every process of the run.
run_cluster_tests() {
  local filter=$1 status=0
  say "testing: $cluster_project on the cluster of '$GOPHER_CONTEXT'"
  setsid "${inside[@]}" dotnet test "$root/$cluster_project" -c Release --no-build -nologo --logger "console;verbosity=minimal" ${filter:+--filter "$filter"} </dev/null >"$cluster_log" 2>&1 &
  tests_pid=$!
  tail -q -n +1 -F --pid="$tests_pid" "$GOPHER_REPORT" "$cluster_log" >&2 2>/dev/null &
  wait "$tests_pid" || status=$?
  wait
  tests_pid=
  add_results "$cluster_project" "$filter" "$cluster_log" "$status"
}

stop_tests() {
  trap '' INT TERM
  [[ -z ${tests_pid:-} ]] || kill -- "-$tests_pid" 2>/dev/null || true
}
