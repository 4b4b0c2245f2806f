using GopherMesh.Tests.Cluster.Harness;

namespace GopherMesh.Tests.Cluster.Security;

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
