using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace GopherMesh.Infra.Settings;

/// <summary>What EKS does with a cluster whose version leaves standard support (EKS user guide, "view-upgrade-policy").</summary>
public enum KubernetesSupport
{
    /// <summary>It upgrades the control plane by itself.</summary>
    Standard,

    /// <summary>It keeps the version for another year, at six times the hourly price of the control plane.</summary>
    Extended,
}

/// <summary>The EKS cluster. It has no effect on an existing cluster, where the region is empty.</summary>
public sealed partial record EksSettings(
    string Region,
    AwsCredentials Credentials,
    string KubernetesVersion,
    KubernetesSupport KubernetesSupport,
    bool DeletionProtection,
    ImmutableArray<string> ApiAllowedCidrs,
    bool ApiPrivate,
    IReadOnlyDictionary<string, AccessGrant> AccessEntries,
    NetworkSettings Network,
    LoadBalancerSettings LoadBalancer,
    int LogRetentionDays,
    int KeyDeletionWindowDays,
    int NodeCpuLimit,
    MaintenanceWindow? NodeMaintenanceWindow,
    bool MetricsServer,
    string Owner)
{
    /// <summary>
    /// The versions that EKS offers and on which the default Istio is supported (istio.io, "supported-releases"), and the day on which each leaves
    /// standard support (EKS user guide, "kubernetes-versions", read on <see cref="VersionsRead"/>).
    /// </summary>
    private static readonly ImmutableSortedDictionary<string, DateOnly> StandardSupportEnds = new Dictionary<string, DateOnly>
    {
        ["1.33"] = new(2026, 7, 29),
        ["1.34"] = new(2026, 12, 2),
        ["1.35"] = new(2027, 3, 27),
        ["1.36"] = new(2027, 8, 2),
    }.ToImmutableSortedDictionary(StringComparer.Ordinal);

    private static readonly DateOnly VersionsRead = new(2026, 11, 28);

    // Long enough for a version of Istio, tests and a maintenance window to be found.
    private const int DaysOfWarning = 60;

    // EKS user guide, "service-quotas".
    private const int MostApiCidrs = 40;

    // CloudWatch Logs API reference, PutRetentionPolicy.
    private static readonly int[] RetentionDays = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

    internal static readonly SettingKey<string?> RegionKey = new("region", "", Parse.OptionalText(RegionRule))
    {
        OnlyOn = ClusterKind.Eks,
        Namespace = Project.AwsNamespace,
    };

    private static readonly SettingKey<string> KubernetesVersionKey = new("kubernetesVersion", "1.35", Parse.Text(KubernetesVersionRule)) { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<KubernetesSupport> KubernetesSupportKey = new(
        "kubernetesSupport", "standard", Parse.OneOf<KubernetesSupport>())
    { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<bool> DeletionProtectionKey = new("deletionProtection", "false", Parse.Flag) { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<ImmutableArray<string>> ApiAllowedCidrsKey = new("apiAllowedCidrs", "[]", Parse.List(Cidr.PublicIPv4)) { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<bool> ApiPrivateKey = new("apiPrivate", "false", Parse.Flag) { OnlyOn = ClusterKind.Eks };

    internal static readonly SettingKey<IReadOnlyDictionary<string, AccessGrant>> AccessEntriesKey = new("accessEntries", "{}", AccessGrant.ParseAll) { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<int> LogRetentionDaysKey = new("logRetentionDays", "30", ParseRetention) { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<int> KeyDeletionWindowDaysKey = new("keyDeletionWindowDays", "30", Parse.Number(7, 30)) { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<int> NodeCpuLimitKey = new("nodeCpuLimit", "16", Parse.Number(4, 1000)) { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<MaintenanceWindow?> NodeMaintenanceWindowKey = new("nodeMaintenanceWindow", "", MaintenanceWindow.Parse) { OnlyOn = ClusterKind.Eks };

    // Off, so that a cluster runs nothing that nobody asks for.
    internal static readonly SettingKey<bool> MetricsServerKey = new("metricsServer", "false", Parse.Flag) { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<string> OwnerKey = new("owner", "gopher-mesh", Parse.Text(TagValueRule)) { OnlyOn = ClusterKind.Eks };

    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        SettingCheck.Refuse(
            [RegionKey, ClusterSettings.KindKey],
            settings => settings is { Cluster.Kind: ClusterKind.Eks, Eks.Region: "" },
            _ => "name the AWS region, e.g. pulumi config set aws:region ap-southeast-2"),
        SettingCheck.Refuse(
            [ApiPrivateKey, ApiAllowedCidrsKey],
            settings => settings.Eks is { ApiPrivate: true, ApiAllowedCidrs.IsEmpty: false },
            _ => "set it to false, or empty apiAllowedCidrs: a private API lets nobody in over the internet"),
        SettingCheck.Refuse(
            [ApiAllowedCidrsKey],
            settings => settings.Eks.ApiAllowedCidrs.Length > MostApiCidrs,
            _ => $"name at most {MostApiCidrs} blocks: EKS takes no more"),
        // Here of the day on which the dates were read, so that what deploys nothing gives the same answer tomorrow.
        SettingCheck.Refuse(
            [KubernetesVersionKey, KubernetesSupportKey],
            settings => settings.Cluster.Kind == ClusterKind.Eks && settings.Eks.SupportEnded(VersionsRead) is not null,
            settings => settings.Eks.SupportEnded(VersionsRead)!.Remedy),
    ];

    /// <summary>The versions of Kubernetes that EKS offers.</summary>
    public static IReadOnlyCollection<string> KubernetesVersions => [.. StandardSupportEnds.Keys];

    private DateOnly? StandardSupportUntil => KubernetesSupport == KubernetesSupport.Standard ? StandardSupportEnds[KubernetesVersion] : null;

    /// <summary>The error of a version that EKS no longer keeps on a day, in UTC; null if it does.</summary>
    public SettingError? SupportEnded(DateOnly today) => StandardSupportUntil is { } end && today >= end
        ? new(
            KubernetesVersionKey.FullName,
            KubernetesVersion,
            $"standard support of it ended on {end:O}, and EKS has upgraded the cluster or will: set it to what runs (aws eks describe-cluster --name NAME "
            + "--query cluster.version), for a new stack to a later version, or set kubernetesSupport to extended")
        : null;

    /// <summary>The warning, in the 60 days before, that EKS will upgrade the cluster by itself; null if there is nothing to warn of.</summary>
    public string? SupportWarning(DateOnly today) => StandardSupportUntil is { } end && today < end && today >= end.AddDays(-DaysOfWarning)
        ? $"standard support of kubernetesVersion {KubernetesVersion} ends on {end:O}, and EKS then upgrades the cluster by itself, at an hour of its own: "
            + "set a later version before, or kubernetesSupport to extended."
        : null;

    internal static EksSettings Read(SettingsReader from) => new(
        Region: from.Read(RegionKey) ?? "",
        Credentials: AwsCredentials.Read(from),
        KubernetesVersion: from.Read(KubernetesVersionKey),
        KubernetesSupport: from.Read(KubernetesSupportKey),
        DeletionProtection: from.Read(DeletionProtectionKey),
        ApiAllowedCidrs: from.Read(ApiAllowedCidrsKey),
        ApiPrivate: from.Read(ApiPrivateKey),
        AccessEntries: from.Read(AccessEntriesKey),
        Network: NetworkSettings.Read(from),
        LoadBalancer: LoadBalancerSettings.Read(from),
        LogRetentionDays: from.Read(LogRetentionDaysKey),
        KeyDeletionWindowDays: from.Read(KeyDeletionWindowDaysKey),
        NodeCpuLimit: from.Read(NodeCpuLimitKey),
        NodeMaintenanceWindow: from.Read(NodeMaintenanceWindowKey),
        MetricsServer: from.Read(MetricsServerKey),
        Owner: from.Read(OwnerKey));

    private static string? RegionRule(string text) => RegionPattern().IsMatch(text) ? null : "use the code of a region, such as ap-southeast-2";

    private static string? KubernetesVersionRule(string text) =>
        StandardSupportEnds.ContainsKey(text)
            ? null
            : $"use one of {string.Join(", ", StandardSupportEnds.Keys)}: EKS offers them and Istio supports them; EKS chooses the patch version itself";

    private static Parsed<int> ParseRetention(string text)
    {
        var days = Array.Find(RetentionDays, days => days.ToString(CultureInfo.InvariantCulture) == text);
        return days != 0 ? days : new Problem($"use one of the numbers of days that CloudWatch takes: {string.Join(", ", RetentionDays)}");
    }

    // What every AWS service accepts (AWS tagging guide), except comma and equals sign, which separate the pairs in the annotation that
    // gives the load balancer its tags.
    private static string? TagValueRule(string text) =>
        text.Length is > 0 and <= 256 && TagValuePattern().IsMatch(text) && text == text.Trim()
            ? null
            : "use 1 to 256 letters, digits, spaces and . : / + - @ _";

    [GeneratedRegex(@"\A[a-z]{2,3}(-[a-z]+)+-[1-9]\z")]
    private static partial Regex RegionPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9 .:/+@_-]+\z")]
    private static partial Regex TagValuePattern();
}

/// <summary>What has to be known of an AWS region before anything in it is declared.</summary>
public static class Region
{
    // Regions that have fewer zones than the three that we want, once those without EKS are left out.
    private static readonly IReadOnlyDictionary<string, int> SmallRegions = new Dictionary<string, int> { ["us-west-1"] = 2 };

    /// <summary>
    /// Zones in which EKS cannot place the control plane's network interfaces, by zone ID, which unlike a zone's name means the same in
    /// every account (EKS user guide, "network_reqs", subnet requirements).
    /// </summary>
    public static IReadOnlyList<string> ZonesWithoutEks { get; } = ["use1-az3", "usw1-az2", "cac1-az3"];

    /// <summary>The zones to spread over: three, or as many as the region has for EKS where they are fewer.</summary>
    public static int Zones(string region) => SmallRegions.GetValueOrDefault(region, NetworkSettings.MostZones);

    /// <summary>The second part of every ARN in the region (IAM user guide, "Amazon Resource Names").</summary>
    public static string Partition(string region) => region switch
    {
        _ when region.StartsWith("cn-", StringComparison.Ordinal) => "aws-cn",
        _ when region.StartsWith("us-gov-", StringComparison.Ordinal) => "aws-us-gov",
        _ => "aws",
    };
}
