using System.Collections.Immutable;

namespace Pulumi.Aws.Iam;

/// <summary>What a service or a person can act as.</summary>
[AwsResourceType("aws:iam/role:Role")]
public class Role : CustomResource
{
    public Role(string name, RoleArgs args, CustomResourceOptions? options = null)
        : base("aws:iam/role:Role", name, args ?? new RoleArgs(), AwsOptions.For(options))
    {
    }

    [Output("arn")]
    public Output<string> Arn { get; private set; } = null!;

    [Output("assumeRolePolicy")]
    public Output<string> AssumeRolePolicy { get; private set; } = null!;

    [Output("description")]
    public Output<string?> Description { get; private set; } = null!;

    [Output("maxSessionDuration")]
    public Output<int?> MaxSessionDuration { get; private set; } = null!;

    [Output("name")]
    public Output<string> Name { get; private set; } = null!;

    [Output("path")]
    public Output<string?> Path { get; private set; } = null!;

    [Output("tags")]
    public Output<ImmutableDictionary<string, string>?> Tags { get; private set; } = null!;

    [Output("uniqueId")]
    public Output<string> UniqueId { get; private set; } = null!;
}

public sealed class RoleArgs : ResourceArgs
{
    [Input("assumeRolePolicy", required: true)]
    public Input<string> AssumeRolePolicy { get; set; } = null!;

    [Input("description")]
    public Input<string>? Description { get; set; }

    [Input("forceDetachPolicies")]
    public Input<bool>? ForceDetachPolicies { get; set; }

    [Input("maxSessionDuration")]
    public Input<int>? MaxSessionDuration { get; set; }

    [Input("name")]
    public Input<string>? Name { get; set; }

    [Input("namePrefix")]
    public Input<string>? NamePrefix { get; set; }

    [Input("path")]
    public Input<string>? Path { get; set; }

    [Input("permissionsBoundary")]
    public Input<string>? PermissionsBoundary { get; set; }

    [field: Input("tags")]
    public InputMap<string> Tags { get => field ??= []; set; }
}
