namespace GopherMesh.Tests.PulumiStandIn.Generator;

/// <summary>Connects names with what they stand for, and finds what no single line shows to be wrong.</summary>
internal sealed class Linker
{
    private static readonly string[] SimpleTypes = ["string", "int", "double", "bool", "object", "asset"];

    private readonly Dictionary<string, Declaration> _named = [];
    private readonly List<Problem> _problems;

    private Linker(List<Problem> problems) => _problems = problems;

    /// <summary>Takes away what is wrong, so that the rest is generated and only the cause is an error.</summary>
    public static void Link(IReadOnlyList<Package> packages, List<Problem> problems)
    {
        var linker = new Linker(problems);
        foreach (var package in packages)
        {
            package.Declarations.RemoveAll(declaration => !linker.IsNew(declaration));
        }

        var all = packages.SelectMany(package => package.Declarations).ToList();
        foreach (var declaration in all)
        {
            var seen = new HashSet<string>();
            declaration.Properties.RemoveAll(property => !linker.Check(declaration, property, seen));
            declaration.Properties.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        }

        foreach (var declaration in all)
        {
            var (inputs, outputs) = declaration.Kind == Kind.Function ? (Uses.FunctionInputs, Uses.FunctionResult) : (Uses.Inputs, Uses.Outputs);
            if (declaration.Kind is not (Kind.Type or Kind.Enum))
            {
                MarkAll(declaration.Inputs, inputs);
                MarkAll(declaration.Outputs, outputs);
            }
        }

        foreach (var unused in all.Where(declaration => declaration.Kind is Kind.Type or Kind.Enum && declaration.Uses == Uses.None))
        {
            problems.Add(new(unused.Place, $"nothing uses {unused.Name}", "remove it, or name it as the type of a property"));
        }
    }

    private bool IsNew(Declaration declaration)
    {
        var name = Key(declaration.Package.Name, declaration.Module, declaration.Name);
        if (_named.ContainsKey(name))
        {
            return Report(declaration.Place, $"{declaration.Name} is described twice", "keep one of the two");
        }

        _named.Add(name, declaration);
        return true;
    }

    private bool Check(Declaration declaration, Property property, HashSet<string> seen)
    {
        var (place, name) = (property.Place, property.Name);
        return !seen.Add(name) ? Report(place, $"{declaration.Name} has {name} twice", "keep one of the two")
            : property.CSharpName == declaration.Name && property.Direction != Direction.In
                ? Report(place, $"{name} would be a member with the name of its class", $"write {name} as {property.CSharpName}Value, as Pulumi does")
            : Resolve(declaration, property.Type, place)
                && (property.Constant is null || property.Type.Name == "string" || Report(place, $"{name} has a constant and is no string", "make it a string, or write a default"))
                && (DefaultFits(property) || Report(place, $"{property.Default} is no value of {name}", "write true or false for a bool, a member for an enum, or env VARIABLE for a bool or a string"));
    }

    private static bool DefaultFits(Property property) => (property.Default, property.Type) switch
    {
        (null, _) => true,
        ("env", { Name: "string" or "bool" }) => property.DefaultVariables.Count > 0,
        ("true" or "false", { Name: "bool" }) => true,
        (var member, { Declaration: { } type }) => type.Members.Any(known => known.Name == member),
        _ => false,
    };

    private bool Resolve(Declaration user, TypeReference type, Place place)
    {
        if (type.Shape != Shape.Named)
        {
            return type.Parts.All(part => Resolve(user, part, place));
        }

        if (SimpleTypes.Contains(type.Name))
        {
            return true;
        }

        string[] places = type.Name.Contains(':') ? [type.Name] : [Key(user.Package.Name, user.Module, type.Name), $"{user.Package.Name}:{type.Name}"];
        type.Declaration = places.Select(name => _named.TryGetValue(name, out var found) ? found : null).FirstOrDefault(found => found is not null);
        return type.Declaration is not null
            || Report(place, $"the type {type.Name} is not known", $"describe it with a line 'type {type.Name}', or write {string.Join(", ", SimpleTypes)}, MODULE.NAME or PACKAGE:MODULE.NAME");
    }

    private static void MarkAll(IEnumerable<Property> properties, Uses use)
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

        if (type.Declaration is { } declaration && !declaration.Uses.HasFlag(use))
        {
            declaration.Uses |= use;
            if (declaration.Kind == Kind.Type)
            {
                MarkAll(declaration.Properties, use);
            }
        }
    }

    private bool Report(Place place, string what, string remedy)
    {
        _problems.Add(new(place, what, remedy));
        return false;
    }

    private static string Key(string package, string module, string name) => module == "" ? $"{package}:{name}" : $"{package}:{module}.{name}";
}
