namespace Pulumi.Eks.Inputs;

public sealed class AutoModeOptionsArgs : ResourceArgs
{
    [Input("computeConfig")]
    public Input<ClusterComputeConfigArgs>? ComputeConfig { get; set; }

    [Input("createNodeRole")]
    public bool? CreateNodeRole { get; set; } = true;

    [Input("enabled", required: true)]
    public bool Enabled { get; set; }
}

public sealed class ClusterComputeConfigArgs : ResourceArgs
{
    [field: Input("nodePools")]
    public InputList<string> NodePools { get => field ??= []; set; }

    [Input("nodeRoleArn")]
    public Input<string>? NodeRoleArn { get; set; }
}
