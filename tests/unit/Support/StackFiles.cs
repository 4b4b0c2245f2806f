using GopherMesh.Infra.Settings;

namespace GopherMesh.Tests.Unit;

/// <summary>Configurations in the form in which the engine passes them.</summary>
internal static class StackFiles
{
    /// <summary>The dev stack: EKS in ap-southeast-2, every setting of ours at its default.</summary>
    public static IReadOnlyDictionary<string, string> Dev(params (string Key, string Value)[] changes) => With([("aws:region", "ap-southeast-2")], changes);

    /// <summary>A stack on an existing cluster.</summary>
    public static IReadOnlyDictionary<string, string> Local(params (string Key, string Value)[] changes) => With(
        [
            ("clusterKind", "existing"),
            ("kubeContext", "kind-gopher-mesh"),
            ("requesterImage", "docker.io/library/gopher-requester:dev"),
            ("versions", """{"v1":"docker.io/library/gopher-distributor:dev","v2":"docker.io/library/gopher-distributor:dev"}"""),
        ],
        changes);

    /// <summary>The settings of <paramref name="config"/>.</summary>
    public static StackSettings Read(this IReadOnlyDictionary<string, string> config) => StackSettings.Read(config);

    /// <summary>The errors of <paramref name="config"/>.</summary>
    public static IReadOnlyList<SettingError> Errors(this IReadOnlyDictionary<string, string> config) =>
        Assert.Throws<SettingsException>(() => StackSettings.Read(config)).Errors;

    private static Dictionary<string, string> With((string Key, string Value)[] start, (string Key, string Value)[] changes)
    {
        var config = start.ToDictionary(entry => FullName(entry.Key), entry => entry.Value);
        foreach (var (key, value) in changes)
        {
            config[FullName(key)] = value;
        }

        return config;
    }

    private static string FullName(string key) => key.Contains(':', StringComparison.Ordinal) ? key : $"gopher-mesh:{key}";
}
