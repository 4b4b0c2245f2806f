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

/// <summary>The source of every random choice, so that a seed repeats a run.</summary>
internal interface IRandomSource
{
    /// <summary>A number from 0 to <paramref name="exclusiveMaximum"/> - 1, all equally likely.</summary>
    uint Next(uint exclusiveMaximum);
}

/// <summary>
/// Splitmix64 (Steele, Lea, Flood 2014) over an atomic counter: without locks, and for one seed the same sequence whenever requests come
/// one after another.
/// </summary>
internal sealed class SeededRandom(ulong seed) : IRandomSource
{
    private const ulong Increment = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    public uint Next(uint exclusiveMaximum)
    {
        var bits = Interlocked.Add(ref _state, Increment);
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        bits ^= bits >> 31;

        // The upper half times the range: biased by less than range/2^32.
        return (uint)(((bits >> 32) * exclusiveMaximum) >> 32);
    }
}
