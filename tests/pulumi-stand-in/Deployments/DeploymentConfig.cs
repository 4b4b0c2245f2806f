using System.Collections.Immutable;
using System.Text.Json;

namespace Pulumi;

/// <summary>The stack's configuration, as the engine hands it to a program: JSON in the environment.</summary>
internal sealed record DeploymentConfig(ImmutableDictionary<string, string> Values)
{
    public static DeploymentConfig FromEnvironment()
    {
        var values = ImmutableDictionary.CreateBuilder<string, string>();
        if (Environment.GetEnvironmentVariable("PULUMI_CONFIG") is { } json)
        {
            foreach (var member in JsonDocument.Parse(json).RootElement.EnumerateObject())
                values[Clean(member.Name)] = member.Value.ToString();
        }

        // Which values are secret is of no effect on what Config returns; a malformed list is an error all the same.
        if (Environment.GetEnvironmentVariable("PULUMI_CONFIG_SECRET_KEYS") is { } secretKeys)
            _ = JsonDocument.Parse(secretKeys).RootElement.EnumerateArray().Count();
        return new(values.ToImmutable());
    }

    /// <summary>The old form of a key, <c>namespace:config:name</c>, without its middle.</summary>
    private static string Clean(string key)
        => key.Split(':', 2) is [{ Length: > 0 } space, var name] && name.StartsWith("config:", StringComparison.Ordinal)
            ? $"{space}:{name["config:".Length..]}"
            : key;
}
