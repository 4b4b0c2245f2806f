using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;

namespace GopherMesh.Gopherctl.Render;

/// <summary>What `render` writes for a declaration: the texts by their paths below the folder, the same for the same input.</summary>
internal static class RenderedFiles
{
    /// <summary>manifests/NNN-kind-name.yaml in apply order, helm/NAME.yaml, and resources.json with all that is declared.</summary>
    public static SortedDictionary<string, string> Of(Declaration declaration)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (index, planned) in KubernetesObjects.Plan(declaration).Index())
        {
            files[$"manifests/{index + 1:000}-{planned.Manifest.Kind.ToLowerInvariant()}-{planned.Manifest.Name}.yaml"] = JsonYaml.Write(planned.Manifest.Body);
        }

        foreach (var release in KubernetesObjects.Releases(declaration))
        {
            files[$"helm/{release.Name}.yaml"] = JsonYaml.Write(release.Document);
        }

        files[ResourcesFile.Name] = ResourcesFile.Of(declaration).Write();
        return files;
    }
}

/// <summary>resources.json: all that is declared, as `render` writes it and `check` reads it back.</summary>
internal sealed record ResourcesFile(string Stack, IReadOnlyList<ResourceEntry> Resources, JsonObject Outputs)
{
    /// <summary>The file's name in the folder.</summary>
    public const string Name = "resources.json";

    private static readonly JsonSerializerOptions Json = new(OutputJson.Document)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>The file of a declaration.</summary>
    public static ResourcesFile Of(Declaration declaration) =>
        new(declaration.Stack, [.. declaration.Resources.Select(ResourceEntry.Of)], declaration.Outputs);

    /// <summary>Reads the file's text.</summary>
    /// <exception cref="JsonException">It is broken, or not of this form.</exception>
    public static ResourcesFile Parse(string text) => JsonSerializer.Deserialize<ResourcesFile>(text, Json) ?? throw new JsonException("the file is null");

    /// <summary>The file's text.</summary>
    public string Write() => JsonSerializer.Serialize(this, Json) + "\n";

    /// <summary>The declaration that the file describes.</summary>
    public Declaration ToDeclaration() => new(Stack, [.. Resources.Select(resource => resource.ToResource())], Outputs);
}

/// <summary>A resource in <see cref="ResourcesFile"/>; what each member means, <see cref="DeclaredResource"/> says.</summary>
internal sealed record ResourceEntry(
    string Type,
    string Name,
    string Urn,
    string? Parent,
    string? Provider,
    IReadOnlyList<string> DependsOn,
    bool Read,
    bool Protect,
    bool RetainOnDelete,
    string? DeletedWith,
    JsonObject Inputs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Source = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? IgnoreChanges = null)
{
    /// <summary>The file's entry for a resource.</summary>
    public static ResourceEntry Of(DeclaredResource resource) => new(
        resource.Type,
        resource.Name,
        resource.Urn,
        resource.Parent,
        resource.Provider,
        resource.DependsOn,
        resource.IsRead,
        resource.Protect,
        resource.RetainOnDelete,
        resource.DeletedWith,
        resource.Inputs,
        resource.Source?.ToString(),
        resource.IgnoreChanges.Count > 0 ? resource.IgnoreChanges : null);

    /// <summary>The resource that the entry describes.</summary>
    public DeclaredResource ToResource() => new(Type, Name, Urn, Parent, Provider, DependsOn, Read, Inputs)
    {
        Protect = Protect,
        RetainOnDelete = RetainOnDelete,
        DeletedWith = DeletedWith,
        Source = Source is null ? null : SourceLine.Parse(Source),
        IgnoreChanges = IgnoreChanges ?? [],
    };
}

/// <summary>
/// The folder that `render` fills. It holds exactly what was rendered: a second rendering replaces the first whole, and a folder with
/// anything in it that gopherctl did not write is left alone.
/// </summary>
internal static class OutputFolder
{
    /// <summary>Marks the folder as gopherctl's; its lines name the files that gopherctl wrote.</summary>
    public const string ListFile = ".rendered";

    /// <summary>Writes the files below the folder.</summary>
    /// <exception cref="UserException">The path is a file, cannot be written, or holds a file that is not from an earlier rendering.</exception>
    public static void Write(string folder, IReadOnlyDictionary<string, string> files)
    {
        try
        {
            Clear(folder);
            foreach (var (path, text) in files.Append(KeyValuePair.Create(ListFile, string.Concat(files.Keys.Select(path => path + "\n")))))
            {
                var target = Path.Combine(folder, path);
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.WriteAllText(target, text);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException(exception.Message, folder, "Name a folder that can be written with --out.");
        }
    }

    private static void Clear(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        var (list, root) = (Path.Combine(folder, ListFile), Path.GetFullPath(folder));
        var ours = File.Exists(list) ? File.ReadAllLines(list).Where(path => !path.Contains('\0')).Append(ListFile).Select(path => Path.GetFullPath(path, root)).ToHashSet() : [];
        var found = TextFile.AllIn(folder).Select(Path.GetFullPath).ToList();
        if (found.Find(file => !ours.Contains(file)) is { } foreign)
        {
            throw new UserException(
                $"'{Path.GetRelativePath(folder, foreign)}' in the folder is not from an earlier rendering", folder, "Name a new or empty folder with --out.");
        }

        found.ForEach(File.Delete);
    }
}
