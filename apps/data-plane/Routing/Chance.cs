namespace GopherMesh.DataPlane.Routing;

/// <summary>Random decisions, as Envoy makes them.</summary>
internal static class Chance
{
    private const uint Million = 1_000_000;

    /// <summary>True for <paramref name="percentage"/> (0 to 100) of the draws, to a millionth (route.go, translatePercentToFractionalPercent).</summary>
    public static bool Hits(double percentage, IRandomSource random) => (uint)(percentage * 10_000) switch
    {
        0 => false,
        >= Million => true,
        var millionths => random.Next(Million) < millionths,
    };

    /// <summary>Picks by weight; a single destination gets everything, whatever its weight (route.go, applyHTTPRouteDestination).</summary>
    public static WeightedCluster Pick(ForwardAction action, IRandomSource random)
    {
        var clusters = action.Clusters;
        if (clusters.Length == 1)
        {
            return clusters[0];
        }

        var draw = random.Next(action.TotalWeight);
        foreach (var cluster in clusters)
        {
            if (draw < cluster.Weight)
            {
                return cluster;
            }

            draw -= cluster.Weight;
        }

        throw new InvalidOperationException("A draw below the total weight falls into one of the weights.");
    }
}
