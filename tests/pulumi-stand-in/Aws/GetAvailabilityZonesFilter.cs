namespace Pulumi.Aws.Inputs;

public sealed class GetAvailabilityZonesFilterArgs : InvokeArgs
{
    [Input("name", required: true)]
    public string Name { get; set; } = null!;

    [field: Input("values", required: true)]
    public List<string> Values { get => field ??= []; set; }
}

public sealed class GetAvailabilityZonesFilterInputArgs : ResourceArgs
{
    [Input("name", required: true)]
    public Input<string> Name { get; set; } = null!;

    [field: Input("values", required: true)]
    public InputList<string> Values { get => field ??= []; set; }
}
