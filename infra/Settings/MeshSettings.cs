using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace GopherMesh.Infra.Settings;

/// <summary>Istio and its ingress gateway.</summary>
public sealed partial record MeshSettings(string IstioVersion, bool Cni, ImmutableArray<string> Hosts, string ServiceType)
{
    /// <summary>The oldest release that the tests on a real cluster have installed.</summary>
    private static readonly Version OldestIstio = new(1, 31, 0);

    private static readonly ImmutableSortedDictionary<string, string> ServiceTypes =
        new[] { "ClusterIP", "LoadBalancer", "NodePort" }.ToImmutableSortedDictionary(type => type, type => type, StringComparer.Ordinal);

    private static readonly SettingKey<string> IstioVersionKey = new("istioVersion", "1.31.0", Parse.Text(IstioVersionRule));

    // Off, because that works everywhere: docs/eks.md says what the plugin requires of a node, and what it is good for.
    private static readonly SettingKey<bool> CniKey = new("istioCni", "false", Parse.Flag);

    internal static readonly SettingKey<ImmutableArray<string>> HostsKey = new("gatewayHosts", """["*"]""", Parse.List(NameRules.Host));

    private static readonly SettingKey<string> ServiceTypeKey = new("gatewayServiceType", "LoadBalancer", Parse.OneOf(ServiceTypes))
    {
        OnlyOn = ClusterKind.Existing,
    };

    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        SettingCheck.Refuse(
            [HostsKey],
            settings => settings.Mesh.Hosts.IsEmpty,
            _ => """name at least one host, or ["*"] for every host"""),
        SettingCheck.Refuse(
            [HostsKey],
            settings => settings.Mesh.Hosts.Length > 1 && settings.Mesh.Hosts.Contains("*"),
            _ => "remove * or the other hosts: * already means every host"),
    ];

    internal static MeshSettings Read(SettingsReader from) => new(
        IstioVersion: from.Read(IstioVersionKey),
        Cni: from.Read(CniKey),
        Hosts: from.Read(HostsKey),
        ServiceType: from.Read(ServiceTypeKey));

    // A full version, so that the same configuration installs the same charts tomorrow.
    private static string? IstioVersionRule(string text) =>
        IstioVersionPattern().IsMatch(text) && Version.Parse(text) is var version && version >= OldestIstio && version.Major == OldestIstio.Major
            ? null
            : $"use a full version of Istio 1, {OldestIstio} or later";

    [GeneratedRegex(@"\A1\.[1-9][0-9]{0,2}\.(0|[1-9][0-9]{0,2})\z")]
    private static partial Regex IstioVersionPattern();
}
