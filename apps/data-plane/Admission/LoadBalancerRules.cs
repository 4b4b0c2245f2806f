using System.Text.Json.Nodes;

namespace GopherMesh.DataPlane.Admission;

/// <summary>
/// What Istio denies of a loadBalancer (validation.go, validateLoadBalancer; agent/validation.go, ValidateLocalityLbSetting, ValidateZoneAwareLbSetting).
/// </summary>
internal static class LoadBalancerRules
{
    /// <summary>Envoy's largest table (maglev_lb.h).</summary>
    private const double LargestTable = 5_000_011;

    private static readonly string[] Topology = ["topology.kubernetes.io/region", "topology.kubernetes.io/zone", "topology.istio.io/subzone"];

    /// <summary>The rules of the loadBalancer at a path.</summary>
    public static IEnumerable<AdmissionRule> Of(string balancer) =>
    [
        new($"{balancer}.consistentHash.httpCookie", "validateLoadBalancer", cookie => cookie.Has("name") ? null : "has no name"),
        new($"{balancer}.consistentHash.httpCookie.attributes", "validateLoadBalancer", Attributes),
        new($"{balancer}.consistentHash", "validateLoadBalancer", hash =>
            NumberOf(hash, "minimumRingSize") > 0 && (hash.Object!["ringHash"] is not null || hash.Object["maglev"] is not null)
                ? "has both minimumRingSize and ringHash or maglev" : null),
        new($"{balancer}.consistentHash.maglev", "validateLoadBalancer", maglev =>
            NumberOf(maglev, "tableSize") is not ({ } size and > 0 and < LargestTable) || !IsPrime((long)size) ? "needs a tableSize that is a prime below 5000011" : null),
        new($"{balancer}.warmup", "validateLoadBalancer", warmup => warmup.Object?["duration"] is null ? "has no duration" : null),
        new($"{balancer}.warmup.duration", "ValidateDuration", Checks.Duration),
        new($"{balancer}.warmup.minimumPercent", "validateLoadBalancer", percent => percent.Number > 100 ? "must be at most 100" : null),
        new($"{balancer}.warmup.aggression", "validateLoadBalancer", aggression => aggression.Number <= 0 ? "must be above 0" : null),
        new(balancer, "validateLoadBalancer", given =>
            given.Object?["localityLbSetting"] is not null && given.Object["zoneAwareLbSetting"] is not null ? "has both localityLbSetting and zoneAwareLbSetting" : null),
        new($"{balancer}.localityLbSetting", "ValidateLocalityLbSetting", Locality),
        new($"{balancer}.localityLbSetting.distribute", "validateLocalities", distribute => Overlap(Members(distribute, "from"))),
        new($"{balancer}.localityLbSetting.distribute[].to", "ValidateLocalityLbSetting", Shares),
        new($"{balancer}.localityLbSetting.failover[]", "ValidateLocalityLbSetting", Failover),
        new($"{balancer}.zoneAwareLbSetting.failover[]", "ValidateZoneAwareLbSetting", Failover),
        new($"{balancer}.zoneAwareLbSetting.failoverPriority[]", "ValidateZoneAwareLbSetting", label =>
            Topology.Contains(label.Text) ? "names a label of the topology, which zoneAwareLbSetting orders by itself" : null),
    ];

    private static double? NumberOf(Field owner, string member) => new Field("", "", owner.Object?[member], null).Number;

    private static IEnumerable<string> Members(Field items, string member) =>
        (items.Node as JsonArray ?? []).Select(item => new Field("", "", item, null).TextOf(member) ?? "");

    private static string? Attributes(Field attributes)
    {
        var names = Members(attributes, "name").ToList();
        return names.Contains("") ? "has an attribute without a name" : names.Distinct().Count() < names.Count ? "names an attribute twice" : null;
    }

    private static string? Locality(Field locality) =>
        locality.Has("distribute") && locality.Has("failover") ? "has both distribute and failover"
        : locality.Has("failover") && locality.Items("failoverPriority").Any(label => Topology.Contains(new Field("", "", label, null).Text))
            ? "has failover and a label of the topology in failoverPriority"
        : null;

    private static string? Shares(Field to)
    {
        var shares = (to.Object ?? []).Select(entry => new Field("", "", entry.Value, null).Number ?? 0).ToList();
        return shares.Any(share => share is <= 0 or > 100) ? "has a weight that is not from 1 to 100"
            : shares.Sum() is not 100 ? "has weights that do not add up to 100"
            : Overlap((to.Object ?? []).Select(entry => entry.Key));
    }

    private static string? Failover(Field failover)
    {
        var (from, to) = (failover.TextOf("from") ?? "", failover.TextOf("to") ?? "");
        return from == to ? "leads from a region to itself"
            : from.Contains('/', StringComparison.Ordinal) || to.Contains('/', StringComparison.Ordinal) ? "must name regions alone, without zones"
            : from.Contains('*', StringComparison.Ordinal) || to.Contains('*', StringComparison.Ordinal) ? "must name regions, without wildcards"
            : null;
    }

    /// <summary>agent/validation.go, validateLocalities: <c>region/zone/subzone</c>, of which a shorter one covers the longer ones.</summary>
    private static string? Overlap(IEnumerable<string> localities)
    {
        var seen = new List<string[]>();
        foreach (var locality in localities)
        {
            var parts = locality.Split('/', 3);
            if (parts.Contains(""))
            {
                return $"\"{locality}\" has an empty part";
            }

            if (locality.Contains('*', StringComparison.Ordinal) && locality.IndexOf('*', StringComparison.Ordinal) != locality.Length - 1)
            {
                return $"\"{locality}\" has a wildcard that is not at its end";
            }

            // A shorter one covers the longer ones, whichever comes first.
            if (seen.Any(other => other[0] == "*" || Covers(other, parts) || Covers(parts, other)))
            {
                return $"\"{locality}\" overlaps with one before it";
            }

            seen.Add(parts);
        }

        return null;
    }

    private static bool Covers(string[] shorter, string[] longer) =>
        shorter.Zip(longer).All(pair => pair.First == pair.Second || (pair.First == "*" && shorter.Length > 1)) && shorter.Length <= longer.Length;

    private static bool IsPrime(long number)
    {
        for (var factor = 2L; factor * factor <= number; factor++)
        {
            if (number % factor == 0)
            {
                return false;
            }
        }

        return number > 0;
    }
}
