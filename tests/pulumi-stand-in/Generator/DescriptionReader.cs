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
