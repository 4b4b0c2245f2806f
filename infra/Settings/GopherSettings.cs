using System.Collections.Immutable;

namespace GopherMesh.Infra.Settings;

/// <summary>
/// The two services. An empty image is built from this repository; at a maximum of 0 nothing scales; pods of a service without a role have no
/// rights in AWS.
/// </summary>
public sealed record GopherSettings(
    string Namespace,
    int RequesterReplicas,
    int RequesterMaxReplicas,
    int DistributorReplicas,
    int DistributorMaxReplicas,
    string RequesterImage,
    string? RequesterRoleArn,
    string? DistributorRoleArn)
{
    /// <summary>The most pods of a Deployment, so that a typing error costs no money.</summary>
    private const int MostReplicas = 100;

    private const string NameAnImage = "name an image that the cluster can pull or has loaded: the stack has no registry to push one to";

    private static readonly SettingKey<string> NamespaceKey = new("namespace", "gophers", Parse.Text(NameRules.Namespace));

    private static readonly SettingKey<int> RequesterReplicasKey = new("requesterReplicas", "3", Parse.Number(1, MostReplicas));

    private static readonly SettingKey<int> DistributorReplicasKey = new("distributorReplicas", "3", Parse.Number(1, MostReplicas));

    private static readonly SettingKey<int> RequesterMaxReplicasKey = new("requesterMaxReplicas", "0", Parse.Number(0, MostReplicas));

    private static readonly SettingKey<int> DistributorMaxReplicasKey = new("distributorMaxReplicas", "0", Parse.Number(0, MostReplicas));

    private static readonly SettingKey<string> RequesterImageKey = new(
        "requesterImage", "", Parse.Text(text => text.Length == 0 ? null : ImageReference.Rule(text)));

    private static readonly SettingKey<string?> RequesterRoleArnKey = new("requesterRoleArn", "", Parse.OptionalText(AwsCredentials.RoleRule)) { OnlyOn = ClusterKind.Eks };

    private static readonly SettingKey<string?> DistributorRoleArnKey = new("distributorRoleArn", "", Parse.OptionalText(AwsCredentials.RoleRule)) { OnlyOn = ClusterKind.Eks };

    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        .. Autoscaled(RequesterMaxReplicasKey, RequesterReplicasKey, gophers => (gophers.RequesterReplicas, gophers.RequesterMaxReplicas)),
        .. Autoscaled(DistributorMaxReplicasKey, DistributorReplicasKey, gophers => (gophers.DistributorReplicas, gophers.DistributorMaxReplicas)),
        OfTheClustersAccount(RequesterRoleArnKey, gophers => gophers.RequesterRoleArn),
        OfTheClustersAccount(DistributorRoleArnKey, gophers => gophers.DistributorRoleArn),
        SettingCheck.Refuse(
            [RequesterImageKey, ClusterSettings.KindKey],
            settings => settings.Cluster.Kind == ClusterKind.Existing && settings.Gophers.RequesterImage.Length == 0,
            _ => NameAnImage),
        new(
            [RolloutSettings.VersionsKey, ClusterSettings.KindKey],
            settings => settings.Cluster.Kind == ClusterKind.Existing
                ? settings.Rollout.Versions.Where(version => version.Value.Length == 0).Select(version => new Problem(NameAnImage, $".{version.Key}", ""))
                : []),
    ];

    internal static GopherSettings Read(SettingsReader from) => new(
        Namespace: from.Read(NamespaceKey),
        RequesterReplicas: from.Read(RequesterReplicasKey),
        RequesterMaxReplicas: from.Read(RequesterMaxReplicasKey),
        DistributorReplicas: from.Read(DistributorReplicasKey),
        DistributorMaxReplicas: from.Read(DistributorMaxReplicasKey),
        RequesterImage: from.Read(RequesterImageKey),
        RequesterRoleArn: from.Read(RequesterRoleArnKey),
        DistributorRoleArn: from.Read(DistributorRoleArnKey));

    private static IEnumerable<SettingCheck> Autoscaled(SettingKey most, SettingKey least, Func<GopherSettings, (int Least, int Most)> replicas) =>
    [
        SettingCheck.Refuse(
            [most, least],
            settings => replicas(settings.Gophers) is { Most: > 0 } bounds && bounds.Most <= bounds.Least,
            settings => $"use more than {least.Name} ({replicas(settings.Gophers).Least}), or 0 for no autoscaler"),
        SettingCheck.Refuse(
            [most, ClusterSettings.KindKey, EksSettings.MetricsServerKey],
            settings => settings is { Cluster.Kind: ClusterKind.Eks, Eks.MetricsServer: false } && replicas(settings.Gophers).Most > 0,
            _ => $"set {EksSettings.MetricsServerKey.Name} to true, by which an autoscaler learns what pods use, or set this to 0"),
    ];

    // EKS passes the role on, and iam:PassRole does not reach into another account (EKS user guide, "pod-id-assign-target-role").
    private static SettingCheck OfTheClustersAccount(SettingKey key, Func<GopherSettings, string?> role) => SettingCheck.Refuse(
        [key, AwsCredentials.AssumeRolesKey, AwsCredentials.AllowedAccountIdsKey],
        settings => role(settings.Gophers) is { } arn && settings.Eks.Credentials.Accounts is { IsEmpty: false } accounts && !accounts.Contains(AwsCredentials.AccountOf(arn)),
        settings => $"use a role of the cluster's own account, {string.Join(" or ", settings.Eks.Credentials.Accounts)}: "
            + $"this one is of {AwsCredentials.AccountOf(role(settings.Gophers)!)}, and EKS takes no role of another account");
}
