using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using GopherMesh.Gopherctl.Cli;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace GopherMesh.Gopherctl.Program.Stacks;

/// <summary>A YAML file with one mapping, whose errors name the line and column.</summary>
internal sealed partial class YamlFile
{
    private readonly bool _isForKubectl;

    private YamlFile(string name, YamlMappingNode root, bool isForKubectl = false) => (Name, Root, _isForKubectl) = (name, root, isForKubectl);

    /// <summary>The file's name, for messages.</summary>
    public string Name { get; }

    /// <summary>The mapping at the top; empty for an empty file.</summary>
    public YamlMappingNode Root { get; }

    /// <summary>Reads a file; the encoding's byte order mark is skipped.</summary>
    public static YamlFile Read(string path) => Parse(Path.GetFileName(path), TextFile.Read(path));

    /// <summary>Reads a text as if it were the file of that name.</summary>
    /// <exception cref="UserException">Broken YAML, a duplicate key, more than one document, or no mapping.</exception>
    public static YamlFile Parse(string name, string text) => Documents(name, text) switch
    {
        [] => new YamlFile(name, []),
        [var document] => Of(name, document),
        [_, var second, ..] => throw Error(name, second.RootNode.Start, "a second YAML document begins here; the file must hold one"),
    };

    /// <summary>
    /// Reads a text with any number of documents, each with one mapping, as kubectl reads it (sigs.k8s.io/yaml, YAML 1.1): with merge keys, with yes and
    /// no as booleans, and with times as texts.
    /// </summary>
    /// <exception cref="UserException">Broken YAML, a duplicate key, or no mapping.</exception>
    public static IReadOnlyList<YamlFile> ParseManifests(string name, string text) =>
        [.. Documents(name, text).Select(document => Of(name, document, isForKubectl: true))];

    private static YamlFile Of(string name, YamlDocument document, bool isForKubectl = false) => document switch
    {
        { RootNode: YamlMappingNode root } => new YamlFile(name, root, isForKubectl),
        { RootNode: YamlScalarNode { Value: null or "" } } => new YamlFile(name, []),
        _ => throw Error(name, document.RootNode.Start, "the file must hold keys and values"),
    };

    private static IList<YamlDocument> Documents(string name, string text)
    {
        var stream = new YamlStream();
        try
        {
            YamlLimits.Check(text);
            stream.Load(new StringReader(text));
            return stream.Documents;
        }
        catch (Exception broken) when (broken is InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            // What the parser throws at some damaged texts: it has no place in them then.
            throw new UserException($"it is no YAML: {broken.Message}", name, "Correct the file.");
        }
        catch (YamlException exception)
        {
            throw TabIndentation().Match(text) is { Success: true } tab && exception.Message.Contains("tab", StringComparison.Ordinal)
                ? Error(name, new Mark(tab.Index, text.AsSpan(0, tab.Index).Count('\n') + 1, 1), "a line is indented with a tab; YAML allows only spaces")
                : Error(name, exception);
        }
    }

    /// <summary>The mapping's entries with string keys, in the file's order.</summary>
    public IEnumerable<(string Key, YamlNode KeyNode, YamlNode Value)> Entries(YamlNode node, string what)
    {
        if (node is YamlScalarNode { Value: null or "" or "~" or "null", Style: ScalarStyle.Plain })
        {
            return [];
        }

        if (node is not YamlMappingNode mapping)
        {
            throw Error(node, $"{what} must hold keys and values");
        }

        return mapping.Children.Select(child => (Key(child.Key), child.Key, child.Value));
    }

    /// <summary>The node as JSON, with the engine's types for scalars.</summary>
    public JsonNode? ToJson(YamlNode node)
    {
        try
        {
            return node switch
            {
                YamlScalarNode scalar => YamlScalar.Resolve(scalar, _isForKubectl),
                YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(ToJson)]),
                YamlMappingNode mapping => ToJsonObject(mapping),
                _ => throw Error(node, $"a {node.NodeType} has no meaning here"),
            };
        }
        catch (YamlException exception)
        {
            throw Error(Name, exception);
        }
    }

    /// <summary>An error at a node of this file.</summary>
    public UserException Error(YamlNode node, string what, string remedy = "Correct the file.") => Error(Name, node.Start, what, remedy);

    private JsonObject ToJsonObject(YamlMappingNode mapping) =>
        new(Children(mapping).Select(child => KeyValuePair.Create(child.Key, ToJson(child.Value))).OrderBy(pair => pair.Key, StringComparer.Ordinal));

    /// <summary>The mapping's own entries and, for kubectl, those that a merge key adds: own ones hold before merged ones, and earlier ones before later.</summary>
    private Dictionary<string, YamlNode> Children(YamlMappingNode mapping)
    {
        var children = mapping.Children.Where(child => !IsMerge(child.Key)).ToDictionary(child => Key(child.Key), child => child.Value);
        foreach (var source in mapping.Children.Where(child => IsMerge(child.Key)).SelectMany(child => child.Value is YamlSequenceNode several ? several.Children : [child.Value]))
        {
            if (source is not YamlMappingNode merged)
            {
                throw Error(source, "a merge key << needs keys and values, or a list of such");
            }

            foreach (var (key, value) in Children(merged))
            {
                children.TryAdd(key, value);
            }
        }

        return children;
    }

    private bool IsMerge(YamlNode key) => _isForKubectl && key is YamlScalarNode { Value: "<<", Style: ScalarStyle.Plain };

    private string Key(YamlNode node) => node switch
    {
        YamlScalarNode { Value: "<<", Style: ScalarStyle.Plain } => throw Error(node, "YAML's merge key << is not read here; write the keys out"),
        YamlScalarNode { Value: { } key } => key,
        _ => throw Error(node, "a key must be a string"),
    };

    private static UserException Error(string name, YamlException exception)
    {
        var message = exception.Message.StartsWith("Duplicate key", StringComparison.Ordinal) ? $"{exception.Message.Trim()} (it is there twice)" : exception.Message;
        return Error(name, exception.Start, message);
    }

    // The parser reports the position of the mapping around a tab, not that of the tab.
    [GeneratedRegex(@"^ *\t", RegexOptions.Multiline)]
    private static partial Regex TabIndentation();

    private static UserException Error(string name, Mark mark, string what, string remedy = "Correct the file.") =>
        new(what, $"{name}, line {mark.Line}, column {mark.Column}", remedy);
}
