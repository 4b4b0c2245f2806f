using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using GopherMesh.Tests.PulumiStandIn.Generator;
using GopherMesh.Tests.SdkContract.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace GopherMesh.Tests.SdkContract.StandIn;

/// <summary>A description of types, as the generator of the stand-in gets it.</summary>
internal sealed class Description(string text, string path = "demo.types") : AdditionalText
{
    private static readonly IReadOnlyList<MetadataReference> References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(':').Select(file => MetadataReference.CreateFromFile(file))];

    public override string Path => path;

    public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);

    /// <summary>A driver of the generator that records what it computes again.</summary>
    public static GeneratorDriver Driver(params Description[] descriptions)
        => CSharpGeneratorDriver.Create(
            [new StandInGenerator().AsSourceGenerator()], descriptions, driverOptions: new(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>A program that is compiled against the stand-in; the generated classes are not in it yet.</summary>
    public static Compilation Compilation(string code) => CSharpCompilation.Create(
        "Demo", [CSharpSyntaxTree.ParseText(code)], References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

    /// <summary>The problems that the generator reports.</summary>
    public static ImmutableArray<Diagnostic> Problems(params Description[] descriptions)
        => Driver(descriptions).RunGenerators(Compilation("")).GetRunResult().Diagnostics;

    /// <summary>Compiles what is generated, with C# that uses it.</summary>
    public static Assembly Compile(string code, params Description[] descriptions)
    {
        Driver(descriptions).RunGeneratorsAndUpdateCompilation(Compilation(code), out var compilation, out var problems);
        using var binary = new MemoryStream();
        var result = compilation.Emit(binary);
        Assert.True(result.Success && problems.IsEmpty, string.Join('\n', problems.Concat(result.Diagnostics)));
        binary.Position = 0;
        return new AssemblyLoadContext("Demo", isCollectible: true).LoadFromStream(binary);
    }

    /// <summary>Runs the body of a program, which may use what is generated, under mocks.</summary>
    public static Task<RecordingMocks> RunAsync(string text, string program, RecordingMocks? mocks = null)
    {
        var declare = Compile(
            $$"""
            using Pulumi;
            public static class Program
            {
                public static void Declare()
                {
                    {{program}}
                }
            }
            """,
            new Description(text)).GetType("Program")!.GetMethod("Declare")!.CreateDelegate<Action>();
        return Run.ProgramAsync(declare, mocks);
    }
}
