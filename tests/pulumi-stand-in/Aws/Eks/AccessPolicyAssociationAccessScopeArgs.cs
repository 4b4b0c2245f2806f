namespace Pulumi.Aws.Eks.Inputs;

public sealed class AccessPolicyAssociationAccessScopeArgs : ResourceArgs
{
    [field: Input("namespaces")]
    public InputList<string> Namespaces { get => field ??= []; set; }

    [Input("type", required: true)]
    public Input<string> Type { get; set; } = null!;
}
