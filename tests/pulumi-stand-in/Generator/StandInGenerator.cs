using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace GopherMesh.Tests.PulumiStandIn.Generator;

/// <summary>Writes the classes of a Pulumi package from its description: the additional files that end in <c>.types</c>.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class StandInGenerator : IIncrementalGenerator
{
    // A problem of the description, not of the code: it has no page of rules to release or to link to.
#pragma warning disable RS2008
    private static readonly DiagnosticDescriptor BadLine = new(
        "STANDIN001", "A line of a description is wrong", "{0}", "StandIn", DiagnosticSeverity.Error, isEnabledByDefault: true);
#pragma warning restore RS2008

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var descriptions = context.AdditionalTextsProvider
            .Where(file => file.Path.EndsWith(".types", StringComparison.Ordinal))
            .Select((file, cancellation) => (file.Path, Text: file.GetText(cancellation)?.ToString() ?? ""))
            .Collect();
        context.RegisterSourceOutput(descriptions, Generate);
    }

    private static void Generate(SourceProductionContext context, ImmutableArray<(string Path, string Text)> descriptions)
    {
        var packages = new List<Package>();
        var problems = new List<Problem>();
        foreach (var (path, text) in descriptions)
        {
            if (new DescriptionReader(path, problems).Read(text) is { } package)
            {
                packages.Add(package);
            }
        }

        Linker.Link(packages, problems);
        foreach (var package in packages)
        {
            context.AddSource($"{package.Namespace}.g.cs", SourceText.From(new PackageEmitter(package).Emit(), Encoding.UTF8));
        }

        foreach (var problem in problems)
        {
            var at = new LinePosition(problem.Place.Line, problem.Place.Column);
            var location = Location.Create(problem.Place.Path, default, new LinePositionSpan(at, at));
            context.ReportDiagnostic(Diagnostic.Create(BadLine, location, $"{problem.What}. To do: {problem.Remedy}."));
        }
    }
}
