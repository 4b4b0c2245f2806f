using System.IO.Enumeration;
using System.Text.Json;
using System.Text.Json.Serialization;
using GopherMesh.Gopherctl.Check.Rules;
using GopherMesh.Gopherctl.Cli;
using GopherMesh.Gopherctl.Program.Evaluation;
using GopherMesh.Gopherctl.Program.Stacks;
using YamlDotNet.RepresentationModel;

namespace GopherMesh.Gopherctl.Check;

/// <summary>The findings that are accepted: a list under `exceptions`, each with stack, rule, resource and reason, and with the last day on which it holds where it has one.</summary>
internal sealed record ExceptionsFile(IReadOnlyList<PolicyException> Exceptions)
{
    /// <summary>The file of this repository, beside Pulumi.yaml.</summary>
    public const string Name = "check-exceptions.yaml";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    private static string RuleIds => string.Join(", ", Policy.Rules.Select(rule => rule.Id));

    /// <summary>Reads a file.</summary>
    /// <exception cref="UserException">It is not there, broken, or names an unknown rule.</exception>
    public static IReadOnlyList<PolicyException> Read(string path)
    {
        try
        {
            return Parse(path, TextFile.Read(path));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UserException(exception.Message, path, "Name a file that can be read with --exceptions.");
        }
    }

    /// <summary>Reads the text of a file.</summary>
    /// <exception cref="UserException">It is broken, or names an unknown rule.</exception>
    public static IReadOnlyList<PolicyException> Parse(string path, string text)
    {
        var file = YamlFile.Parse(path, text);
        try
        {
            var exceptions = WithPlaces(file, file.ToJson(file.Root).Deserialize<ExceptionsFile>(Json)!.Exceptions);
            if (exceptions.FirstOrDefault(exception => Policy.Rules.All(rule => rule.Id != exception.Rule)) is { } unknown)
            {
                throw new JsonException($"there is no rule '{unknown.Rule}'; the rules are {RuleIds}");
            }

            if (exceptions.FirstOrDefault(exception => string.IsNullOrWhiteSpace(exception.Reason)) is { } silent)
            {
                throw new JsonException($"the exception from {silent.Rule} for {silent.Resource} gives no reason");
            }

            return exceptions;
        }
        catch (JsonException exception)
        {
            throw new UserException(exception.Message, path, "Give every exception its stack, rule, resource and reason, and a last day as expires: \"2027-01-31\" where it has one.");
        }
    }

    private static List<PolicyException> WithPlaces(YamlFile file, IReadOnlyList<PolicyException> exceptions)
    {
        var nodes = ((YamlSequenceNode)file.Entries(file.Root, "the file").Single(entry => entry.Key == "exceptions").Value).Children;
        return [.. exceptions.Zip(nodes, (exception, node) => exception with { Place = new(file.Name, (int)node.Start.Line) })];
    }
}

/// <summary>A finding that is accepted, with the reason.</summary>
/// <param name="Stack">The stack in which it is.</param>
/// <param name="Rule">The rule's id.</param>
/// <param name="Resource">The resource, as the finding names it; a * in it matches anything.</param>
/// <param name="Reason">Why it is accepted.</param>
/// <param name="Expires">The last day on which it holds; null: no end.</param>
internal sealed record PolicyException(string Stack, string Rule, string Resource, string Reason, DateOnly? Expires = null)
{
    /// <summary>Its line in the file; null where it is from no file.</summary>
    [JsonIgnore]
    public SourceLine? Place { get; init; }

    /// <summary>Whether its last day is over.</summary>
    public bool IsExpired(DateOnly today) => Expires < today;

    /// <summary>Whether it matches a finding of its stack.</summary>
    public bool Covers(Finding finding) => finding.Rule.Id == Rule
        && FileSystemName.MatchesSimpleExpression(Resource, finding.Violation.Resource, ignoreCase: false);
}
