using GopherMesh.DataPlane.Admission;
using GopherMesh.Gopherctl.Check.Reading;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>Objects that Istio's admission webhook would deny in the cluster, where a denial ends a deployment halfway.</summary>
internal static class DeniedByIstio
{
    public static PolicyRule Rule { get; } = new(
        "denied-by-istio", Severity.Error, "Istio's admission webhook takes every VirtualService, Gateway and DestinationRule.", Violations)
    {
        Others = "istioctl IST0106, IST0122",
    };

    private static IEnumerable<Violation> Violations(RenderedStack stack) =>
        from manifest in stack.Manifests
        from problem in IstioAdmission.Problems(manifest.Manifest)
        select new Violation(manifest.Manifest.DisplayName, $"{problem.Path}: {problem.Reason}", "Correct the field.");
}
