using GopherMesh.DataPlane.Manifests;

namespace GopherMesh.DataPlane.Admission;

/// <summary>
/// The errors of Istio's admission webhook, without a cluster: the rules of pkg/config/validation of Istio 1.31, compared with istiod 1.31
/// on more than a thousand objects; and those of the API server, by the schemas of Istio's kinds.
/// </summary>
public static class IstioAdmission
{
    /// <summary>validation.go, validateMetadata.</summary>
    private static AdmissionRule Annotations { get; } = new("metadata.annotations{}", "validateMetadata", annotation => annotation.Key switch
    {
        "istio.io/dry-run" => "is for an AuthorizationPolicy alone",
        "internal.istio.io/webhook-always-reject" or "internal.istio.io/parents" or "internal.istio.io/parent-namespace" => "is Istio's own",
        _ => null,
    });

    /// <summary>Why a cluster would deny an object; nothing for other kinds than VirtualService, Gateway and DestinationRule.</summary>
    public static IReadOnlyList<FieldProblem> Problems(Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        var denied = Denials(manifest);
        if (!IsRead(manifest))
        {
            return denied;
        }

        // What Istio says of a field is told in its own words alone.
        var places = denied.Select(problem => problem.Path).ToHashSet();
        return
        [
            .. denied,
            .. KindSchemas.Problems(manifest.Kind, manifest.Body)
                .Where(problem => !places.Contains(problem.Path))
                .Select(problem => new FieldProblem(manifest.DisplayName, problem.Path, $"{problem.Problem} (denied by the API server: schema of {manifest.Kind}, Istio 1.31)")),
        ];
    }

    /// <summary>Why Istio's webhook would deny an object, whatever its schema says.</summary>
    internal static IReadOnlyList<FieldProblem> Denials(Manifest manifest) =>
    [
        .. RulesOf(manifest).SelectMany(rule => Field.Select(manifest.Body, rule.Path)
            .Select(field => (field.Path, Problem: rule.Problem(field)))
            .Where(found => found.Problem is not null)
            .Select(found => new FieldProblem(manifest.DisplayName, found.Path, $"{found.Problem} (denied by Istio: {rule.Source})"))),
    ];

    private static bool IsRead(Manifest manifest) =>
        manifest.ApiVersion.Split('/')[0] == "networking.istio.io" && manifest.Kind is "VirtualService" or "Gateway" or "DestinationRule";

    private static IEnumerable<AdmissionRule> RulesOf(Manifest manifest) => !IsRead(manifest) ? [] : manifest.Kind switch
    {
        "VirtualService" => [Annotations, .. VirtualServiceRules.All, .. RouteRules.All, .. CorsRules.All, .. TcpAndTlsRules.All],
        "Gateway" => [Annotations, .. GatewayRules.All],
        _ => [Annotations, .. DestinationRuleRules.All],
    };
}
