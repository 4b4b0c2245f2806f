using GopherMesh.Infra.Settings.Parsing;

namespace GopherMesh.Infra.Settings;

/// <summary>One key of the stack's configuration: its entry in Pulumi.yaml's schema and how its text becomes a value.</summary>
/// <param name="Name">The key without the project's namespace, e.g. <c>canaryWeight</c>.</param>
/// <param name="Type">Its type in the schema, one of <see cref="SchemaType"/>.</param>
/// <param name="Default">The text that stands for an absent value; JSON for arrays and objects, as the engine passes them.</param>
/// <param name="Description">What it means, with unit and range; the same words as in Pulumi.yaml.</param>
public abstract record SettingKey(string Name, string Type, string Default, string Description)
{
    /// <summary>The only kind of cluster on which the key has an effect; null when it has one on both.</summary>
    public ClusterKind? OnlyOn { get; init; }

    /// <summary>Whose key it is: this project's, whose keys are in the schema of Pulumi.yaml, or a provider's.</summary>
    public string Namespace { get; init; } = Project.Name;

    /// <summary>The name by which the engine and <c>pulumi config set</c> know the key.</summary>
    public string FullName => $"{Namespace}:{Name}";
}

/// <summary>A key whose value is a <typeparamref name="T"/>.</summary>
/// <param name="Name">See <see cref="SettingKey"/>.</param>
/// <param name="Type">See <see cref="SettingKey"/>.</param>
/// <param name="Default">See <see cref="SettingKey"/>.</param>
/// <param name="Parse">Turns the text into a value, or says what is wrong with it. Pure.</param>
/// <param name="Description">See <see cref="SettingKey"/>.</param>
public sealed record SettingKey<T>(string Name, string Type, string Default, Parser<T> Parse, string Description)
    : SettingKey(Name, Type, Default, Description);
