namespace GopherMesh.Tests.Rehearsal.Check;

/// <summary>The rules about objects that the API server takes, and that then fail callers or let in too many.</summary>
public sealed class ContradictionRuleTests
{
    // EnvoyFilter's field.
    private const string Selector = "workloadSelector";
    private const string Deployment = "kubernetes:apps/v1:Deployment gopher-requester";
    private const string Requester = "Deployment gophers/gopher-requester";
    private const string Pod = "spec/template/spec";
    private const string Container = $"{Pod}/containers/0";
    private const string Caller = "kubernetes:security.istio.io/v1:AuthorizationPolicy gopher-requester";
    private const string CallerName = "AuthorizationPolicy gophers/gopher-requester";
    private const string Network = "kubernetes:networking.k8s.io/v1:NetworkPolicy gopher-requester";
    private const string NetworkName = "NetworkPolicy gophers/gopher-requester";
    private const string Route = "kubernetes:networking.istio.io/v1:VirtualService gopher-requester";
    private const string RouteName = "VirtualService gophers/gopher-requester";
    private const string Ejection = "kubernetes:networking.istio.io/v1:DestinationRule gopher-requester";
    private const string EjectionName = "DestinationRule gophers/gopher-requester";
    private const string NodePool = "kubernetes:karpenter.sh/v1:NodePool cluster";

    private const string Distributor = "kubernetes:apps/v1:Deployment gopher-distributor-v1";
    private const string DistributorName = "Deployment gophers/gopher-distributor-v1";
    private const string Canary = "kubernetes:apps/v1:Deployment gopher-distributor-v2";
    private const string CanaryName = "Deployment gophers/gopher-distributor-v2";
    private const string Annotations = "spec/template/metadata/annotations";
    private const string Called = "kubernetes:security.istio.io/v1:AuthorizationPolicy gopher-distributor";
    private const string CalledName = "AuthorizationPolicy gophers/gopher-distributor";
    private const string Nothing = "kubernetes:security.istio.io/v1:AuthorizationPolicy allow-nothing";
    private const string Peer = "kubernetes:security.istio.io/v1:PeerAuthentication default";
    private const string Split = "kubernetes:networking.istio.io/v1:VirtualService gopher-distributor";
    private const string SplitName = "VirtualService gophers/gopher-distributor";
    private const string Subset = "kubernetes:networking.istio.io/v1:DestinationRule gopher-distributor-v2";
    private const string Service = "kubernetes:core/v1:Service gopher-distributor";
    private const string ServiceName = "Service gophers/gopher-distributor";
    private const string Gateway = "kubernetes:networking.istio.io/v1:Gateway gopher-gateway";
    private const string Filter = "kubernetes:networking.istio.io/v1alpha3:EnvoyFilter forget-foreign-traces";
    private const string Proxies = "kubernetes:networking.k8s.io/v1:NetworkPolicy proxies";
    private const string Tools = "kubernetes:networking.k8s.io/v1:NetworkPolicy tools";
    private const string Budget = "kubernetes:policy/v1:PodDisruptionBudget gopher-requester";
    private const string BudgetName = "PodDisruptionBudget gophers/gopher-requester";
    private const string Istiod = "kubernetes:helm.sh/v3:Release istiod";
    private const string IstiodName = "Helm release istiod";
    private const string Ingress = "kubernetes:helm.sh/v3:Release istio-ingressgateway";
    private const string IngressName = "Helm release istio-ingressgateway";
    private const string Host = "gopher-distributor.gophers.svc.cluster.local";
    private const string Url = $"{Container}/env/3/value";

    /// <summary>The rule, the resource that is changed, the path and its value, and the resource and the words of the finding.</summary>
    public static TheoryData<string, string, string, string?, string, string> Faults => new()
    {
        { "unlike-versions", Canary, $"{Container}/resources/limits/memory", "\"256Mi\"", CanaryName, "spec.template.spec.containers[gopher-distributor].resources.limits.memory is 256Mi, and 128Mi in Deployment gophers/gopher-distributor-v1" },
        { "unlike-versions", Canary, $"{Container}/env/2", """{"name":"SLOW","value":"1"}""", CanaryName, "env[SLOW].value is 1, and not there" },
        { "unlike-versions", Subset, "spec/subsets/0/trafficPolicy/outlierDetection/consecutive5xxErrors", "50", "DestinationRule gophers/gopher-distributor-v2", "consecutive5xxErrors is 50, and 5" },
        { "unlike-versions", Split, "spec/http/0/route/0/weight", "50", SplitName, "the weight of a version depends on the request" },
        { "wrong-version", Distributor, $"{Container}/env/3/value", "\"v2\"", DistributorName, "VERSION is v2, and its pods are of the version v1" },
        { "wrong-version", Distributor, $"{Container}/env/3/value", "\"v7\"", DistributorName, "VERSION is v7" },
        { "wrong-version", Distributor, $"{Container}/image", "\"registry.example.com:5000/gopher-requester:1.0\"", DistributorName, "its image is that of gopher-requester" },
        { "empty-subset", Service, "spec/selector/version", "\"v1\"", ServiceName, "so no pod of the subset v2 that DestinationRule gophers/gopher-distributor-v2 makes of it" },
        { "called-address", Deployment, Url, $"\"https://{Host}\"", Requester, "the port 443 of gopher-distributor" },
        { "called-address", Deployment, Url, $"\"https://{Host}:80\"", Requester, "by HTTPS, and its port 80 is for HTTP" },
        { "called-address", Deployment, Url, $"\"http://{Host}:8080\"", Requester, "the port 8080 of gopher-distributor" },
        { "called-address", Deployment, Url, "\"http://distributor.gophers.svc.cluster.local\"", Requester, "distributor.gophers.svc.cluster.local, which is not declared" },
        { "called-address", Deployment, Url, "\"http://gopher-distributer\"", Requester, "gopher-distributer.gophers.svc.cluster.local, which is not declared" },
        { "called-address", Deployment, Url, "\"http://gopher-requester.gophers.svc.cluster.local\"", Requester, "the pods of the container itself" },
        { "called-address", Deployment, Url, "\"http://localhost:5000\"", Requester, "an address of the pod itself" },
        { "called-address", Deployment, Url, "\"http://distributor.example.com\"", Requester, "outside of the mesh" },
        { "called-address", Deployment, $"{Annotations}/traffic.sidecar.istio.io~1excludeOutboundPorts", "\"4317,80\"", Requester, "go past the proxy" },
        { "called-address", Tools, "spec/ingress/1/ports/0/port", "4318", Requester, "no NetworkPolicy of observability lets Deployment gophers/gopher-requester in" },
        { "called-address", Tools, "spec/ingress/1/ports/0/port", "4318", IngressName, "send their traces to the port 4317" },
        { "called-address", Proxies, "spec/egress/2/ports/0/port", "4318", Requester, "no NetworkPolicy of gophers lets Deployment gophers/gopher-requester out" },
        { "past-proxy", Deployment, $"{Annotations}/traffic.sidecar.istio.io~1excludeOutboundIPRanges", "\"10.0.0.0/8\"", Requester, "10.0.0.0/8" },
        { "hidden-object", Route, "spec/exportTo", """["."]""", RouteName, "not exported to istio-system" },
        { "hidden-object", Ejection, "spec/exportTo", """["gophers"]""", EjectionName, "not exported to istio-system" },
        { "hidden-object", Split, "spec/exportTo", """["istio-system"]""", SplitName, "not exported to gophers" },
        { "hidden-object", Istiod, "values/meshConfig/defaultVirtualServiceExportTo", """["."]""", RouteName, "not exported to istio-system" },
        { "hidden-object", Gateway, "spec/servers/0/hosts", """["istio-system/*"]""", "Gateway gophers/gopher-gateway", "none of its hosts is for VirtualServices of gophers" },
        { "route-limits", Deployment, $"{Container}/env/4/value", "\"500\"", Requester, "gives up a call of gopher-distributor.gophers.svc.cluster.local after 0.5 s" },
        { "route-limits", Route, "spec/http/0/retries/perTryTimeout", "\"3s\"", RouteName, "asked again while it still answers" },
        { "route-limits", Route, "spec/http/1/timeout", "\"5s\"", RouteName, "gives up before it does" },
        { "route-limits", Route, "spec/http/1/timeout", "\"60s\"", Requester, "it is killed 25 s after its preStop hook" },
        { "route-limits", Split, "spec/http/0/retries/perTryTimeout", "\"3s\"", SplitName, "no second one fits" },
        { "route-limits", Split, "spec/http/0/retries/perTryTimeout", null, SplitName, "one that hangs takes all of it" },
        { "route-limits", Subset, "spec/subsets/0/trafficPolicy/connectionPool/tcp/connectTimeout", "\"3s\"", "DestinationRule gophers/gopher-distributor-v2", "longer than a route gives a try" },
        { "outlier-detection", Ejection, "spec/trafficPolicy/outlierDetection/consecutive5xxErrors", "1", EjectionName, "after one failed answer" },
        { "outlier-detection", Ejection, "spec/trafficPolicy/outlierDetection/interval", "\"1h\"", EjectionName, "too late" },
        { "outlier-detection", Ejection, "spec/trafficPolicy/connectionPool/tcp/connectTimeout", "\"1ms\"", EjectionName, "is taken for gone" },
        { "outlier-detection", Ejection, "spec/trafficPolicy/loadBalancer", """{"simple":"PASSTHROUGH"}""", EjectionName, "neither pods nor subsets" },
        { "process-settings", Distributor, $"{Container}/env/0/value", "\"http://localhost:8080\"", DistributorName, "nobody outside of its pod" },
        { "process-settings", Deployment, $"{Container}/env/2", """{"name":"DOTNET_GCHeapHardLimit","value":"0x10000000"}""", Requester, "grow to 256 MiB, and it is killed at 128 MiB" },
        { "process-settings", Deployment, $"{Container}/env/2", """{"name":"GOMEMLIMIT","value":"1GiB"}""", Requester, "grow to 1024 MiB" },
        { "process-settings", Deployment, $"{Container}/env/2", """{"name":"DOTNET_GCHeapHardLimitPercent","value":"75"}""", Requester, "117 percent" },
        { "process-settings", Deployment, $"{Container}/env/2/value", "\"1\"", Requester, "diagnostics write to /tmp" },
        { "process-settings", Deployment, $"{Container}/env/1/valueFrom/fieldRef/fieldPath", "\"status.podIP\"", Requester, "POD_NAME is read from status.podIP" },
        { "process-settings", Deployment, $"{Container}/env/4/value", "\"5s\"", Requester, "no time in the unit" },
        { "process-settings", Deployment, $"{Annotations}/prometheus.io~1port", "\"9091\"", Requester, "no metrics are scraped" },
        { "slow-start", Deployment, $"{Container}/startupProbe/failureThreshold", "1", Requester, "not started after 1 s" },
        { "slow-start", Deployment, $"{Container}/readinessProbe/failureThreshold", "60", Requester, "before its readinessProbe takes it out" },
        { "probes", Deployment, $"{Container}/readinessProbe/httpGet/port", "\"http-metrics\"", Requester, "to which no Service sends" },
        { "pod-times", Deployment, "spec/minReadySeconds", "600", Requester, "the API server refuses it" },
        { "pod-times", Deployment, "spec/minReadySeconds", "290", Requester, "320 s to start and be ready" },
        { "pod-times", Deployment, $"{Container}/lifecycle/preStop/sleep/seconds", "1", Requester, "it sleeps 1 s" },
        { "pod-parts", Deployment, "spec/paused", "true", Requester, "it is paused" },
        { "pod-parts", Deployment, "spec/strategy/rollingUpdate/maxUnavailable", "3", Requester, "ends all of them at once" },
        { "pod-parts", Deployment, $"{Pod}/topologySpreadConstraints/0", """{"maxSkew":1,"minDomains":4,"topologyKey":"topology.kubernetes.io/zone","whenUnsatisfiable":"DoNotSchedule","labelSelector":{"matchLabels":{"app":"gopher-requester"}}}""", Requester, "4 zones at least, and the network has 3" },
        { "pod-parts", Deployment, $"{Pod}/topologySpreadConstraints/0/minDomains", "2", Requester, "minDomains is set" },
        { "pod-parts", Deployment, $"{Pod}/topologySpreadConstraints/0/topologyKey", "\"zone\"", Requester, "a label that no node has" },
        { "pod-parts", Ingress, "values/topologySpreadConstraints/0/minDomains", "9", IngressName, "9 zones at least" },
        { "pod-parts", Ingress, "values/topologySpreadConstraints/1/labelSelector/matchLabels/istio", "\"gateway\"", IngressName, "which they do not have" },
        { "pod-parts", Deployment, $"{Pod}/schedulerName", "\"mine\"", Requester, "stay Pending" },
        { "pod-parts", Deployment, $"{Pod}/hostAliases", $$"""[{"ip":"10.1.1.1","hostnames":["{{Host}}"]}]""", Requester, "its Service is not called" },
        { "pod-template", Canary, "spec/selector/matchLabels", """{"app":"gopher-distributor"}""", CanaryName, "takes the pods of Deployment gophers/gopher-distributor-v1 too" },
        { "resource-limits", Deployment, $"{Annotations}/sidecar.istio.io~1proxyMemoryLimit", "\"32Mi\"", Requester, "of its proxy's annotations.limits.memory" },
        { "resource-limits", Ingress, "values/resources/limits/memory", "\"512m\"", IngressName, "0.512 bytes" },
        { "resource-limits", Ingress, "values/resources/requests/cpu", "\"50\"", IngressName, "hardly a node has them" },
        { "resource-limits", Istiod, "values/resources/requests/memory", "\"2Gi\"", IstiodName, "above its limit" },
        { "resource-limits", Deployment, $"{Container}/resources/limits/memory", "\"128MB\"", Requester, "which is no amount" },
        { "disruption-budget", Budget, "spec/selector/matchLabels/app", "\"gopher-distributor\"", "PodDisruptionBudget gophers/gopher-distributor-v1", "the API takes one budget for a pod" },
        { "disruption-budget", Budget, "spec/maxUnavailable", "3", BudgetName, "it lets all pods go at once" },
        { "open-policy", Nothing, "spec", """{"action":"DENY","rules":[{}]}""", "AuthorizationPolicy gophers/allow-nothing", "it refuses every request of every pod of gophers" },
        { "open-policy", Nothing, "spec/action", "\"DENY\"", "AuthorizationPolicy gophers/allow-nothing", "it denies nothing" },
        { "open-policy", Called, "spec/rules", """[{"from":[{"source":{"principals":["cluster.local/ns/gophers/sa/gopher-requester"]}}]},{"to":[{"operation":{"ports":["8080"]}}]}]""", CalledName, "whomever spec.rules[0] names: one rule is enough" },
        { "wide-policy", Network, "spec/ingress/0/from", """[{"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"istio-system"}}},{"podSelector":{"matchLabels":{"istio":"ingressgateway"}}}]""", NetworkName, "two peers, of which one is enough" },
        { "wide-policy", Network, "spec/ingress/0/from", """[{"podSelector":{}}]""", Requester, "NetworkPolicies let Deployment gophers/gopher-distributor-v1 reach its port 8080" },
        { "wide-policy", Proxies, "spec/egress/2/to", null, "NetworkPolicy gophers/proxies", "these ports of everybody" },
        { "wide-policy", Called, "spec/rules/0/from/0/source/principals", """["cluster.local/ns/gophers/*"]""", CalledName, "whose principal is like" },
        { "wide-policy", Called, "spec/rules/0/to", null, CalledName, "every port of its pods: 8080, 9090" },
        { "network-policy", Proxies, "spec/policyTypes", """["Ingress"]""", "NetworkPolicy gophers/proxies", "policyTypes is without Egress" },
        { "network-needs", Proxies, "spec/egress/0/ports", """[{"port":53,"protocol":"UDP"}]""", Requester, "whose answer is long (TCP 53" },
        { "unknown-caller", Istiod, "values/meshConfig/trustDomain", "\"gophers.example\"", CalledName, "the trust domain of the mesh is gophers.example" },
        { "unknown-caller", Called, "spec/rules/0/from/0/source/principals/0", "\"spiffe://cluster.local/ns/gophers/sa/gopher-requester\"", CalledName, "no certificate is of that name" },
        { "caller-tls", Istiod, "values/meshConfig/enableAutoMtls", "false", IstiodName, "its callers send plain text" },
        { "plain-text-traffic", Istiod, "values/meshConfig/rootNamespace", "\"istio-config\"", IstiodName, "PeerAuthentication istio-system/default" },
        { "plain-text-traffic", Peer, "metadata/namespace", "\"gophers\"", "PeerAuthentication gophers/default", "in another namespace than gophers" },
        { "idle-selector", Filter, $"spec/{Selector}/labels/istio", "\"gateway\"", "EnvoyFilter istio-system/forget-foreign-traces", "no declared pod" },
        { "idle-selector", Filter, "spec/configPatches/0/match/context", "\"SIDECAR_INBOUND\"", "EnvoyFilter istio-system/forget-foreign-traces", "is for SIDECAR_INBOUND, and the pods that it selects are a gateway's" },
        { "unreachable-route", Split, "spec/http/0/match/0/headers", """{"X-Preview":{"exact":"v2"}}""", SplitName, "with a header X-Preview" },
        { "unreachable-route", Split, "spec/http/0/match/0/method", """{"exact":"get"}""", SplitName, "with the method get" },
        { "unreachable-route", Split, "spec/http/0/match/0/sourceLabels", """{"app":"nobody"}""", SplitName, "of pods with" },
        { "telemetry-provider", "kubernetes:telemetry.istio.io/v1:Telemetry mesh-default", "spec/tracing/0/randomSamplingPercentage", "0", "Telemetry istio-system/mesh-default", "reports no trace" },
        { "telemetry-provider", Istiod, "values/meshConfig/extensionProviders/0/opentelemetry/port", "4318", IstiodName, "gRPC to 4318" },
        { "injection", Istiod, "values/revision", "\"next\"", "Namespace gophers", "istiod without a revision" },
        { "injection", Istiod, "values/meshConfig/discoverySelectors", """[{"matchLabels":{"mesh":"on"}}]""", "Namespace gophers", "proxies know none" },
        { "istio-annotations", Deployment, $"{Annotations}/sidecar.istio.io~1rewriteAppHTTPProbers", "\"false\"", Requester, "probes are refused" },
        { "istio-annotations", Deployment, $"{Annotations}/sidecar.istio.io~1logLevel", "\"verbose\"", Requester, "which Istio does not know" },
        { "istio-annotations", Deployment, $"{Annotations}/proxy.istio.io~1config", "\"concurrency=2\"", Requester, "not a ProxyConfig" },
        { "denied-by-istio", Proxies, "spec/egress/1/ports/0/protocol", "\"HTTP\"", "NetworkPolicy gophers/proxies", "protocol is HTTP" },
        { "open-policy", Called, "spec/rules/0/from/0/source/principals", null, CalledName, "spec.rules[0] takes every caller" },
        { "open-policy", Called, "spec/selector/matchLabels", null, CalledName, "every pod of the namespace" },
        { "wide-policy", Network, "spec/podSelector/matchLabels", null, DistributorName, "NetworkPolicies let Helm release istio-ingressgateway reach" },
        { "wide-policy", Network, "spec/ingress/0/from/0/podSelector", null, NetworkName, "takes every pod of istio-system" },
        { "wide-policy", Network, "spec/egress/0/ports", null, NetworkName, "spec.egress[0] is for every port" },
        { "called-address", Proxies, "spec/ingress", null, Requester, "its metrics are on the port 15020" },
        { "unknown-gateway", Gateway, "spec/selector", null, "Gateway gophers/gopher-gateway", "it selects every proxy" },
        { "service-target", Service, "spec/selector", "{}", ServiceName, "it has no selector" },
        { "unqualified-host", Ejection, "spec/host", "\"gopher-requester.gophers.svc.cluster.lokal\"", EjectionName, "not a full name" },
        { "pod-template", Deployment, "spec/selector", null, Requester, "names no labels" },
        { "probes", Deployment, $"{Container}/livenessProbe/httpGet", null, Requester, "livenessProbe asks nothing" },
        { "pod-times", Deployment, $"{Container}/livenessProbe/failureThreshold", "300", Requester, "it may hang for 3000 s" },
        { "pod-times", Deployment, $"{Container}/lifecycle/preStop/sleep", null, Requester, "it ends at once" },
        { "process-settings", Deployment, $"{Container}/env/6/value", "\"none\"", Requester, "listen on none (METRICS_PORT)" },
        { "pod-parts", Istiod, "values/topologySpreadConstraints/0/labelSelector", null, IstiodName, "has no labelSelector" },
        { "pod-parts", Istiod, "values/topologySpreadConstraints/0/whenUnsatisfiable", "\"Never\"", IstiodName, "whenUnsatisfiable is Never" },
        { "wrong-version", Subset, "spec/subsets/0/labels", null, "DestinationRule gophers/gopher-distributor-v2", "the subset v2 of gopher-distributor.gophers.svc.cluster.local has no labels" },
        { "wrong-version", Split, "spec/http/1/route/0/destination/subset", null, SplitName, "names no subset of gopher-distributor" },
        { "default-namespace", Budget, "metadata/namespace", "\"gofers\"", "PodDisruptionBudget gofers/gopher-requester", "gofers is not declared" },
    };

    /// <summary>What looks like one of the faults, and is none.</summary>
    public static TheoryData<string, string, string?> Choices => new()
    {
        { Canary, "spec/replicas", "2" },
        { Canary, $"{Container}/image", "\"registry.example.com/gopher-distributor:2.0\"" },
        { Deployment, Url, $"\"http://{Host}:80/\"" },
        { Deployment, Url, "\"http://gopher-distributor\"" },
        { Deployment, $"{Container}/env/4/value", "\"4500\"" },
        { Deployment, $"{Container}/env/2", """{"name":"DOTNET_EnableDiagnostics_IPC","value":"0"}""" },
        { Deployment, $"{Container}/startupProbe", """{"httpGet":{"path":"/healthz","port":"http"},"periodSeconds":5,"failureThreshold":6}""" },
        { Deployment, "spec/minReadySeconds", "5" },
        { Deployment, $"{Annotations}/traffic.sidecar.istio.io~1excludeOutboundIPRanges", "\"169.254.170.23/32\"" },
        { Deployment, $"{Annotations}/sidecar.istio.io~1proxyMemoryLimit", "\"256Mi\"" },
        { Deployment, $"{Annotations}/proxy.istio.io~1config", "\"holdApplicationUntilProxyStarts: true\"" },
        { Deployment, $"{Container}/resources/requests/memory", "\"100M\"" },
        { Route, "spec/exportTo", """["istio-system"]""" },
        { Ejection, "spec/exportTo", """["*"]""" },
        { Split, "spec/exportTo", """["."]""" },
        { Gateway, "spec/servers/0/hosts", """["./*"]""" },
        { Network, "spec/ingress/0/from/0/podSelector", """{"matchExpressions":[{"key":"istio","operator":"Exists"}]}""" },
        { Istiod, "values/meshConfig/trustDomain", "\"cluster.local\"" },
        { Istiod, "values/meshConfig/rootNamespace", "\"istio-system\"" },
        { Filter, $"spec/{Selector}/labels", """{"app":"istio-ingressgateway"}""" },
        { Split, "spec/http/0/match/0/sourceLabels", """{"app":"gopher-requester"}""" },
        { Filter, "spec/configPatches/0/match/context", "\"ANY\"" },
        { "kubernetes:telemetry.istio.io/v1:Telemetry mesh-default", "spec/tracing/0/randomSamplingPercentage", "0.5" },
        { Peer, "spec/mtls", """{"mode":"STRICT"}""" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public Task What_the_cluster_takes_and_does_not_work(string rule, string resource, string path, string? json, string about, string what) =>
        Breakage.FindsAmongAsync(rule, about, what, stack => stack.Set(resource, path, json));

    [Theory]
    [MemberData(nameof(Choices))]
    public Task Not_what_works(string resource, string path, string? json) => Breakage.FindsNothingAsync(stack => stack.Set(resource, path, json));

    [Theory]
    [InlineData($"{Container}/lifecycle", null, "it ends at once")]
    [InlineData($"{Container}/lifecycle/preStop/sleep/seconds", "60", "it sleeps 60 s")]
    [InlineData($"{Pod}/terminationGracePeriodSeconds", "2", "killed after 2 s")]
    [InlineData("spec/progressDeadlineSeconds", "5", "its rollout fails after 5 s")]
    [InlineData($"{Container}/livenessProbe/timeoutSeconds", "30", "its livenessProbe waits 30 s")]
    [InlineData($"{Container}/livenessProbe/failureThreshold", "1", "one slow answer")]
    [InlineData($"{Container}/readinessProbe/periodSeconds", "300", "every 300 s")]
    public Task A_pod_without_the_time_that_it_needs(string path, string? json, string what) =>
        Breakage.FindsAsync("pod-times", Requester, what, stack => stack.Set(Deployment, path, json));

    [Theory]
    [InlineData($"{Container}/volumeMounts", """[{"name":"nowhere","mountPath":"/x"}]""", "the volume nowhere")]
    [InlineData($"{Container}/imagePullPolicy", "\"Never\"", "never pulled")]
    [InlineData($"{Container}/resources/requests/memory", "\"1Gi\"", "above its limit")]
    [InlineData($"{Pod}/priorityClassName", "\"nowhere\"", "the PriorityClass nowhere")]
    [InlineData($"{Pod}/topologySpreadConstraints/0/labelSelector/matchLabels/app", "\"other\"", "which they do not have")]
    [InlineData("spec/strategy/rollingUpdate/maxSurge", "0", "both 0")]
    [InlineData("spec/revisionHistoryLimit", "0", "nothing to go back to")]
    public Task A_workload_whose_parts_do_not_hold_together(string path, string json, string what) =>
        Breakage.FindsAsync("pod-parts", Requester, what, stack => stack.Set(Deployment, path, json));

    [Fact]
    public Task A_service_account_of_two_services() => Breakage.FindsAsync(
        "service-account", Requester, "is also that of Deployment gophers/gopher-distributor-v1", stack => stack.Set(Deployment, $"{Pod}/serviceAccountName", "\"gopher-distributor\""),
        "called-address", "wide-policy");

    [Theory]
    [InlineData("spec/rules/0/from", null, "takes every caller")]
    [InlineData("spec/rules/0/from/0/source/principals", """["*"]""", "everybody who has a certificate")]
    [InlineData("spec/selector", null, "every pod of the namespace")]
    public Task An_authorization_policy_that_is_open(string path, string? json, string what) =>
        Breakage.FindsAsync("open-policy", CallerName, what, stack => stack.Set(Caller, path, json));

    [Fact]
    public Task A_service_whose_callers_no_policy_allows() => Breakage.FindsAsync(
        "open-policy", Requester, "no policy allows anybody", stack => stack.Set(Caller, "spec/action", "\"DENY\""));

    [Theory]
    [InlineData("spec/ingress/0/from", null, "takes every caller")]
    [InlineData("spec/ingress/0/from", """[{"ipBlock":{"cidr":"0.0.0.0/0"}}]""", "from any address")]
    [InlineData("spec/ingress/0/ports", null, "every port")]
    public Task A_network_policy_that_is_open(string path, string? json, string what) =>
        Breakage.FindsAsync("open-policy", NetworkName, what, stack => stack.Set(Network, path, json));

    [Fact]
    public Task A_way_out_of_the_mesh_to_any_address() => Breakage.FindsAsync(
        "open-policy", "Sidecar gophers/default", "any address",
        stack => stack.Set("kubernetes:networking.istio.io/v1:Sidecar default", "spec/outboundTrafficPolicy/mode", "\"ALLOW_ANY\""));

    [Fact]
    public Task A_port_past_the_proxy() => Breakage.FindsAsync(
        "open-policy", Requester, "past the proxy", stack => stack.Set(Deployment, "spec/template/metadata/annotations/traffic.sidecar.istio.io~1excludeInboundPorts", "\"8080\""));

    [Theory]
    [InlineData("spec/rules/0/from/0/source/principals", """["cluster.local/ns/gophers/sa/nobody"]""", "no such service account", "refused-route", "wide-policy")]
    [InlineData("spec/rules/0/from/0/source/namespaces", """["gofers"]""", "the namespace gofers")]
    [InlineData("spec/rules/0/to/0/operation/ports", """["9999"]""", "the port 9999", "network-needs")]
    public Task A_caller_or_a_port_that_is_not_there(string path, string json, string what, params string[] also) =>
        Breakage.FindsAsync("unknown-caller", CallerName, what, stack => stack.Set(Caller, path, json), also);

    [Fact]
    public Task A_network_policy_for_a_port_that_is_not_there() => Breakage.FindsAsync(
        "unknown-caller", NetworkName, "the port 9999", stack => stack.Set(Network, "spec/ingress/0/ports/0/port", "9999"), "network-needs");

    [Theory]
    [InlineData("spec/http/1/timeout", null, "no timeout")]
    [InlineData("spec/http/0/retries/perTryTimeout", "\"60s\"", "gives a try 60s")]
    [InlineData("spec/http/0/retries/attempts", "20", "up to 20 times")]
    [InlineData("spec/http/1/retries/retryOn", "\"5xx\"", "a POST may run twice")]
    [InlineData("spec/http/1/corsPolicy", """{"allowOrigins":[{"regex":".*"}],"allowCredentials":true}""", "every site")]
    public Task A_route_without_limits(string path, string? json, string what) =>
        Breakage.FindsAsync("route-limits", RouteName, what, stack => stack.Set(Route, path, json));

    [Theory]
    [InlineData("spec/http/1/timeout", "\"0m15s\"")]
    [InlineData("spec/http/0/retries/perTryTimeout", "\"6000ms\"")]
    public async Task Not_a_route_whose_durations_have_other_units(string path, string json) =>
        Assert.Empty(await Breakage.FindingsAsync(stack => stack.Set(Route, path, json)));

    [Theory]
    [InlineData("spec/trafficPolicy/outlierDetection", null, "has no outlierDetection")]
    [InlineData("spec/trafficPolicy/connectionPool", null, "has no connectionPool")]
    [InlineData("spec/trafficPolicy/outlierDetection/maxEjectionPercent", "100", "every pod may be left out")]
    public Task A_host_whose_failing_pods_are_called(string path, string? json, string what) =>
        Breakage.FindsAsync("outlier-detection", EjectionName, what, stack => stack.Set(Ejection, path, json));

    [Theory]
    [InlineData("spec/limits", null, "no limits")]
    [InlineData("spec/template/spec/expireAfter", "\"Never\"", "never expire")]
    [InlineData("spec/template/spec/nodeClassRef/name", "\"nowhere\"", "NodeClass nowhere")]
    [InlineData("spec/template/spec/requirements/1/values", """["spot"]""", "spot instances")]
    public async Task A_pool_of_nodes_that_never_ends_or_never_starts(string path, string? json, string what)
    {
        var finding = Assert.Single(await Breakage.FindingsAsync(stack => stack.Set(NodePool, path, json)));

        Assert.Equal("node-pool", finding.Rule.Id);
        Assert.Contains(what, finding.Violation.Problem, StringComparison.Ordinal);
    }
}
