using System.Reflection;

namespace GopherMesh.Infra.Observability;

/// <summary>The files of the repository's folder <c>observability</c>, which tools in the cluster read as they are.</summary>
internal static class ObservabilityFiles
{
    private static readonly Assembly Program = typeof(ObservabilityFiles).Assembly;

    /// <summary>Every file directly in <paramref name="folder"/>: name to text.</summary>
    public static Dictionary<string, string> In(string folder)
    {
        var prefix = $"observability/{folder}/";
        return Program.GetManifestResourceNames()
            .Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && !name[prefix.Length..].Contains('/'))
            .Order(StringComparer.Ordinal)
            .ToDictionary(name => name[prefix.Length..], Read);
    }

    private static string Read(string name)
    {
        using var text = new StreamReader(Program.GetManifestResourceStream(name)!);
        return text.ReadToEnd();
    }
}
