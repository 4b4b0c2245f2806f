namespace GopherMesh.Tests.Rehearsal.Check;

/// <summary>The rules about objects that the API server takes, and that then fail callers or let in too many.</summary>
public sealed class ContradictionRuleTests
{
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
        "service-account", Requester, "is also that of Deployment gophers/gopher-distributor-v1", stack => stack.Set(Deployment, $"{Pod}/serviceAccountName", "\"gopher-distributor\""));

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
    [InlineData("spec/rules/0/from/0/source/principals", """["cluster.local/ns/gophers/sa/nobody"]""", "no such service account", "refused-route")]
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
    [InlineData("spec/http/1/timeout", "\"1m30s\"")]
    [InlineData("spec/http/0/retries/perTryTimeout", "\"0.5s\"")]
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
