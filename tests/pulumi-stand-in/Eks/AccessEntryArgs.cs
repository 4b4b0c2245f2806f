namespace Pulumi.Eks.Inputs;

public sealed class AccessEntryArgs : ResourceArgs
{
    [field: Input("accessPolicies")]
    public Dictionary<string, Input<AccessPolicyAssociationArgs>> AccessPolicies { get => field ??= []; set; }

    [field: Input("kubernetesGroups")]
    public InputList<string> KubernetesGroups { get => field ??= []; set; }

    [Input("principalArn", required: true)]
    public Input<string> PrincipalArn { get; set; } = null!;

    [field: Input("tags")]
    public InputMap<string> Tags { get => field ??= []; set; }

    [Input("type")]
    public Input<AccessEntryType>? Type { get; set; }

    [Input("username")]
    public Input<string>? Username { get; set; }
}

public sealed class AccessPolicyAssociationArgs : ResourceArgs
{
    [Input("accessScope", required: true)]
    public Input<Aws.Eks.Inputs.AccessPolicyAssociationAccessScopeArgs> AccessScope { get; set; } = null!;

    [Input("policyArn", required: true)]
    public Input<string> PolicyArn { get; set; } = null!;
}
