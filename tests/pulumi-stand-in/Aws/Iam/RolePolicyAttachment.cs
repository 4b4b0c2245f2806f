namespace Pulumi.Aws.Iam;

/// <summary>A policy that a role shares with others.</summary>
[AwsResourceType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")]
public class RolePolicyAttachment : CustomResource
{
    public RolePolicyAttachment(string name, RolePolicyAttachmentArgs args, CustomResourceOptions? options = null)
        : base("aws:iam/rolePolicyAttachment:RolePolicyAttachment", name, args ?? new RolePolicyAttachmentArgs(), AwsOptions.For(options))
    {
    }

    [Output("policyArn")]
    public Output<string> PolicyArn { get; private set; } = null!;

    [Output("role")]
    public Output<string> Role { get; private set; } = null!;
}

public sealed class RolePolicyAttachmentArgs : ResourceArgs
{
    [Input("policyArn", required: true)]
    public Input<string> PolicyArn { get; set; } = null!;

    [Input("role", required: true)]
    public Input<string> Role { get; set; } = null!;
}
