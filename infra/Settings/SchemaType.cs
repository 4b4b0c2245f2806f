namespace GopherMesh.Infra.Settings;

/// <summary>The types that Pulumi.yaml's config schema knows.</summary>
public static class SchemaType
{
    /// <summary>Any text.</summary>
    public const string Text = "string";

    /// <summary>A whole number; it may arrive as text, because <c>pulumi config set</c> writes <c>"50"</c>.</summary>
    public const string Number = "integer";

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public const string Flag = "boolean";

    /// <summary>A list of strings, passed to the program as JSON.</summary>
    public const string List = "array";

    /// <summary>A map of names, passed to the program as JSON.</summary>
    public const string Map = "object";
}
