using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// A load balancer may be open to everyone, but only on purpose: the controller opens its security group to
/// loadBalancerSourceRanges, and to everyone where there are none.
/// </summary>
internal static class OpenLoadBalancer
{
    private const string Scheme = "service.beta.kubernetes.io/aws-load-balancer-scheme";

    private const string Remedy =
        "Narrow loadBalancerSourceRanges (setting gatewayAllowedCidrs), make it internal (gatewayScheme), or except it with the reason.";

    public static PolicyRule Rule { get; } = new(
        "open-load-balancer", Severity.Warning, "A load balancer that the whole internet reaches has an exception with the reason.", Violations)
    {
        Others = "kube-linter exposed-services",
    };

    private static IEnumerable<Violation> Violations(RenderedStack stack) =>
        from service in Services(stack)
        where service.Spec.Text("type") == "LoadBalancer" && service.Annotations?[Scheme].AsText() != "internal" && IsOpen(service.Spec)
        select new Violation(service.Name, "its load balancer is open to the whole internet", Remedy);

    // In a chart's values a Service is a mapping `service` with its type.
    private static IEnumerable<(string Name, JsonNode Spec, JsonNode? Annotations)> Services(RenderedStack stack) =>
        stack.OfKind("Service")
            .Where(manifest => manifest.Body.At("spec") is not null)
            .Select(manifest => (manifest.Manifest.DisplayName, manifest.Body.At("spec")!, manifest.Body.At("metadata.annotations")))
            .Concat(stack.Releases.SelectMany(release => release.Values.Walk()
                .Where(found => found.Path.Split('.')[^1] == "service" && found.Node is JsonObject)
                .Select(found => (release.DisplayName, found.Node, found.Node.At("annotations")))));

    private static bool IsOpen(JsonNode spec) => spec.Texts("loadBalancerSourceRanges").DefaultIfEmpty("0.0.0.0/0").Any(Cidr.IsWholeInternet);
}
