using System.Collections.Immutable;
using System.Text.Json;
using Pulumi;

namespace GopherMesh.Infra.Settings;

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
