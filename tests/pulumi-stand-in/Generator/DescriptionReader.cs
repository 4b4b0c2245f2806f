using System.Text.RegularExpressions;

namespace GopherMesh.Tests.PulumiStandIn.Generator;

/// <summary>Reads a description; its README gives the form of the lines.</summary>
internal sealed class DescriptionReader(string path, List<Problem> problems)
{
    private const string PropertyForm = "write [in|out] [secret] [replace] TYPE[!|?] NAME[ as CSHARP][ = DEFAULT| is CONSTANT], NAME...";
    private const string PackageForm = "write package NAME VERSION NAMESPACE [kubernetes20|tfbridge20]";

    private Package? _package;
    private Declaration? _declaration;
    private string _module = "";

    /// <returns>What could be read; null without a line that names the package.</returns>
    public Package? Read(string text)
    {
        var lines = text.Split('\n');
        for (var number = 0; number < lines.Length; number++)
        {
            var line = new LineReader(path, number, lines[number].TrimEnd('\r'));
            try
            {
                if (!line.IsAtEnd)
                {
                    ReadLine(line);
                }
            }
            catch (BadLineException bad)
            {
                problems.Add(bad.Problem);
            }
        }

        return _package;
    }

    private void ReadLine(LineReader line)
    {
        if (line.IsIndented)
        {
            ReadDetail(line, _declaration ?? throw line.Bad("this line belongs to nothing", "put it below a resource, a type or a function"));
        }
        else if (line.Take("package"))
        {
            _package = ReadPackage(line);
        }
        else if (line.Take("module"))
        {
            _module = line.Word("a namespace", "write module NAMESPACE, such as Ec2 or Core.V1");
            line.End("write module NAMESPACE");
        }
        else
        {
            _declaration = null;
            _declaration = ReadDeclaration(line, _package ?? throw line.Bad("the package is not known yet", PackageForm));
            _package.Declarations.Add(_declaration);
        }
    }

    private Package ReadPackage(LineReader line)
    {
        if (_package is not null)
        {
            throw line.Bad("a second package", "describe each package in a file of its own");
        }

        var (name, version, root) = (line.Word("a name", PackageForm), line.Word("a version", PackageForm), line.Word("a namespace", PackageForm));
        var compatibility = line.Take("kubernetes20") ? "kubernetes20" : line.Take("tfbridge20") ? "tfbridge20" : "";
        line.End(PackageForm);
        return new(name, version, root, compatibility);
    }

    private Declaration ReadDeclaration(LineReader line, Package package)
    {
        var place = line.Place;
        if (line.Take("provider"))
        {
            line.End("write provider alone");
            return new(package, Kind.Provider, "Provider", $"pulumi:providers:{package.Name}", "", place);
        }

        foreach (var (word, kind) in new[] { ("resource", Kind.Resource), ("component", Kind.Component), ("function", Kind.Function) })
        {
            if (line.Take(word))
            {
                var token = Token(line, package);
                line.End($"write {word} TOKEN");
                return new(package, kind, Pascal(token.Substring(token.LastIndexOf(':') + 1)), token, _module, place);
            }
        }

        if (line.Take("type"))
        {
            var type = new Declaration(package, Kind.Type, line.Word("a name", "write type NAME"), "", _module, place);
            line.End("write type NAME");
            return type;
        }

        line.Expect("enum", "begin a line with package, module, provider, resource, component, function, type or enum, or indent it");
        return ReadEnum(line, package, place);
    }

    private Declaration ReadEnum(LineReader line, Package package, Place place)
    {
        const string Form = "write enum NAME = MEMBER VALUE, MEMBER VALUE...";
        var declaration = new Declaration(package, Kind.Enum, line.Word("a name", Form), "", _module, place);
        line.Expect("=", Form);
        do
        {
            declaration.Members.Add((line.Word("a member", Form), line.Word("a value", Form)));
        }
        while (line.Take(","));
        line.End(Form);
        return declaration;
    }

    private static void ReadDetail(LineReader line, Declaration declaration)
    {
        if (declaration.Kind == Kind.Enum)
        {
            throw line.Bad("an enum has no properties", "write its members in its own line");
        }

        if (line.Take("alias"))
        {
            do
            {
                declaration.Aliases.Add(Token(line, declaration.Package));
            }
            while (line.Take(","));
            line.End("write alias TOKEN, TOKEN...");
            return;
        }

        var direction = line.Take("in") ? Direction.In : line.Take("out") ? Direction.Out : Direction.Both;
        var (isSecret, replaces, type) = (line.Take("secret"), line.Take("replace"), ReadType(line));
        var property = new Property(type, direction, line.Take("!"), line.Take("?"), isSecret, replaces);
        do
        {
            declaration.Properties.Add(ReadProperty(line, property));
        }
        while (line.Take(","));
        line.End(PropertyForm);
    }

    private static Property ReadProperty(LineReader line, Property property)
    {
        var place = line.Place;
        var name = line.Word("a property", PropertyForm);
        property = property with
        {
            Name = name,
            CSharpName = line.Take("as") ? line.Word("a name in C#", PropertyForm) : Pascal(name),
            Place = place,
            Constant = line.Take("is") ? line.Word("a constant", PropertyForm) : null,
            Default = line.Take("=") ? line.Word("a default", PropertyForm) : null,
            DefaultVariables = [],
        };
        while (property.Default == "env" && line.IsAtWord)
        {
            property.DefaultVariables.Add(line.Word("a variable", PropertyForm));
        }

        return property;
    }

    private static TypeReference ReadType(LineReader line)
    {
        var first = ReadSingleType(line);
        return line.Take("|") ? new(Shape.Union, false, "", first, ReadSingleType(line)) : first;
    }

    private static TypeReference ReadSingleType(LineReader line)
    {
        var isPlain = line.Take("plain");
        foreach (var (open, close, shape) in new[] { ("[", "]", Shape.List), ("{", "}", Shape.Map) })
        {
            if (line.Take(open))
            {
                var item = ReadType(line);
                line.Expect(close, PropertyForm);
                return new(shape, isPlain, "", item);
            }
        }

        return new(Shape.Named, isPlain, line.Word("a type", PropertyForm));
    }

    private static string Token(LineReader line, Package package)
    {
        var remedy = $"write {package.Name}:MODULE:NAME, as the package's schema does";
        var before = line.Place;
        var token = line.Word("a token", remedy);
        if (!Regex.IsMatch(token, $"^{package.Name}:[^:]+:[^:]+$"))
        {
            throw new BadLineException(new(before, $"'{token}' is no token of the package {package.Name}", remedy));
        }

        return token;
    }

    private static string Pascal(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);
}
