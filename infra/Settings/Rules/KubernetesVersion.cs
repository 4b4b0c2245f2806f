namespace GopherMesh.Infra.Settings.Rules;

/// <summary>The versions of Kubernetes on which the stack can run.</summary>
internal static class KubernetesVersion
{
    /// <summary>
    /// Those that EKS offers (EKS user guide, "kubernetes-versions", read in 2026-11) and on which the default Istio is supported
    /// (istio.io, "supported-releases"). 1.33 is in extended support since 2026-07-29, 1.34 from 2026-12-02, 1.35 from 2027-03-27 on.
    /// </summary>
    private static readonly string[] Supported = ["1.33", "1.34", "1.35", "1.36"];

    /// <summary>The supported versions that only extended support still keeps.</summary>
    private static readonly string[] PastStandardSupport = ["1.33"];

    /// <summary>A minor version, without patch: EKS chooses the patch.</summary>
    public static string? Rule(string text) =>
        Supported.Contains(text)
            ? null
            : $"use one of {string.Join(", ", Supported)}: EKS offers them and Istio supports them; EKS chooses the patch version itself";

    /// <summary>Whether EKS would upgrade a cluster of this version as soon as it may.</summary>
    public static bool NeedsExtendedSupport(string version) => PastStandardSupport.Contains(version);
}
