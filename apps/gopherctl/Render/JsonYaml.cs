using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace GopherMesh.Gopherctl.Render;

/// <summary>
/// Writes JSON as YAML that every parser reads back unchanged: a text is quoted if any parser could read it as another type. YamlDotNet's
/// own quoting (18.1, with the words of YAML 1.1) leaves 1e3 and 2026-11-22 plain, which kubectl reads as a number and as a timestamp.
/// </summary>
internal static partial class JsonYaml
{
    // Booleans and nulls of YAML 1.1, which kubectl's parser still knows.
    private static readonly HashSet<string> YamlWords =
        new(["y", "n", "yes", "no", "on", "off", "true", "false", "null"], StringComparer.OrdinalIgnoreCase);

    /// <summary>One document, without markers, ending in a line feed.</summary>
    public static string Write(JsonNode node)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(writer, new EmitterSettings().WithBestWidth(int.MaxValue).WithNewLine("\n").WithIndentedSequences());
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Write(emitter, node);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return writer.ToString();
    }

    private static void Write(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                emitter.Emit(new MappingStart(default, default, isImplicit: true, members.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (key, member) in members)
                {
                    emitter.Emit(Text(key));
                    Write(emitter, member);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray items:
                emitter.Emit(new SequenceStart(default, default, isImplicit: true, items.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in items)
                {
                    Write(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                emitter.Emit(Text(value.GetValue<string>()));
                break;
            default:
                emitter.Emit(Styled(node?.ToJsonString() ?? "null", ScalarStyle.Plain));
                break;
        }
    }

    private static Scalar Text(string text) => Styled(text, text switch
    {
        _ when PlainText().IsMatch(text) && !YamlWords.Contains(text) => ScalarStyle.Plain,
        _ when Lines().IsMatch(text) => ScalarStyle.Literal,
        _ => ScalarStyle.DoubleQuoted,
    });

    private static Scalar Styled(string text, ScalarStyle style) =>
        new(default, default, text, style, isPlainImplicit: style == ScalarStyle.Plain, isQuotedImplicit: style != ScalarStyle.Plain);

    // Begins with a letter or a slash, so that it is not a number; has no character with a meaning of its own in YAML.
    [GeneratedRegex(@"\A[A-Za-z/][A-Za-z0-9_./-]*(:[A-Za-z0-9_./-]+)*\z")]
    private static partial Regex PlainText();

    // Several lines of printable ASCII, none with blanks at its ends: a literal block keeps them unchanged.
    [GeneratedRegex(@"\A([!-~]([ -~]*[!-~])?\n)([ ]*[!-~]([ -~]*[!-~])?\n)+\z")]
    private static partial Regex Lines();
}
