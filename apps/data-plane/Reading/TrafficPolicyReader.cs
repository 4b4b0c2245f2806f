using GopherMesh.DataPlane.Manifests;
using GopherMesh.DataPlane.Model;

namespace GopherMesh.DataPlane.Reading;

/// <summary>Reads a TrafficPolicy.</summary>
internal static class TrafficPolicyReader
{
    private static readonly Dictionary<string, LoadBalancing> Simple = new()
    {
        ["UNSPECIFIED"] = LoadBalancing.LeastRequest,
        ["LEAST_REQUEST"] = LoadBalancing.LeastRequest,
        ["LEAST_CONN"] = LoadBalancing.LeastRequest,
        ["ROUND_ROBIN"] = LoadBalancing.RoundRobin,
        ["RANDOM"] = LoadBalancing.Random,
    };

    private static readonly string[] MeshTls = ["ISTIO_MUTUAL", "DISABLE"];

    public static TrafficPolicy Read(FieldCursor policy)
    {
        var ports = new Dictionary<int, TrafficPolicy>();
        foreach (var (number, settings) in policy.ReadEach("portLevelSettings", ReadPort))
        {
            ports.TryAdd(number, settings);
        }

        return ReadSettings(policy) with { Ports = ports };
    }

    private static PortPolicy ReadPort(FieldCursor port) => new(
        port.Read("port", selector => new PortPolicy(selector.WholeNumber("number", 1, 65535) ?? 0, TrafficPolicy.Empty))?.Port ?? port.Missing("port", 0),
        ReadSettings(port));

    private static TrafficPolicy ReadSettings(FieldCursor policy)
    {
        policy.Read("tls", ReadTls);
        return new(
            policy.Read("loadBalancer", balancer => new Balancer(balancer.Choice("simple", Simple) ?? LoadBalancing.LeastRequest))?.Simple,
            policy.Read("connectionPool", ConnectionPoolReader.Read),
            policy.Read("outlierDetection", OutlierDetectionReader.Read),
            TrafficPolicy.Empty.Ports);
    }

    /// <summary>Leaves a mode of the mesh's own to the list of what is not rehearsed; others change who can be reached.</summary>
    private static Tls ReadTls(FieldCursor tls)
    {
        if (!MeshTls.Any(mode => tls.Is("mode", mode)))
        {
            tls.RefuseIfPresent("mode", $"the rehearsal accepts {string.Join(" and ", MeshTls)}");
        }

        return new();
    }

    private sealed record Balancer(LoadBalancing Simple);

    private sealed record PortPolicy(int Port, TrafficPolicy Settings);

    private sealed record Tls;
}
