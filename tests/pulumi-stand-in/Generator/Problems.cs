using Microsoft.CodeAnalysis;

namespace GopherMesh.Tests.PulumiStandIn.Generator;

/// <summary>What is wrong with the descriptions: errors of the build.</summary>
internal sealed class Problems : List<Diagnostic>
{
    // The rules of analyzers are listed release by release; this is the form of a file, and nothing is released.
#pragma warning disable RS2008
    private static readonly DiagnosticDescriptor BadLine = new(
        "STANDIN001", "A line of a description is wrong", "{0}. To do: {1}.", "StandIn", DiagnosticSeverity.Error, isEnabledByDefault: true);
#pragma warning restore RS2008

    /// <returns>False, so that a check can end with it.</returns>
    public bool Report(Location place, string what, string remedy)
    {
        Add(Diagnostic.Create(BadLine, place, what, remedy));
        return false;
    }
}
