namespace GopherMesh.Tests.PulumiStandIn.Generator;

/// <summary>How a value of a type is written in C#.</summary>
internal enum View
{
    /// <summary>Within an <c>Input</c>.</summary>
    Input,

    /// <summary>Plain at every level: the arguments of a function that is awaited.</summary>
    Plain,

    /// <summary>Within an <c>Output</c>.</summary>
    Output,
}

/// <summary>The names of types in generated code, in full, for a property may have the name of a type.</summary>
internal static class TypeNames
{
    public const string Pulumi = "global::Pulumi.";
    private const string Collections = "global::System.Collections.";

    /// <summary>The namespace of resources, functions and enums.</summary>
    public static string Home(Declaration declaration) => Join(declaration.Package.Namespace, declaration.Module);

    /// <summary>The namespace of nested types: <c>Inputs</c> or <c>Outputs</c>.</summary>
    public static string Nested(Declaration declaration, string which)
        => declaration.Package.IsKubernetes
            ? Join($"{declaration.Package.Namespace}.Types.{which}", declaration.Module)
            : $"{Home(declaration)}.{which}";

    /// <summary>The namespace of a resource's arguments.</summary>
    public static string Arguments(Declaration declaration)
        => declaration.Package.IsKubernetes && declaration.Kind == Kind.Resource ? Nested(declaration, "Inputs") : Home(declaration);

    public static string InputClass(Declaration type, View view)
        => type.Uses.HasFlag(Uses.FunctionInputs) && view == View.Input ? $"{type.Name}InputArgs" : $"{type.Name}Args";

    public static string OutputClass(Declaration type) => type.Uses.HasFlag(Uses.FunctionResult) ? $"{type.Name}Result" : type.Name;

    /// <summary>The type of an argument.</summary>
    public static string Argument(TypeReference type, View view) => type switch
    {
        _ when type.IsPlain || view == View.Plain => Value(type, View.Plain, view),
        { Shape: Shape.List } => $"{Pulumi}InputList<{Value(type.Parts[0], View.Input)}>",
        { Shape: Shape.Map } => $"{Pulumi}InputMap<{Value(type.Parts[0], View.Input)}>",
        { Shape: Shape.Union } => $"{Pulumi}InputUnion<{Value(type.Parts[0], View.Input)}, {Value(type.Parts[1], View.Input)}>",
        _ => $"{Pulumi}Input<{Value(type, View.Input)}>",
    };

    /// <summary>The type of a value; <paramref name="items"/> is how the items of a plain collection are seen.</summary>
    public static string Value(TypeReference type, View view, View items = View.Input) => type.Shape switch
    {
        Shape.List when view == View.Plain => $"{Collections}Generic.List<{Argument(type.Parts[0], items)}>",
        Shape.Map when view == View.Plain => $"{Collections}Generic.Dictionary<string, {Argument(type.Parts[0], items)}>",
        Shape.List => $"{Collections}Immutable.ImmutableArray<{Value(type.Parts[0], view)}>",
        Shape.Map => $"{Collections}Immutable.ImmutableDictionary<string, {Value(type.Parts[0], view)}>",
        // An enum that is one of two inputs comes back as its value.
        Shape.Union when view == View.Output && type.Parts.Any(part => part.Declaration?.Kind == Kind.Enum) => "string",
        Shape.Union => $"{Pulumi}Union<{Value(type.Parts[0], view)}, {Value(type.Parts[1], view)}>",
        _ => (type.Declaration, view) switch
        {
            (null, _) => type.Name == "asset" ? $"{Pulumi}AssetOrArchive" : type.Name,
            ({ Kind: Kind.Type } nested, View.Output) => $"global::{Nested(nested, "Outputs")}.{OutputClass(nested)}",
            ({ Kind: Kind.Type } nested, _) => $"global::{Nested(nested, "Inputs")}.{InputClass(nested, items == View.Plain ? View.Plain : view)}",
            ({ } other, _) => $"global::{Home(other)}.{other.Name}",
        },
    };

    public static bool IsStruct(TypeReference type) => type.Name is "bool" or "int" or "double" || type.Declaration?.Kind == Kind.Enum;

    public static string Join(params string[] names) => string.Join(".", names.Where(name => name != ""));
}
