using System.Buffers;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace GopherMesh.Gopherctl.Program.Stacks;

/// <summary>
/// The limits of a YAML file. They are checked on the parser's events, before these become nodes: an alias inside its own anchor, endless
/// nesting or aliases of aliases would end the process, and no code could catch that.
/// </summary>
internal static class YamlLimits
{
    /// <summary>The largest file that is read, in characters.</summary>
    public const int MostCharacters = 16 * 1024 * 1024;

    /// <summary>How deep lists and mappings may be nested; the objects of Kubernetes need less than half. JSON is read up to 64.</summary>
    public const int MostLevels = 60;

    /// <summary>The most nodes that aliases may add in all, aliases within aliases included.</summary>
    public const int MostAliasedNodes = 100_000;

    // All but c-printable (YAML 1.2, section 5.1), which kubectl and the engine refuse too; at a NUL the parser would take the text to end.
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0xa0).Where(code => code is < 0x20 or >= 0x7f and not 0x85).Select(code => (char)code).Except("\t\n\r"), '\ufffe', '\uffff']);

    /// <exception cref="YamlException">A limit is exceeded, or the text is no YAML.</exception>
    public static void Check(string text)
    {
        if (text.Length > MostCharacters)
        {
            throw new YamlException(Mark.Empty, Mark.Empty, $"the file is longer than {MostCharacters:N0} characters");
        }

        if (text.AsSpan().IndexOfAny(Controls) is >= 0 and var control)
        {
            var before = text.AsSpan(0, control);
            var place = new Mark(control, before.Count('\n') + 1, control - before.LastIndexOf('\n'));
            throw new YamlException(place, place, $"the control character \\u{(int)text[control]:x4} is not allowed in YAML");
        }

        var (parser, open) = (new Parser(new StringReader(text)), new Stack<Open>());
        var sizes = new Dictionary<AnchorName, long>();
        var aliased = 0L;
        while (parser.MoveNext())
        {
            switch (parser.Current)
            {
                case DocumentStart:
                    sizes.Clear();
                    break;
                case AnchorAlias alias:
                    aliased += SizeOf(alias, open, sizes);
                    if (aliased > MostAliasedNodes)
                    {
                        throw Error(alias, $"the aliases add more than {MostAliasedNodes:N0} nodes");
                    }

                    break;
                case MappingStart or SequenceStart:
                    var start = (NodeEvent)parser.Current;
                    if (open.Count == MostLevels)
                    {
                        throw Error(start, $"lists and mappings are nested deeper than {MostLevels} levels");
                    }

                    open.Push(new(start.Anchor));
                    break;
                case MappingEnd or SequenceEnd:
                    var closed = open.Pop();
                    Count(open, closed.Size);
                    Remember(sizes, closed.Anchor, closed.Size);
                    break;
                case Scalar scalar:
                    Count(open, 1);
                    Remember(sizes, scalar.Anchor, 1);
                    break;
            }
        }
    }

    private static long SizeOf(AnchorAlias alias, Stack<Open> open, Dictionary<AnchorName, long> sizes)
    {
        if (open.Any(node => node.Anchor == alias.Value))
        {
            throw Error(alias, $"the anchor '{alias.Value}' contains itself");
        }

        // The reader reports an alias without an anchor.
        var size = sizes.GetValueOrDefault(alias.Value, 1);
        Count(open, size);
        return size;
    }

    private static void Count(Stack<Open> open, long size)
    {
        if (open.TryPeek(out var parent))
        {
            parent.Size += size;
        }
    }

    private static void Remember(Dictionary<AnchorName, long> sizes, AnchorName anchor, long size)
    {
        if (!anchor.IsEmpty)
        {
            sizes[anchor] = size;
        }
    }

    private static YamlException Error(ParsingEvent at, string message) => new(at.Start, at.End, message);

    /// <summary>A list or mapping that has not ended, and the nodes in it so far.</summary>
    private sealed class Open(AnchorName anchor)
    {
        public AnchorName Anchor => anchor;

        public long Size { get; set; } = 1;
    }
}
