using System.Collections.Immutable;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace GopherMesh.Tests.PulumiStandIn.Generator;

/// <summary>Writes the classes of Pulumi packages from their descriptions: the additional files that end in <c>.types</c>.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class StandInGenerator : IIncrementalGenerator
{
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
        var problems = new Problems();
        var packages = descriptions.Select(file => new DescriptionReader(file.Path, problems).Read(file.Text)).OfType<Package>().ToList();
        new Linker(problems).Link(packages);
        foreach (var package in packages)
        {
            context.AddSource($"{package.Namespace}.g.cs", SourceText.From(new PackageEmitter(package).Emit(), Encoding.UTF8));
        }

        problems.ForEach(context.ReportDiagnostic);
    }
}
