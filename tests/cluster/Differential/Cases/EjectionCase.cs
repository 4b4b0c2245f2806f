using static GopherMesh.Tests.Cluster.Differential.Cases.Writing;

namespace GopherMesh.Tests.Cluster.Differential.Cases;

/// <summary>Two pods of which one answers only 500, without retries that would hide it.</summary>
internal static class EjectionCase
{
    public static RoutingCase Routing { get; } = new("ejection", To("pair", "retries: { attempts: 0 },"), new Probe());
}
