using System.Collections.Immutable;

namespace Pulumi.Kubernetes.Types.Outputs.Networking.V1;

[OutputType]
public sealed class NetworkPolicySpec
{
    public readonly Meta.V1.LabelSelector PodSelector;
    public readonly ImmutableArray<string> PolicyTypes;

    [OutputConstructor]
    private NetworkPolicySpec(Meta.V1.LabelSelector podSelector, ImmutableArray<string> policyTypes)
        => (PodSelector, PolicyTypes)
            = (podSelector, policyTypes);
}
