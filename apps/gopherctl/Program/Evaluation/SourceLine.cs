using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using GopherMesh.Infra;
using Pulumi;

namespace GopherMesh.Gopherctl.Program.Evaluation;

/// <summary>A line of a file of the repository.</summary>
/// <param name="File">The file, from the repository's root, with forward slashes.</param>
/// <param name="Line">The line, from 1.</param>
public sealed record SourceLine(string File, int Line)
{
    private const string Folder = "infra/";

    private static readonly Assembly Program = typeof(GopherMeshStack).Assembly;

    // The program's own words for the types of others: who calls them is who declares the resource.
    private static readonly string[] Helpers = ["GopherMesh.Infra.Conventions", "GopherMesh.Infra.Helm", "GopherMesh.Infra.Istio"];

    // The line numbers are beside the assembly; without them no line is known.
    private static readonly Lazy<MetadataReader?> Symbols = new(Open);

    /// <summary>The line where the program begins to declare; null where no symbols are beside the assembly.</summary>
    internal static SourceLine? OfProgram { get; } =
        Symbols.Value is { } symbols ? Find(symbols, ((Func<Action<string>, IDictionary<string, object?>>)GopherMeshStack.DeclareForInspection).Method, offset: int.MaxValue) : null;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{File}:{Line}");

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">It is not a file and a line.</exception>
    internal static SourceLine Parse(string text) =>
        text.LastIndexOf(':') is > 0 and var colon && int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var line) && line > 0
            ? new(text[..colon], line)
            : throw new FormatException($"'{text}' is not a file and a line, as in infra/OwnCluster.cs:12");

    /// <summary>
    /// The line of the program that is constructing a resource: that of the innermost method, since the inputs are written there. Neither a
    /// helper counts nor the resource's own class, whose callers decide what it declares.
    /// </summary>
    /// <returns>Null where the program is not running, or no symbols are beside the assembly.</returns>
    internal static SourceLine? OfConstruction(Resource resource)
    {
        if (Symbols.Value is not { } symbols)
        {
            return null;
        }

        var frames = new StackTrace(fNeedFileInfo: false).GetFrames()
            .Select(frame => (Method: frame.GetMethod(), Offset: frame.GetILOffset()))
            .Where(frame => frame.Method?.Module.Assembly == Program && !IsOwnConstructor(frame.Method, resource)).ToList();
        return frames.Where(frame => !IsHelper(frame.Method!)).Concat(frames)
            .Select(frame => Find(symbols, frame.Method!, frame.Offset)).FirstOrDefault(line => line is not null);
    }

    private static bool IsOwnConstructor(MethodBase method, Resource resource) =>
        method.IsConstructor && method.DeclaringType?.IsInstanceOfType(resource) == true;

    private static bool IsHelper(MethodBase method) => method.DeclaringType?.Namespace is { } space && Helpers.Contains(space);

    private static MetadataReader? Open()
    {
        var path = Path.ChangeExtension(Program.Location, ".pdb");
        return System.IO.File.Exists(path) ? MetadataReaderProvider.FromPortablePdbStream(System.IO.File.OpenRead(path)).GetMetadataReader() : null;
    }

    // The last point at or before the offset; a hidden one belongs to no line.
    private static SourceLine? Find(MetadataReader symbols, MethodBase method, int offset)
    {
        var handle = MetadataTokens.MethodDefinitionHandle(method.MetadataToken & 0xFFFFFF);
        var point = symbols.GetMethodDebugInformation(handle.ToDebugInformationHandle()).GetSequencePoints()
            .LastOrDefault(candidate => !candidate.IsHidden && candidate.Offset <= offset);
        if (point.Document.IsNil)
        {
            return null;
        }

        // A build for CI knows its sources as /_/infra/..., another one by the paths of its machine.
        var document = symbols.GetString(symbols.GetDocument(point.Document).Name).Replace('\\', '/');
        var start = document.LastIndexOf('/' + Folder, StringComparison.Ordinal);
        return start < 0 ? null : new SourceLine(document[(start + 1)..], point.StartLine);
    }
}
