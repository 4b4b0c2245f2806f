using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.Loader;
using GopherMesh.Tests.PulumiStandIn.Generator;
using GopherMesh.Tests.SdkContract.Support;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Text;

namespace GopherMesh.Tests.SdkContract.StandIn;

/// <summary>A wrong line of a description is an error of the build that names file, line and remedy.</summary>
public sealed class DescriptionErrorTests
{
    private const string Package = "package demo 1.2.3 Pulumi.Demo\n";
    private const string Gopher = Package + "resource demo:index:Gopher\n";

    [Theory]
    [InlineData("resource demo:index:Gopher", 1, 1, "the package is not known yet", "begin with package NAME VERSION NAMESPACE")]
    [InlineData("package demo 1.2.3", 1, 1, "'package demo 1.2.3' does not have the form of its line", "write package NAME VERSION NAMESPACE")]
    [InlineData("package demo 1.2.3 Pulumi.Demo tf", 1, 1, "'package demo 1.2.3 Pulumi.Demo tf' does not have", "[kubernetes20|tfbridge20]")]
    [InlineData(Package + "package other 1.0.0 Pulumi.Other", 2, 1, "a second package", "a file of its own")]
    [InlineData(Package + "module", 2, 1, "'module' does not have the form of its line", "write module NAMESPACE")]
    [InlineData(Package + "resuorce demo:index:Gopher", 2, 1, "a line cannot begin with 'resuorce'", "write package, module,")]
    [InlineData(Package + "  string name", 2, 3, "this line belongs to nothing", "put it below a resource")]
    [InlineData(Package + "resource demo:Gopher", 2, 1, "'resource demo:Gopher' does not have the form of its line", "write resource demo:MODULE:NAME")]
    [InlineData(Package + "function aws:index:getGopher", 2, 1, "'function aws:index:getGopher' does not have", "write function demo:MODULE:NAME")]
    [InlineData(Package + "provider demo", 2, 1, "'provider demo' does not have the form of its line", "write provider")]
    [InlineData(Package + "enum Mood = Happy", 2, 1, "'enum Mood = Happy' does not have", "write enum NAME = MEMBER VALUE")]
    [InlineData(Gopher + "  Mood mood\nenum Mood = Happy HAPPY\n  string name", 5, 3, "this line belongs to nothing", "put it below a resource")]
    [InlineData(Package + "type Tooth\n  int length", 2, 1, "nothing uses Tooth", "remove it, or name it")]
    [InlineData(Gopher + "  alias Gopher", 3, 3, "'alias Gopher' does not have the form of its line", "write alias TOKEN, TOKEN...")]
    [InlineData(Gopher + "  string", 3, 3, "'string' does not have the form of its line", "write [in|out] [secret] [replace] TYPE[!|?] NAME")]
    [InlineData(Gopher + "  [string name", 3, 3, "'[string name' does not have the form of its line", "write [in|out]")]
    [InlineData(Gopher + "  string name other", 3, 3, "'name other' does not have the form of its line", "write [in|out]")]
    [InlineData(Gopher + "  string name,", 3, 3, "'name,' does not have the form of its line", "write [in|out]")]
    [InlineData(Gopher + "  strnig name", 3, 3, "the type strnig is not known", "describe it with a line 'type strnig', or write string, int,")]
    [InlineData(Gopher + "  [[]] name", 3, 3, "the type  is not known", "or write string, int,")]
    [InlineData(Gopher + "  other:Zoo.Mole mole", 3, 3, "the type other:Zoo.Mole is not known", "PACKAGE:MODULE.NAME")]
    [InlineData(Gopher + "  string name\n  int name", 4, 3, "Gopher has name twice", "keep one of the two")]
    [InlineData(Gopher + "resource demo:other:Gopher", 3, 1, "Gopher is described twice", "keep one of the two")]
    [InlineData(Gopher + "  string gopher", 3, 3, "gopher would be a member with the name of its class", "write gopher as GopherValue")]
    [InlineData(Gopher + "  bool tame = yes", 3, 3, "yes is not a value of tame", "write true or false for a bool")]
    [InlineData(Gopher + "  int age = env AGE", 3, 3, "env is not a value of age", "env VARIABLE for a bool or a string")]
    [InlineData(Gopher + "  int age is 3", 3, 3, "age has a constant and is no string", "make it a string")]
    public void A_wrong_line_is_named_with_what_is_wrong_and_what_to_do(string text, int line, int column, string what, string remedy)
    {
        var problem = Assert.Single(Description.Problems(new Description(text, "/stand-in/demo.types")));

        Assert.StartsWith($"/stand-in/demo.types({line},{column}): error STANDIN001: {what}", problem.ToString(), StringComparison.Ordinal);
        Assert.Contains(". To do: ", problem.GetMessage(), StringComparison.Ordinal);
        Assert.Contains(remedy, problem.GetMessage(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_uses_of_a_wrong_type_are_two_errors_and_the_rest_is_generated()
    {
        var description = new Description(Gopher + "  string name\n  Tooht tooth, fang\n\n# a comment\n  int age # and another");
        var result = Description.Driver(description).RunGenerators(Description.Compilation("")).GetRunResult();

        Assert.Equal([3, 3], result.Diagnostics.Select(problem => problem.Location.GetLineSpan().StartLinePosition.Line));
        var code = Assert.Single(result.GeneratedTrees).ToString();
        Assert.Contains(" Name ", code, StringComparison.Ordinal);
        Assert.Contains(" Age ", code, StringComparison.Ordinal);
    }

    [Fact]
    public void The_example_in_the_readme_is_a_description()
    {
        var example = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md")).Split("```")[1];

        Description.Compile("", new Description($"package aws 7.48.0 Pulumi.Aws{example}"));
    }

    [Fact]
    public void A_change_of_the_program_does_not_read_the_descriptions_again()
    {
        var driver = Description.Driver(new Description(Gopher + "  string name"));
        driver = driver.RunGenerators(Description.Compilation(""));
        driver = driver.RunGenerators(Description.Compilation("class Changed;"));

        var steps = driver.GetRunResult().Results.Single().TrackedOutputSteps.Values.SelectMany(step => step).SelectMany(step => step.Outputs);
        Assert.All(steps, output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }
}

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
