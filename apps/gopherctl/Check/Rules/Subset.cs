using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>A subset that a DestinationRule declares.</summary>
/// <param name="Rule">The DestinationRule.</param>
/// <param name="Host">Its host in full.</param>
/// <param name="Name">The subset's name.</param>
/// <param name="Labels">The labels of its pods.</param>
internal sealed record Subset(RenderedManifest Rule, string Host, string Name, JsonObject Labels)
{
    /// <summary>Every subset; Istio merges the DestinationRules of a host.</summary>
    public static IEnumerable<Subset> In(RenderedStack stack) =>
        from rule in stack.OfKind("DestinationRule")
        from subset in rule.Body.Items("spec.subsets")
        select new Subset(
            rule,
            MeshHost.Qualify(rule.Body.Text("spec.host") ?? "", rule.Space),
            subset.Text("name") ?? "",
            subset.At("labels") as JsonObject ?? []);
}
