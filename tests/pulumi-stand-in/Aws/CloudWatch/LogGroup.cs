using System.Collections.Immutable;

namespace Pulumi.Aws.CloudWatch;

/// <summary>A group of log streams.</summary>
[AwsResourceType("aws:cloudwatch/logGroup:LogGroup")]
public class LogGroup : CustomResource
{
    public LogGroup(string name, LogGroupArgs? args = null, CustomResourceOptions? options = null)
        : base("aws:cloudwatch/logGroup:LogGroup", name, args ?? new LogGroupArgs(), AwsOptions.For(options))
    {
    }

    [Output("arn")]
    public Output<string> Arn { get; private set; } = null!;

    [Output("kmsKeyId")]
    public Output<string?> KmsKeyId { get; private set; } = null!;

    [Output("logGroupClass")]
    public Output<string> LogGroupClass { get; private set; } = null!;

    [Output("name")]
    public Output<string> Name { get; private set; } = null!;

    [Output("retentionInDays")]
    public Output<int?> RetentionInDays { get; private set; } = null!;

    [Output("tags")]
    public Output<ImmutableDictionary<string, string>?> Tags { get; private set; } = null!;
}

public sealed class LogGroupArgs : ResourceArgs
{
    [Input("kmsKeyId")]
    public Input<string>? KmsKeyId { get; set; }

    [Input("logGroupClass")]
    public Input<string>? LogGroupClass { get; set; }

    [Input("name")]
    public Input<string>? Name { get; set; }

    [Input("namePrefix")]
    public Input<string>? NamePrefix { get; set; }

    [Input("region")]
    public Input<string>? Region { get; set; }

    [Input("retentionInDays")]
    public Input<int>? RetentionInDays { get; set; }

    [Input("skipDestroy")]
    public Input<bool>? SkipDestroy { get; set; }

    [field: Input("tags")]
    public InputMap<string> Tags { get => field ??= []; set; }
}
