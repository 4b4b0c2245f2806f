namespace Pulumi.Eks;

public sealed class ClusterArgs : ResourceArgs
{
    [field: Input("accessEntries")]
    public Dictionary<string, Inputs.AccessEntryArgs> AccessEntries { get => field ??= []; set; }

    [Input("authenticationMode")]
    public AuthenticationMode? AuthenticationMode { get; set; }

    [Input("autoMode")]
    public Inputs.AutoModeOptionsArgs? AutoMode { get; set; }

    [field: Input("clusterTags")]
    public InputMap<string> ClusterTags { get => field ??= []; set; }

    [Input("corednsAddonOptions")]
    public Inputs.CoreDnsAddonOptionsArgs? CorednsAddonOptions { get; set; }

    [Input("createInstanceRole")]
    public bool? CreateInstanceRole { get; set; }

    [Input("createOidcProvider")]
    public Input<bool>? CreateOidcProvider { get; set; }

    [Input("deletionProtection")]
    public Input<bool>? DeletionProtection { get; set; }

    [field: Input("enabledClusterLogTypes")]
    public InputList<string> EnabledClusterLogTypes { get => field ??= []; set; }

    [Input("encryptionConfigKeyArn")]
    public Input<string>? EncryptionConfigKeyArn { get; set; }

    [Input("endpointPrivateAccess")]
    public Input<bool>? EndpointPrivateAccess { get; set; }

    [Input("endpointPublicAccess")]
    public Input<bool>? EndpointPublicAccess { get; set; }

    [Input("ipFamily")]
    public Input<string>? IpFamily { get; set; }

    [Input("kubernetesServiceIpAddressRange")]
    public Input<string>? KubernetesServiceIpAddressRange { get; set; }

    [Input("name")]
    public Input<string>? Name { get; set; }

    [Input("nodeAssociatePublicIpAddress")]
    public bool? NodeAssociatePublicIpAddress { get; set; }

    [field: Input("privateSubnetIds")]
    public InputList<string> PrivateSubnetIds { get => field ??= []; set; }

    [field: Input("publicAccessCidrs")]
    public InputList<string> PublicAccessCidrs { get => field ??= []; set; }

    [field: Input("publicSubnetIds")]
    public InputList<string> PublicSubnetIds { get => field ??= []; set; }

    [Input("serviceRole")]
    public Input<Aws.Iam.Role>? ServiceRole { get; set; }

    [Input("skipDefaultNodeGroup")]
    public bool? SkipDefaultNodeGroup { get; set; }

    [Input("skipDefaultSecurityGroups")]
    public bool? SkipDefaultSecurityGroups { get; set; }

    [field: Input("subnetIds")]
    public InputList<string> SubnetIds { get => field ??= []; set; }

    [field: Input("tags")]
    public InputMap<string> Tags { get => field ??= []; set; }

    [Input("upgradePolicy")]
    public Input<Aws.Eks.Inputs.ClusterUpgradePolicyArgs>? UpgradePolicy { get; set; }

    [Input("useDefaultVpcCni")]
    public bool? UseDefaultVpcCni { get; set; }

    [Input("version")]
    public Input<string>? Version { get; set; }

    [Input("vpcId")]
    public Input<string>? VpcId { get; set; }
}
