namespace Pulumi.Aws.Eks.Inputs;

public sealed class ClusterUpgradePolicyArgs : ResourceArgs
{
    [Input("supportType")]
    public Input<string>? SupportType { get; set; }
}
