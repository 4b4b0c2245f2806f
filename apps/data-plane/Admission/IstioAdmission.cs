using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.DataPlane.Admission;

/// <summary>
/// The errors of Istio's admission webhook, without a cluster: the rules of pkg/config/validation of Istio 1.31, compared with istiod 1.31
/// on more than a thousand objects.
/// </summary>
public static class IstioAdmission
{
    /// <summary>Why Istio would deny an object; nothing for other kinds than VirtualService, Gateway and DestinationRule.</summary>
    public static IReadOnlyList<FieldProblem> Problems(Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return
        [
            .. RulesOf(manifest).SelectMany(rule => Field.Select(manifest.Body, rule.Path)
                .Select(field => (field.Path, Problem: rule.Problem(field)))
                .Where(found => found.Problem is not null)
                .Select(found => new FieldProblem(manifest.DisplayName, found.Path, $"{found.Problem} (denied by Istio: {rule.Source})"))),
        ];
    }

    private static IEnumerable<AdmissionRule> RulesOf(Manifest manifest) => (manifest.ApiVersion.Split('/')[0], manifest.Kind) switch
    {
        ("networking.istio.io", "VirtualService") => VirtualServiceRules.All.Concat(RouteRules.All),
        ("networking.istio.io", "Gateway") => GatewayRules.All,
        ("networking.istio.io", "DestinationRule") => DestinationRuleRules.All,
        _ => [],
    };
}
