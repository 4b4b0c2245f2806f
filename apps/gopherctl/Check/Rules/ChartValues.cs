using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;
using GopherMesh.Gopherctl.Program;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>
/// What the values of Helm releases say. Charts use Kubernetes' names for Kubernetes' fields; what a chart does with them is its own.
/// </summary>
internal static class ChartValues
{
    /// <summary>Every value with one of the names.</summary>
    public static IEnumerable<ChartValue> Named(RenderedStack stack, params string[] names) =>
        from release in stack.Releases
        from found in release.Values.Walk()
        let name = found.Path.Split('.')[^1]
        where names.Contains(name)
        select new ChartValue(release.DisplayName, found.Path, name, found.Node);
}

/// <summary>A value that is given to a chart.</summary>
internal sealed record ChartValue(string Release, string Path, string Name, JsonNode Node);
