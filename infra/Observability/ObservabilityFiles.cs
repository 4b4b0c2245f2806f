using System.Reflection;

namespace GopherMesh.Infra.Observability;

/// <summary>The files of the repository's folder <c>observability</c>, which tools in the cluster read unchanged.</summary>
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

    /// <summary>The files of Prometheus, with what the stack's settings decide in its configuration filled in.</summary>
    /// <param name="gophers">The namespace of the gophers.</param>
    /// <param name="alertmanager">Where alerts are sent; null for nowhere.</param>
    public static Dictionary<string, string> OfPrometheus(string gophers, Uri? alertmanager)
    {
        const string Configuration = "prometheus.yml";
        var files = In("prometheus");
        files[Configuration] = Filled(files[Configuration], "{gophers}", gophers);
        if (alertmanager is not null)
        {
            files[Configuration] = Filled(files[Configuration], "alertmanagers: []", $"alertmanagers: [{Alertmanager(alertmanager)}]");
        }

        return files;
    }

    // An IPv6 address keeps its brackets. Without a path this is /, which is Prometheus' own default.
    private static string Alertmanager(Uri address) =>
        $$"""{scheme: {{address.Scheme}}, path_prefix: "{{address.AbsolutePath}}", static_configs: [{targets: ["{{address.Host}}:{{address.Port}}"]}]}""";

    private static string Filled(string text, string place, string value) => text.Contains(place, StringComparison.Ordinal)
        ? text.Replace(place, value, StringComparison.Ordinal)
        : throw new InvalidOperationException($"observability/prometheus/prometheus.yml has no line {place}.");

    private static string Read(string name)
    {
        using var text = new StreamReader(Program.GetManifestResourceStream(name)!);
        return text.ReadToEnd();
    }
}
