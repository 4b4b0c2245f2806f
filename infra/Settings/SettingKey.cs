using System.Collections.Immutable;

namespace GopherMesh.Infra.Settings;

/// <summary>
/// One key of the stack's configuration: how its text becomes a value. Its type and description are in Pulumi.yaml's schema, and in
/// docs/settings.md, which is written from there.
/// </summary>
/// <param name="Name">The key without the project's namespace, e.g. <c>canaryWeight</c>.</param>
/// <param name="Default">The schema's default, in the form in which the engine passes it: JSON for arrays and objects.</param>
public abstract record SettingKey(string Name, string Default)
{
    /// <summary>The only kind of cluster on which the key has an effect; null when it has one on both.</summary>
    public ClusterKind? OnlyOn { get; init; }

    /// <summary>The key's namespace: this project, whose keys are in the schema of Pulumi.yaml, or a provider.</summary>
    public string Namespace { get; init; } = Project.Name;

    /// <summary>The name by which the engine and <c>pulumi config set</c> know the key.</summary>
    public string FullName => $"{Namespace}:{Name}";
}

/// <summary>A key whose value is a <typeparamref name="T"/>.</summary>
/// <param name="Name">See <see cref="SettingKey"/>.</param>
/// <param name="Default">See <see cref="SettingKey"/>.</param>
/// <param name="Parse">Turns the text into a value, or says what is wrong with it. Pure.</param>
public sealed record SettingKey<T>(string Name, string Default, Parser<T> Parse) : SettingKey(Name, Default);

/// <summary>A rule over several settings. It applies only when each of them is valid by itself.</summary>
/// <param name="Reads">The settings that it reads; the error names the first.</param>
/// <param name="Problems">The rule; pure. Yields nothing when it is kept.</param>
public sealed record SettingCheck(ImmutableArray<SettingKey> Reads, Func<StackSettings, IEnumerable<Problem>> Problems)
{
    /// <summary>A rule with one possible problem: <paramref name="remedy"/> where <paramref name="broken"/>.</summary>
    public static SettingCheck Refuse(ImmutableArray<SettingKey> reads, Func<StackSettings, bool> broken, Func<StackSettings, string> remedy) =>
        new(reads, settings => broken(settings) ? [new Problem(remedy(settings))] : []);
}
