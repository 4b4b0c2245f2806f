using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Security;

/// <summary>Nobody but the gateway reaches the requester, and nobody but the requester the distributor.</summary>
[Collection(nameof(OneMesh))]
public sealed class RefusedCalls(Mesh mesh, UnauthorizedCallers callers) : IClassFixture<UnauthorizedCallers>
{
    [ClusterFact]
    public async Task The_way_from_the_gateway_over_the_requester_to_the_distributor_is_open()
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        Assert.Contains("Request >> Gopher Version", await client.GetStringAsync(mesh.Gateway));
    }

    [ClusterFact]
    public async Task A_pod_outside_the_mesh_reaches_what_is_outside() =>
        Assert.Contains("Request >> Gopher Version", await callers.AskAsync(UnauthorizedCallers.Outside, "to-open"));

    [ClusterTheory]
    [InlineData("gopher-requester")]
    [InlineData("gopher-distributor")]
    public async Task Plain_text_from_outside_the_mesh_is_refused_before_it_is_read(string service)
    {
        var answer = await callers.AskAsync(UnauthorizedCallers.Outside, $"to-{service}");

        Report.Line($"plain text from outside the mesh to {service}: {answer.Trim()}");
        Assert.Contains("gopher-distributor closed the connection", answer);
    }

    [ClusterTheory]
    [InlineData("gopher-requester")]
    [InlineData("gopher-distributor")]
    public async Task Another_identity_of_the_mesh_is_forbidden(string service)
    {
        var answer = await callers.AskAsync(UnauthorizedCallers.Elsewhere, $"to-{service}");

        Report.Line($"another identity of the mesh to {service}: {answer.Trim()}");
        Assert.Contains("gopher-distributor answered 403", answer);
    }

    [ClusterFact]
    public async Task A_gophers_proxy_lets_nothing_out_that_it_was_not_told_of()
    {
        var answer = await callers.AskAsync(mesh.Namespace, "to-open");

        Report.Line($"from the gophers' namespace to another: {answer.Trim()}");
        Assert.Contains("gopher-distributor answered 502", answer);
    }

    [ClusterFact]
    public async Task Nothing_leaves_the_mesh_to_an_address_that_is_not_in_its_registry()
    {
        var refused = await callers.AskAsync(UnauthorizedCallers.Elsewhere, "to-address");

        Report.Line($"from the mesh to an address: {refused.Trim()}");
        Assert.Contains("gopher-distributor", refused);
        Assert.DoesNotContain("Gopher Version", refused);
        Assert.Contains("Request >> Gopher Version", await callers.AskAsync(UnauthorizedCallers.Outside, "to-address"));
    }
}

/// <summary>What proxies are told of the mesh.</summary>
[Collection(nameof(OneMesh))]
public sealed class KnownHosts(Mesh mesh)
{
    [ClusterFact]
    public async Task A_gophers_proxy_is_told_of_its_own_namespace_only()
    {
        foreach (var app in (string[])["gopher-requester", "gopher-distributor"])
        {
            var hosts = await HostsAsync((await Pods.OfAsync(mesh.Namespace, $"app={app}"))[0]);

            Assert.Contains($"gopher-distributor.{mesh.Namespace}.svc.cluster.local", hosts);
            Assert.All(hosts, host => Assert.EndsWith($".{mesh.Namespace}.svc.cluster.local", host, StringComparison.Ordinal));
        }
    }

    [ClusterFact]
    public async Task A_proxy_that_no_Sidecar_limits_is_told_of_other_namespaces()
    {
        var hosts = await HostsAsync((await Pods.OfAsync("istio-system", "istio=ingressgateway"))[0]);

        Assert.Contains(hosts, host => host.EndsWith(".istio-system.svc.cluster.local", StringComparison.Ordinal));
    }

    // outbound|80|v1|gopher-distributor.gophers.svc.cluster.local
    private static async Task<IReadOnlyList<string>> HostsAsync(Pod pod)
    {
        var dump = await pod.EnvoyAsync("config_dump?resource=dynamic_active_clusters");
        return [.. dump["configs"]!.AsArray()
            .Select(config => ((string)config!["cluster"]!["name"]!).Split('|'))
            .Where(name => name[0] == "outbound")
            .Select(name => name[3])
            .Distinct()];
    }
}
