# Sourced by cluster-tests.sh: uses a cluster by its kube context, and removes at the end what the tests installed. Not a program of its own.

# Every namespace that the stack and the tests create; a test in tests/scripts compares the list with tests/cluster.
cluster_namespaces=(gophers gopher-differential gopher-differential-elsewhere gopher-elsewhere gopher-outside gopher-pod-security observability istio-system)

use_context() {
  local context=$1 name namespaces types
  for name in kubectl helm istioctl setsid; do
    command -v "$name" >/dev/null || die "$name is not on PATH; the tests on a cluster of yours need it"
  done
  for name in GOPHER_DISTRIBUTOR_IMAGE GOPHER_REQUESTER_IMAGE GOPHER_STUB_REPOSITORY GOPHER_COLLECTOR_IMAGE; do
    [[ -n ${!name:-} ]] || die "$name is not set; scripts/cluster-tests.sh says which images the tests need"
  done
  export GOPHER_CONTEXT=$context
  namespaces=$(kube get namespaces -o name) && types=$(istio_types) || die "the cluster of the context '$context' cannot be reached"
  for name in "${cluster_namespaces[@]}"; do
    ! grep -qx "namespace/$name" <<<"$namespaces" ||
      die "the cluster of '$context' has a namespace $name already; the tests would overwrite and remove it"
  done
  [[ -z $types ]] || die "the cluster of '$context' has Istio's types already; the tests would overwrite and remove them"
  build "$cluster_project"
  inside=()
  at_end context_down
}

kube() { kubectl --context "$GOPHER_CONTEXT" "$@"; }

istio_types() { kube get crds -o name | sed -n '/\.istio\.io$/p'; }

# context_down: tries every step, also after one has failed
context_down() {
  local namespace release types left=0
  for namespace in "${cluster_namespaces[@]}"; do
    [[ $namespace == istio-system ]] || remove_namespace "$namespace" || left=1
  done
  for release in istio-ingressgateway istiod istio-base; do
    helm --kube-context "$GOPHER_CONTEXT" uninstall "$release" --namespace istio-system --ignore-not-found --wait || left=1
  done
  remove_namespace istio-system || left=1
  # Helm leaves Istio's types, and istiod writes its root certificate into every namespace. use_context has checked that there was no
  # Istio before.
  types=$(istio_types) || left=1
  # shellcheck disable=SC2086 # one argument a type
  [[ -z $types ]] || kube delete --timeout=120s $types || left=1
  kube delete configmap --all-namespaces --selector istio.io/config=true || left=1
  return "$left"
}

remove_namespace() { kube delete namespace "$1" --ignore-not-found --timeout=300s; }
