using System.Collections.Immutable;
using System.Text.Json;
using Pulumi;

namespace GopherMesh.Infra.Settings;

/// <summary>
/// Everything that a stack can choose, checked. This is the only code that reads configuration.
/// </summary>
/// <remarks>
/// To add a key, write its entry in Pulumi.yaml's schema (type, default, description), and in the file of its group the <see cref="SettingKey{T}"/>, the
/// property with its line in <c>Read</c>, and a <see cref="SettingCheck"/> if it must agree with other keys. Then write its rows in the tests of settings;
/// they compare the schema with the keys, and say how to write docs/settings.md again.
/// </remarks>
public sealed record StackSettings
{
    /// <summary>Which versions exist and who answers.</summary>
    public required RolloutSettings Rollout { get; init; }

    /// <summary>How a rollout proceeds and is judged.</summary>
    public required ProgressSettings Progress { get; init; }

    /// <summary>Where the mesh lives.</summary>
    public required ClusterSettings Cluster { get; init; }

    /// <summary>The EKS cluster, where the stack creates one.</summary>
    public required EksSettings Eks { get; init; }

    /// <summary>Istio and its ingress gateway.</summary>
    public required MeshSettings Mesh { get; init; }

    /// <summary>The observability tools.</summary>
    public required ObservabilitySettings Observability { get; init; }

    /// <summary>The two services.</summary>
    public required GopherSettings Gophers { get; init; }

    /// <summary>Every key of the project.</summary>
    public static ImmutableArray<SettingKey> Keys { get; } = ReadKeys();

    private static IEnumerable<SettingCheck> Checks =>
        [
            .. RolloutSettings.Checks,
            .. FaultSettings.Checks,
            .. ClusterSettings.Checks,
            .. EksSettings.Checks,
            .. NetworkSettings.Checks,
            .. AwsCredentials.Checks,
            .. LoadBalancerSettings.Checks,
            .. MeshSettings.Checks,
            .. ObservabilitySettings.Checks,
            .. GopherSettings.Checks,
        ];

    /// <summary>Reads and checks a stack's configuration; the same input gives the same settings.</summary>
    /// <param name="config">Values by full key (<c>gopher-mesh:canaryWeight</c>); arrays and objects are JSON. Keys of other projects are left alone.</param>
    /// <exception cref="SettingsException">Names every wrong setting.</exception>
    public static StackSettings Read(IReadOnlyDictionary<string, string> config)
    {
        var reader = new SettingsReader(config);
        var settings = Read(reader);
        reader.Verify(settings, Checks);
        return settings;
    }

    private static StackSettings Read(SettingsReader from) => new()
    {
        Rollout = RolloutSettings.Read(from),
        Progress = ProgressSettings.Read(from),
        Cluster = ClusterSettings.Read(from),
        Eks = EksSettings.Read(from),
        Mesh = MeshSettings.Read(from),
        Observability = ObservabilitySettings.Read(from),
        Gophers = GopherSettings.Read(from),
    };

    private static ImmutableArray<SettingKey> ReadKeys()
    {
        var reader = new SettingsReader(ImmutableDictionary<string, string>.Empty);
        Read(reader);
        return [.. reader.Keys.Where(key => key.Namespace == Project.Name)];
    }
}

/// <summary>The Pulumi project that the settings belong to.</summary>
public static class Project
{
    /// <summary>The project's name in Pulumi.yaml; also the namespace of its configuration keys.</summary>
    public const string Name = "gopher-mesh";

    /// <summary>The namespace of the keys of Pulumi's AWS provider, of which the stack hands some on to the provider that it makes.</summary>
    public const string AwsNamespace = "aws";
}

/// <summary>The configuration that the engine hands to the running program.</summary>
public static class StackConfig
{
    /// <summary>The environment variable through which the engine passes the whole configuration, a JSON object of strings.</summary>
    private const string Variable = "PULUMI_CONFIG";

    /// <summary>The configuration of the project and of its AWS provider, by full key.</summary>
    /// <remarks><see cref="Config"/> gives the values; it cannot list its keys, which is why their names come from the variable.</remarks>
    public static IReadOnlyDictionary<string, string> Read()
    {
        var variable = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(Environment.GetEnvironmentVariable(Variable) ?? "{}")!;
        return (from owner in new[] { Project.Name, Project.AwsNamespace }
                let config = new Config(owner)
                from key in variable.Keys
                where key.StartsWith($"{owner}:", StringComparison.Ordinal)
                let value = config.Get(key[(owner.Length + 1)..])
                where value is not null
                select KeyValuePair.Create(key, value)).ToImmutableDictionary();
    }
}
