namespace Pulumi.Kubernetes.Types.Inputs.Rbac.V1;

public class PolicyRuleArgs : ResourceArgs
{
    [field: Input("apiGroups")]
    public InputList<string> ApiGroups { get => field ??= []; set; }

    [field: Input("nonResourceURLs")]
    public InputList<string> NonResourceURLs { get => field ??= []; set; }

    [field: Input("resourceNames")]
    public InputList<string> ResourceNames { get => field ??= []; set; }

    [field: Input("resources")]
    public InputList<string> Resources { get => field ??= []; set; }

    [field: Input("verbs", required: true)]
    public InputList<string> Verbs { get => field ??= []; set; }
}

public class RoleRefArgs : ResourceArgs
{
    [Input("apiGroup")]
    public Input<string>? ApiGroup { get; set; }

    [Input("kind", required: true)]
    public Input<string> Kind { get; set; } = null!;

    [Input("name", required: true)]
    public Input<string> Name { get; set; } = null!;
}

public class SubjectArgs : ResourceArgs
{
    [Input("apiGroup")]
    public Input<string>? ApiGroup { get; set; }

    [Input("kind", required: true)]
    public Input<string> Kind { get; set; } = null!;

    [Input("name", required: true)]
    public Input<string> Name { get; set; } = null!;

    [Input("namespace")]
    public Input<string>? Namespace { get; set; }
}
