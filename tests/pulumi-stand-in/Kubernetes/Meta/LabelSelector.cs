using System.Collections.Immutable;

namespace Pulumi.Kubernetes.Types.Outputs.Meta.V1;

[OutputType]
public sealed class LabelSelector
{
    public readonly ImmutableArray<LabelSelectorRequirement> MatchExpressions;
    public readonly ImmutableDictionary<string, string> MatchLabels;

    [OutputConstructor]
    private LabelSelector(
        ImmutableArray<LabelSelectorRequirement> matchExpressions,
        ImmutableDictionary<string, string> matchLabels)
        => (MatchExpressions, MatchLabels)
            = (matchExpressions, matchLabels);
}

[OutputType]
public sealed class LabelSelectorRequirement
{
    public readonly string Key;
    public readonly string Operator;
    public readonly ImmutableArray<string> Values;

    [OutputConstructor]
    private LabelSelectorRequirement(string key, string @operator, ImmutableArray<string> values)
        => (Key, Operator, Values)
            = (key, @operator, values);
}
