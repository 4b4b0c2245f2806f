namespace GopherMesh.Infra.Settings;

/// <summary>What has to be known of an AWS region before anything in it is declared.</summary>
public static class Region
{
    /// <summary>
    /// Zones in which EKS cannot place the control plane's network interfaces, by zone ID, which unlike a zone's name means the same in
    /// every account (EKS user guide, "network_reqs", subnet requirements).
    /// </summary>
    public static IReadOnlyList<string> ZonesWithoutEks { get; } = ["use1-az3", "usw1-az2", "cac1-az3"];

    // Regions that have fewer zones than the three that we want, once those without EKS are left out.
    private static readonly IReadOnlyDictionary<string, int> SmallRegions = new Dictionary<string, int> { ["us-west-1"] = 2 };

    /// <summary>The zones to spread over: three, or as many as the region has for EKS where they are fewer.</summary>
    public static int Zones(string region) => SmallRegions.GetValueOrDefault(region, NetworkSettings.MostZones);

    /// <summary>The second part of every ARN in the region (IAM user guide, "Amazon Resource NameRules").</summary>
    public static string Partition(string region) => region switch
    {
        _ when region.StartsWith("cn-", StringComparison.Ordinal) => "aws-cn",
        _ when region.StartsWith("us-gov-", StringComparison.Ordinal) => "aws-us-gov",
        _ => "aws",
    };
}
