using System.Reflection;
using GopherMesh.Infra.Settings;

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

    /// <summary>The files of Prometheus, with what the stack's settings decide in its configuration and its alerts filled in.</summary>
    /// <param name="gophers">The namespace of the gophers.</param>
    /// <param name="settings">Where alerts are sent, and where their runbooks are read.</param>
    public static Dictionary<string, string> OfPrometheus(string gophers, ObservabilitySettings settings)
    {
        const string Configuration = "prometheus.yml";
        const string Alerts = "alerts.yaml";
        var files = In("prometheus");
        files[Configuration] = Filled(files[Configuration], "{gophers}", gophers);
        if (settings.Alertmanager is { } alertmanager)
        {
            files[Configuration] = Filled(files[Configuration], "alertmanagers: []", $"alertmanagers: [{Alertmanager(alertmanager)}]");
        }

        if (settings.Runbooks is { } page)
        {
            files[Alerts] = Filled(files[Alerts], "runbook: docs/observability.md#", $"runbook_url: {page.AbsoluteUri}#");
        }

        return files;
    }

    // An IPv6 address keeps its brackets. Without a path this is /, which is Prometheus' own default.
    private static string Alertmanager(Uri address) =>
        $$"""{scheme: {{address.Scheme}}, path_prefix: "{{address.AbsolutePath}}", static_configs: [{targets: ["{{address.Host}}:{{address.Port}}"]}]}""";

    private static string Filled(string text, string place, string value) => text.Contains(place, StringComparison.Ordinal)
        ? text.Replace(place, value, StringComparison.Ordinal)
        : throw new InvalidOperationException($"no file of observability/prometheus has {place}");

    private static string Read(string name)
    {
        using var text = new StreamReader(Program.GetManifestResourceStream(name)!);
        return text.ReadToEnd();
    }
}
