using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace Pulumi;

/// <summary>
/// The configuration in one namespace, by default that of the project. A value of the wrong type is a <see cref="RunException"/>.
/// </summary>
public sealed class Config
{
    private readonly string _name;

    public Config(string? name = null)
    {
        name ??= Deployment.Instance.ProjectName;
        _name = name.EndsWith(":config", StringComparison.Ordinal) ? name[..^":config".Length] : name;
    }

    public string? Get(string key) => Deployment.Required.Config.Values.GetValueOrDefault(FullKey(key));

    public bool? GetBoolean(string key) => Get(key) switch
    {
        null => null,
        "true" => true,
        "false" => false,
        var value => throw WrongType(key, value, nameof(Boolean)),
    };

    public int? GetInt32(string key)
        => Get(key) is not { } value ? null
            : int.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number
            : throw WrongType(key, value, nameof(Int32));

    public double? GetDouble(string key)
        => Get(key) is not { } value ? null
            : double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number
            : throw WrongType(key, value, nameof(Double));

    [return: MaybeNull]
    public T GetObject<T>(string key) => Parse<T>(key, null);

    [return: MaybeNull]
    public T GetObject<T>(string key, JsonSerializerOptions options) => Parse<T>(key, options);

    public string Require(string key) => Get(key) ?? throw Missing(key);

    public bool RequireBoolean(string key) => GetBoolean(key) ?? throw Missing(key);

    public int RequireInt32(string key) => GetInt32(key) ?? throw Missing(key);

    public double RequireDouble(string key) => GetDouble(key) ?? throw Missing(key);

    public T RequireObject<T>(string key) => Get(key) is null ? throw Missing(key) : Parse<T>(key, null)!;

    public T RequireObject<T>(string key, JsonSerializerOptions options) => Get(key) is null ? throw Missing(key) : Parse<T>(key, options)!;

    [return: MaybeNull]
    private T Parse<T>(string key, JsonSerializerOptions? options)
    {
        var value = Get(key);
        try
        {
            return value is null ? default : JsonSerializer.Deserialize<T>(value, options);
        }
        catch (JsonException e)
        {
            throw WrongType(key, value, typeof(T).FullName!, e);
        }
    }

    private string FullKey(string key) => $"{_name}:{key}";

    private RunException WrongType(string key, string? value, string type, Exception? inner = null)
        => new($"Configuration '{FullKey(key)}' value '{value}' is not a valid {type}", inner);

    private RunException Missing(string key)
        => new(
            $"Missing Required configuration variable '{FullKey(key)}'\n" +
            $"\tplease set a value using the command `pulumi config set {FullKey(key)} <value>`");

    public Output<string>? GetSecret(string key) => Get(key) is { } value ? Output.CreateSecret(value) : null;

    public Output<T>? GetSecretObject<T>(string key) => Get(key) is null ? null : Output.CreateSecret(Parse<T>(key, null)!);

    public Output<string> RequireSecret(string key) => Output.CreateSecret(Require(key));
}

/// <summary>The stack's configuration, as the engine hands it to a program: JSON in the environment.</summary>
internal sealed record DeploymentConfig(ImmutableDictionary<string, string> Values)
{
    public static DeploymentConfig FromEnvironment()
    {
        var values = ImmutableDictionary.CreateBuilder<string, string>();
        if (Environment.GetEnvironmentVariable("PULUMI_CONFIG") is { } json)
        {
            foreach (var member in JsonDocument.Parse(json).RootElement.EnumerateObject())
            {
                values[Clean(member.Name)] = member.Value.ToString();
            }
        }

        // Config returns the same whichever values are secret; but a malformed list is an error.
        if (Environment.GetEnvironmentVariable("PULUMI_CONFIG_SECRET_KEYS") is { } secretKeys)
        {
            _ = JsonDocument.Parse(secretKeys).RootElement.EnumerateArray().Count();
        }

        return new(values.ToImmutable());
    }

    /// <summary>The old form of a key, <c>namespace:config:name</c>, without its middle.</summary>
    private static string Clean(string key)
        => key.Split(':', 2) is [{ Length: > 0 } space, var name] && name.StartsWith("config:", StringComparison.Ordinal)
            ? $"{space}:{name["config:".Length..]}"
            : key;
}
