using System.Reflection;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl;
using GopherMesh.Infra;
using GopherMesh.Infra.Images;
using NetArchTest.Rules;

namespace GopherMesh.Tests.Unit.Architecture;

/// <summary>The folders of a program have an order: each uses those before it and none after it.</summary>
public partial class FolderOrderTests
{
    // Files in a program's own folder come last and may use all folders.
    private static readonly Layered[] Programs =
    [
        new(
            "infra", typeof(GopherMeshStack).Assembly, "GopherMesh.Infra",
            ["Settings", "Conventions", "Helm", "Istio", "Clusters", "Eks", "Images", "Mesh", "Observability", "Security", "Routing", "Gophers"]),
        new(
            "apps/data-plane", typeof(DataPlane.MeshDataPlane).Assembly, "GopherMesh.DataPlane",
            ["Manifests", "Model", "Wire", "RegularExpressions", "Admission", "Reading", "Observing", "Routing", "Clusters", "Proxying"]),
        new(
            "apps/gopherctl", typeof(EntryPoint).Assembly, "GopherMesh.Gopherctl",
            ["Cli", "Program", "Statistics", "Watch", "Render", "Check", "Drift", "Judge", "Page", "Rehearse", "Tour", "Rollout", "Recover"]),
    ];

    public static TheoryData<string> Folders => [.. Programs.Select(program => program.Folder)];

    [Theory]
    [MemberData(nameof(Folders))]
    public void The_order_names_every_folder(string program) =>
        Assert.Empty(Program(program).Sources.Select(source => source.Layer).Where(layer => layer.Length > 0).Except(Program(program).Order));

    [Theory]
    [MemberData(nameof(Folders))]
    public void A_namespace_equals_its_folder(string program) => Assert.Empty(
        from source in Program(program).Sources
        let expected = source.Namespace(Program(program).Root)
        where source.DeclaredNamespace != expected
        select $"{source.Path} has namespace {source.DeclaredNamespace} instead of {expected}");

    [Theory]
    [MemberData(nameof(Folders))]
    public void No_type_uses_a_folder_after_its_own(string program)
    {
        var layers = Program(program);
        var types = Types.InAssembly(layers.Assembly);
        Assert.Empty(
            from layer in layers.Order
            let result = types.That().ResideInNamespaceMatching($@"^{Regex.Escape($"{layers.Root}.{layer}")}(\.|$)")
                .ShouldNot().HaveDependencyOnAny([.. layers.NamesAfter(layer)]).GetResult()
            from type in result.FailingTypes
            select $"{type.FullName}: {type.Explanation}");
    }

    // A constant leaves no trace in the compiled code. An unused directive is an error of the build.
    [Theory]
    [MemberData(nameof(Folders))]
    public void No_file_names_a_folder_after_its_own(string program)
    {
        var layers = Program(program);
        Assert.Empty(
            from source in layers.Sources
            where source.Layer.Length > 0
            from used in source.Usings
            where layers.NamesAfter(source.Layer).Any(name => used == name || used.StartsWith($"{name}.", StringComparison.Ordinal))
            select $"{source.Path} uses {used}");
    }

    private static Layered Program(string folder) => Programs.Single(program => program.Folder == folder);

    /// <summary>A program whose folders have an order.</summary>
    /// <param name="Folder">Its folder, from the repository's root.</param>
    /// <param name="Assembly">Its assembly.</param>
    /// <param name="Root">The namespace of its own folder.</param>
    /// <param name="Order">The names of the folders in it, first the one that uses no other.</param>
    private sealed record Layered(string Folder, Assembly Assembly, string Root, IReadOnlyList<string> Order)
    {
        public IEnumerable<Source> Sources =>
            from path in Directory.EnumerateFiles(Path.Combine(RepositoryRoot.Find(), Folder), "*.cs", SearchOption.AllDirectories)
            let relative = Path.GetRelativePath(Path.Combine(RepositoryRoot.Find(), Folder), path)
            where relative.Split('/')[0] is not ("bin" or "obj")
            select new Source(relative, File.ReadAllText(path));

        /// <summary>The namespaces of the folders after <paramref name="layer"/>, and the types of the program's own folder.</summary>
        public IEnumerable<string> NamesAfter(string layer) =>
        [
            .. Order.SkipWhile(name => name != layer).Skip(1).Select(name => $"{Root}.{name}"),
            .. Assembly.GetTypes().Where(type => type.Namespace == Root && !type.IsNested).Select(type => type.FullName!),
        ];
    }

    /// <summary>A source file.</summary>
    /// <param name="Path">Its path in the program's folder.</param>
    /// <param name="Text">What is in it.</param>
    private sealed partial record Source(string Path, string Text)
    {
        /// <summary>The first folder of its path; empty for a file in the program's own folder.</summary>
        public string Layer => Path.Contains('/', StringComparison.Ordinal) ? Path.Split('/')[0] : "";

        /// <summary>The namespace that it declares; null for top-level statements.</summary>
        public string? DeclaredNamespace => NamespaceLine().Match(Text) is { Success: true } found ? found.Groups[1].Value : null;

        /// <summary>What its using directives name, those with <c>static</c> and aliases included.</summary>
        public IEnumerable<string> Usings => UsingLine().Matches(Text).Select(found => found.Groups[1].Value);

        /// <summary>The namespace that its folder requires; null for top-level statements.</summary>
        public string? Namespace(string root) =>
            Path == "Program.cs" ? null : string.Join('.', [root, .. Path.Split('/')[..^1].Select(part => part.Replace("-", "", StringComparison.Ordinal))]);

        [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
        private static partial Regex NamespaceLine();

        [GeneratedRegex(@"^using (?:static )?(?:\w+ = )?([\w.]+)", RegexOptions.Multiline)]
        private static partial Regex UsingLine();
    }
}
