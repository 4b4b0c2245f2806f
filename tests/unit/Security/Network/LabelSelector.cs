using System.Text.Json.Nodes;

namespace GopherMesh.Tests.Unit.Security.Network;

/// <summary>A selector by labels; one without any selects everything.</summary>
internal static class LabelSelector
{
    public static bool Matches(JsonNode selector, IReadOnlyDictionary<string, string> labels) =>
        selector.AsObject().All(member => member.Key == "matchLabels"
            ? member.Value!.AsObject().All(label => labels.GetValueOrDefault(label.Key) == (string)label.Value!)
            : throw new NotSupportedException($"in a selector: {selector.ToJsonString()}"));
}
