using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace GopherMesh.Tests.PulumiStandIn.Generator;

/// <summary>Reads a description line by line; the README of the stand-in gives the form of the lines. A wrong line is reported and skipped.</summary>
internal sealed class DescriptionReader(string path, Problems problems)
{
    private const string PackageForm = "package NAME VERSION NAMESPACE [kubernetes20|tfbridge20]";
    private const string PropertyForm = "[in|out] [secret] [replace] TYPE[!|?] NAME[ as CSHARP][ is CONSTANT| = DEFAULT], NAME...";

    private Package? _package;
    private Declaration? _declaration;
    private string _module = "";
    private Location _place = Location.None;

    /// <returns>What could be read; null without a line that names the package.</returns>
    public Package? Read(string text)
    {
        var number = 0;
        foreach (var whole in text.Split('\n'))
        {
            var line = Regex.Replace(whole, @"(^|\s)#.*$", "").TrimEnd();
            var start = new LinePosition(number++, line.Length - line.TrimStart().Length);
            _place = Location.Create(path, default, new(start, start));
            if (line != "")
            {
                _ = line[0] == ' ' ? ReadDetail(line.Trim()) : ReadDeclaration(line);
            }
        }

        return _package;
    }

    private bool ReadDeclaration(string line)
    {
        var word = line.Split(' ')[0];
        if (word == "package")
        {
            return _package is not null ? problems.Report(_place, "a second package", "describe each package in a file of its own")
                : Matches(line, @"^package (\S+) (\S+) (\S+)( kubernetes20| tfbridge20)?$", PackageForm, out var package)
                    && (_package = new(package[1], package[2], package[3], package[4].Trim())) is not null;
        }

        if (_package is null)
        {
            return problems.Report(_place, "the package is not known yet", $"begin with {PackageForm}");
        }

        _declaration = null;
        switch (word)
        {
            case "module":
                return Matches(line, @"^module ([\w.]+)$", "module NAMESPACE", out var module) && (_module = module[1]) is not null;
            case "provider":
                return Matches(line, "^provider$", "provider", out _) && Declare(Kind.Provider, "Provider", $"pulumi:providers:{_package.Name}", "");
            case "resource" or "component" or "function":
                return Matches(line, $@"^\w+ ({_package.Name}:[^:\s]+:(\w+))$", $"{word} {_package.Name}:MODULE:NAME", out var token)
                    && Declare((Kind)Enum.Parse(typeof(Kind), Pascal(word)), Pascal(token[2]), token[1], _module);
            case "type":
                return Matches(line, @"^type (\w+)$", "type NAME", out var type) && Declare(Kind.Type, type[1], "", _module);
            case "enum":
                return Matches(line, @"^enum (\w+) = (\w+ \w+(?:, \w+ \w+)*)$", "enum NAME = MEMBER VALUE, MEMBER VALUE...", out var named)
                    && Declare(Kind.Enum, named[1], "", _module) && Each(named[2], member => _declaration!.Members.Add((member.Split(' ')[0], member.Split(' ')[1])));
            default:
                return problems.Report(_place, $"a line cannot begin with '{word}'", "write package, module, provider, resource, component, function, type or enum, or indent the line");
        }
    }

    private bool ReadDetail(string line)
        => _declaration is null or { Kind: Kind.Enum } ? problems.Report(_place, "this line belongs to nothing", "put it below a resource, a component, a provider, a function or a type")
            : line.StartsWith("alias ", StringComparison.Ordinal)
                ? Matches(line, @"^alias (\w+:[^:\s]+:\w+(?:, \w+:[^:\s]+:\w+)*)$", "alias TOKEN, TOKEN...", out var alias) && Each(alias[1], _declaration.Aliases.Add)
                : Matches(line, @"^(?:(in|out) )?(secret )?(replace )?((?:plain )?(?:\[.+\]|\{.+\}|[\w.:|]+))([!?]?) (\w.*)$", PropertyForm, out var property)
                    && Each(property[6], name => ReadProperty(property, name));

    private void ReadProperty(string[] line, string text)
    {
        if (Matches(text, @"^(\w+)(?: as (\w+))?(?: is (\S+)| = (?:(env)((?: \w+)+)|(\w+)))?$", PropertyForm, out var name))
        {
            var direction = line[1] switch { "in" => Direction.In, "out" => Direction.Out, _ => Direction.Both };
            _declaration!.Properties.Add(new(
                name[1], name[2] == "" ? Pascal(name[1]) : name[2], ReadType(line[4]), direction, line[5] == "!", line[5] == "?", line[2] != "", line[3] != "",
                name[3], name[4] + name[6], name[5].Split([' '], StringSplitOptions.RemoveEmptyEntries), _place));
        }
    }

    private static TypeReference ReadType(string text)
    {
        const string Plain = "plain ";
        var isPlain = text.StartsWith(Plain, StringComparison.Ordinal);
        var type = isPlain ? text.Substring(Plain.Length) : text;
        var shape = type.StartsWith("[", StringComparison.Ordinal) ? Shape.List : type.StartsWith("{", StringComparison.Ordinal) ? Shape.Map : Shape.Named;
        return shape != Shape.Named ? new(shape, isPlain, "", ReadType(type.Substring(1, type.Length - 2)))
            : type.Contains('|') ? new(Shape.Union, isPlain, "", [.. type.Split('|').Select(ReadType)])
            : new(Shape.Named, isPlain, type);
    }

    private bool Declare(Kind kind, string name, string token, string module)
    {
        _declaration = new(_package!, kind, name, token, module, _place);
        _package!.Declarations.Add(_declaration);
        return true;
    }

    private bool Matches(string text, string pattern, string form, out string[] groups)
    {
        var match = Regex.Match(text, pattern);
        groups = [.. match.Groups.Cast<Group>().Select(group => group.Value)];
        return match.Success || problems.Report(_place, $"'{text}' does not have the form of its line", $"write {form}");
    }

    private static bool Each(string list, Action<string> read)
    {
        list.Split([", "], StringSplitOptions.None).ToList().ForEach(read);
        return true;
    }

    private static string Pascal(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);
}

/// <summary>What is wrong with the descriptions: errors of the build.</summary>
internal sealed class Problems : List<Diagnostic>
{
    // The rules of analyzers are listed release by release; this is the form of a file, and nothing is released.
#pragma warning disable RS2008
    private static readonly DiagnosticDescriptor BadLine = new(
        "STANDIN001", "A line of a description is wrong", "{0}. To do: {1}.", "StandIn", DiagnosticSeverity.Error, isEnabledByDefault: true);
#pragma warning restore RS2008

    /// <returns>False, so that a check can end with it.</returns>
    public bool Report(Location place, string what, string remedy)
    {
        Add(Diagnostic.Create(BadLine, place, what, remedy));
        return false;
    }
}

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
                place, $"{property.Default} is not a value of {name}", "write true or false for a bool, a member for an enum, or env VARIABLE for a bool or a string"));
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
