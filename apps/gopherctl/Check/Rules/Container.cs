using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Check.Reading;

namespace GopherMesh.Gopherctl.Check.Rules;

/// <summary>A container.</summary>
/// <param name="Pods">The pods that it is in.</param>
/// <param name="Body">Its declaration.</param>
internal sealed record Container(Pods Pods, JsonNode Body)
{
    /// <summary>A field of the security context: the container's own or, without one, the pods'.</summary>
    public JsonNode? Security(string path) => Body.At($"securityContext.{path}") ?? Pods.Spec.At($"securityContext.{path}");

    /// <summary>A violation of a rule.</summary>
    public Violation Violation(string problem, string remedy) => new(Pods.Workload, $"container {Body.Text("name")}: {problem}", remedy);
}
