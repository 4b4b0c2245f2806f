using System.Collections.Immutable;

namespace GopherMesh.Infra.Settings;

/// <summary>Istio and its ingress gateway.</summary>
/// <param name="IstioVersion">Version of the charts.</param>
/// <param name="Cni">Whether Istio's CNI plugin sets up the network of pods.</param>
/// <param name="Hosts">Hosts that the gateway answers to; <c>*</c> alone means every host.</param>
/// <param name="ServiceType">Type of the gateway's Service: LoadBalancer, NodePort or ClusterIP.</param>
public sealed record MeshSettings(string IstioVersion, bool Cni, ImmutableArray<string> Hosts, string ServiceType)
{
    internal static readonly ImmutableArray<SettingCheck> Checks =
    [
        SettingCheck.Refuse(
            [MeshKeys.Hosts],
            settings => settings.Mesh.Hosts.IsEmpty,
            _ => """name at least one host, or ["*"] for every host"""),
        SettingCheck.Refuse(
            [MeshKeys.Hosts],
            settings => settings.Mesh.Hosts.Length > 1 && settings.Mesh.Hosts.Contains("*"),
            _ => "remove * or the other hosts: * already means every host"),
    ];

    internal static MeshSettings Read(SettingsReader from) => new(
        IstioVersion: from.Read(MeshKeys.Version),
        Cni: from.Read(MeshKeys.Cni),
        Hosts: from.Read(MeshKeys.Hosts),
        ServiceType: from.Read(MeshKeys.ServiceType));
}
