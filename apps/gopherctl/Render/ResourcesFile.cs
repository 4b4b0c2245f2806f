using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Gopherctl.Render;

/// <summary>resources.json: all that is declared, as `render` writes it and `check` reads it back.</summary>
internal sealed record ResourcesFile(string Stack, IReadOnlyList<ResourceEntry> Resources, JsonObject Outputs)
{
    /// <summary>The file's name in the folder.</summary>
    public const string Name = "resources.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
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
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Source = null)
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
        resource.Source?.ToString());

    /// <summary>The resource that the entry describes.</summary>
    public DeclaredResource ToResource() => new(Type, Name, Urn, Parent, Provider, DependsOn, Read, Inputs)
    {
        Protect = Protect,
        RetainOnDelete = RetainOnDelete,
        DeletedWith = DeletedWith,
        Source = Source is null ? null : SourceLine.Parse(Source),
    };
}
