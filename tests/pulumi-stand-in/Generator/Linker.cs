using Microsoft.CodeAnalysis;

namespace GopherMesh.Tests.PulumiStandIn.Generator;

/// <summary>Finds the declaration of each name, and the errors that concern more than one line.</summary>
internal sealed class Linker(Problems problems)
{
    private static readonly string[] SimpleTypes = ["string", "int", "double", "bool", "object", "asset"];

    private readonly Dictionary<string, Declaration> _named = [];

    /// <summary>Removes what is wrong, so that the rest is generated and only the cause is an error.</summary>
    public void Link(IReadOnlyList<Package> packages)
    {
        foreach (var package in packages)
        {
            package.Declarations.RemoveAll(declaration => !IsNew(declaration));
        }

        var all = packages.SelectMany(package => package.Declarations).ToList();
        foreach (var declaration in all)
        {
            var seen = new HashSet<string>();
            declaration.Properties.RemoveAll(property => !IsRight(declaration, property, seen));
            declaration.Properties.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        }

        foreach (var declaration in all.Where(declaration => declaration.Kind is not (Kind.Type or Kind.Enum)))
        {
            var isFunction = declaration.Kind == Kind.Function;
            Mark(declaration.Inputs, isFunction ? Uses.FunctionInputs : Uses.Inputs);
            Mark(declaration.Outputs, isFunction ? Uses.FunctionResult : Uses.Outputs);
        }

        foreach (var unused in all.Where(declaration => declaration.Kind is Kind.Type or Kind.Enum && declaration.Uses == Uses.None))
        {
            problems.Report(unused.Place, $"nothing uses {unused.Name}", "remove it, or name it as the type of a property");
        }
    }

    private bool IsNew(Declaration declaration)
    {
        var key = $"{declaration.Package.Name}:{TypeNames.Join(declaration.Module, declaration.Name)}";
        if (_named.ContainsKey(key))
        {
            return problems.Report(declaration.Place, $"{declaration.Name} is described twice", "keep one of the two");
        }

        _named.Add(key, declaration);
        return true;
    }

    private bool IsRight(Declaration declaration, Property property, HashSet<string> seen)
    {
        var (place, name) = (property.Place, property.Name);
        return (seen.Add(name) || problems.Report(place, $"{declaration.Name} has {name} twice", "keep one of the two"))
            && (property.CSharpName != declaration.Name || property.Direction == Direction.In
                || problems.Report(place, $"{name} would be a member with the name of its class", $"write {name} as {property.CSharpName}Value, as Pulumi does"))
            && Resolve(declaration, property.Type, place)
            && (property.Constant == "" || property.Type.Name == "string" || problems.Report(place, $"{name} has a constant and is no string", "make it a string, or write a default"))
            && (DefaultFits(property) || problems.Report(
                place, $"{property.Default} is no value of {name}", "write true or false for a bool, a member for an enum, or env VARIABLE for a bool or a string"));
    }

    private static bool DefaultFits(Property property) => (property.Default, property.Type) switch
    {
        ("", _) => true,
        ("env", { Name: "string" or "bool" }) => true,
        ("true" or "false", { Name: "bool" }) => true,
        (var member, { Declaration: { } type }) => type.Members.Any(known => known.Name == member),
        _ => false,
    };

    private bool Resolve(Declaration user, TypeReference type, Location place)
    {
        if (type.Shape != Shape.Named)
        {
            return type.Parts.All(part => Resolve(user, part, place));
        }

        string[] keys = type.Name.Contains(':') ? [type.Name] : [$"{user.Package.Name}:{TypeNames.Join(user.Module, type.Name)}", $"{user.Package.Name}:{type.Name}"];
        type.Declaration = keys.Where(_named.ContainsKey).Select(key => _named[key]).FirstOrDefault();
        return type.Declaration is not null || SimpleTypes.Contains(type.Name) || problems.Report(
            place, $"the type {type.Name} is not known", $"describe it with a line 'type {type.Name}', or write {string.Join(", ", SimpleTypes)}, MODULE.NAME or PACKAGE:MODULE.NAME");
    }

    private static void Mark(IEnumerable<Property> properties, Uses use)
    {
        foreach (var property in properties)
        {
            Mark(property.Type, use);
        }
    }

    private static void Mark(TypeReference type, Uses use)
    {
        foreach (var part in type.Parts)
        {
            Mark(part, use);
        }

        if (type.Declaration is { Kind: Kind.Type or Kind.Enum } declaration && !declaration.Uses.HasFlag(use))
        {
            declaration.Uses |= use;
            Mark(declaration.Properties, use);
        }
    }
}
