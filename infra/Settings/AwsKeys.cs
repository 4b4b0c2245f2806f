using System.Text.RegularExpressions;
using GopherMesh.Infra.Settings.Parsing;

namespace GopherMesh.Infra.Settings;

/// <summary>The keys of Pulumi's AWS provider that the stack hands on to the provider that it makes.</summary>
public static partial class AwsKeys
{
    /// <summary>The provider's namespace of keys.</summary>
    public const string Namespace = "aws";

    internal static readonly SettingKey<string?> Region = new(
        "region", SchemaType.Text, "", Parse.OptionalText(RegionRule),
        "AWS region of everything that the stack creates, e.g. ap-southeast-2.")
    { OnlyOn = ClusterKind.Eks, Namespace = Namespace };

    internal static readonly SettingKey<string?> Profile = new(
        "profile", SchemaType.Text, "", Parse.OptionalText(text => text.Any(char.IsControl) ? "use the name of a profile" : null),
        "Profile of the AWS credentials; empty: what the environment gives.")
    { OnlyOn = ClusterKind.Eks, Namespace = Namespace };

    private static string? RegionRule(string text) => RegionPattern().IsMatch(text) ? null : "use the code of a region, such as ap-southeast-2";

    [GeneratedRegex(@"\A[a-z]{2,3}(-[a-z]+)+-[1-9]\z")]
    private static partial Regex RegionPattern();
}
