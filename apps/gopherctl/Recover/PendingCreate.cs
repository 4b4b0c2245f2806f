using System.Text.Json.Nodes;

namespace GopherMesh.Gopherctl.Recover;

/// <summary>A resource whose creation was under way when the engine ended: it may exist, and the state has no identifier of it.</summary>
/// <param name="Resource">The resource as the state's operation has it, with its inputs.</param>
internal sealed record PendingCreate(JsonObject Resource)
{
    // A creation that is repeated finds what exists and goes on (AWS API references of the calls: Attach and Put replace; VPC user guide,
    // "default-security-group": it is taken over; Kubernetes, "Server-Side Apply").
    private static readonly string[] Repeatable =
    [
        "aws:acm/certificateValidation:CertificateValidation", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "aws:ecr/lifecyclePolicy:LifecyclePolicy",
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment", "command:", "kubernetes:", "pulumi:",
    ];

    public string Urn => $"{Resource["urn"]}";

    public string Type => $"{Resource["type"]}";

    /// <summary>The resource's own name, the last part of its URN.</summary>
    public string Name => Urn.Split("::")[^1];

    /// <summary>Whether creating it once more does no harm.</summary>
    public bool CanBeRepeated => Repeatable.Any(prefix => Type.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>
    /// The identifier by which the provider imports it, where its inputs contain it (Terraform registry, hashicorp/aws, "Import" of each
    /// resource); else null.
    /// </summary>
    public string? IdFromInputs => Type switch
    {
        "aws:cloudwatch/logGroup:LogGroup" or "aws:ecr/repository:Repository" or "aws:eks/cluster:Cluster" or "aws:iam/role:Role" or "aws:kms/alias:Alias" => Input("name"),
        "aws:eks/accessEntry:AccessEntry" => $"{Input("clusterName")}:{Input("principalArn")}",
        "aws:eks/accessPolicyAssociation:AccessPolicyAssociation" => $"{Input("clusterName")}#{Input("principalArn")}#{Input("policyArn")}",
        "aws:eks/addon:Addon" => $"{Input("clusterName")}:{Input("addonName")}",
        "aws:iam/rolePolicy:RolePolicy" => $"{Input("role")}:{Input("name")}",
        "aws:route53/record:Record" => $"{Input("zoneId")}_{Input("name").TrimEnd('.')}_{Input("type")}",
        _ => null,
    };

    /// <summary>Whether <see cref="RecoverCommand"/> can find out if it was created.</summary>
    public bool IsKnown => CanBeRepeated || IdFromInputs is not null || Question([]) is not null;

    /// <summary>The arguments of the <c>aws</c> command that waits until the others can use it; null where nothing needs to wait.</summary>
    /// <param name="id">The identifier by which the provider imports it.</param>
    public IReadOnlyList<string>? Wait(string id) => Type switch
    {
        "aws:eks/cluster:Cluster" => ["eks", "wait", "cluster-active", "--name", id],
        "aws:ec2/natGateway:NatGateway" => ["ec2", "wait", "nat-gateway-available", "--nat-gateway-ids", id],
        _ => null,
    };

    /// <summary>
    /// The arguments of the <c>aws</c> command that prints the identifiers of what it can be, where AWS chose the identifier; null for other
    /// kinds. Everything that the stack creates has its tags from the call that creates it.
    /// </summary>
    /// <param name="tags">The tags that tell the stack from others.</param>
    public IReadOnlyList<string>? Question(IEnumerable<KeyValuePair<string, string>> tags)
    {
        string[] filters =
        [
            .. tags.Append(new(nameof(Name), $"{Resource["inputs"]?["tags"]?[nameof(Name)]}"))
                .Where(tag => tag.Value.Length > 0).Select(tag => $"Name=tag:{tag.Key},Values={tag.Value}"),
        ];
        return Type switch
        {
            "aws:eks/podIdentityAssociation:PodIdentityAssociation" =>
            [
                "eks", "list-pod-identity-associations", "--cluster-name", Input("clusterName"), "--namespace", Input("namespace"),
                "--service-account", Input("serviceAccount"), "--query", "associations[].associationId",
            ],
            "aws:ec2/eip:Eip" => ["ec2", "describe-addresses", "--query", "Addresses[].AllocationId", "--filters", .. filters],
            "aws:ec2/flowLog:FlowLog" => ["ec2", "describe-flow-logs", "--query", "FlowLogs[].FlowLogId", "--filter", .. filters],
            "aws:ec2/internetGateway:InternetGateway" => ["ec2", "describe-internet-gateways", "--query", "InternetGateways[].InternetGatewayId", "--filters", .. filters],
            "aws:ec2/natGateway:NatGateway" =>
                ["ec2", "describe-nat-gateways", "--query", "NatGateways[?State=='pending' || State=='available'].NatGatewayId", "--filter", .. filters],
            "aws:ec2/routeTable:RouteTable" => ["ec2", "describe-route-tables", "--query", "RouteTables[].RouteTableId", "--filters", .. filters],
            "aws:ec2/subnet:Subnet" => ["ec2", "describe-subnets", "--query", "Subnets[].SubnetId", "--filters", .. filters],
            "aws:ec2/vpc:Vpc" => ["ec2", "describe-vpcs", "--query", "Vpcs[].VpcId", "--filters", .. filters],
            "aws:ec2/vpcEndpoint:VpcEndpoint" => ["ec2", "describe-vpc-endpoints", "--query", "VpcEndpoints[?State!='deleted'].VpcEndpointId", "--filters", .. filters],
            "aws:ec2/route:Route" =>
            [
                "ec2", "describe-route-tables", "--route-table-ids", Input("routeTableId"),
                "--query", $"RouteTables[].Routes[?DestinationCidrBlock=='{Input("destinationCidrBlock")}'].DestinationCidrBlock[]",
            ],
            "aws:ec2/routeTableAssociation:RouteTableAssociation" =>
            [
                "ec2", "describe-route-tables", "--route-table-ids", Input("routeTableId"),
                "--query", $"RouteTables[].Associations[?SubnetId=='{Input("subnetId")}'].SubnetId[]",
            ],
            "aws:acm/certificate:Certificate" or "aws:kms/key:Key" =>
            [
                "resourcegroupstaggingapi", "get-resources", "--resource-type-filters", Type.StartsWith("aws:kms", StringComparison.Ordinal) ? "kms:key" : "acm:certificate",
                "--query", "ResourceTagMappingList[].ResourceARN", "--tag-filters", .. tags.Select(tag => $"Key={tag.Key},Values={tag.Value}"),
            ],
            _ => null,
        };
    }

    /// <summary>
    /// The arguments of the <c>aws</c> command that prints something only where a candidate is in use: a key of an earlier stack keeps its tags while
    /// it waits for its deletion. Null where every candidate counts.
    /// </summary>
    /// <param name="id">The candidate's identifier.</param>
    public IReadOnlyList<string>? Check(string id) => Type == "aws:kms/key:Key"
        ? ["kms", "describe-key", "--key-id", id, "--query", "[KeyMetadata][?KeyState=='Enabled'].KeyId"]
        : null;

    /// <summary>The identifier by which the provider imports it, from one word of the answer to <see cref="Question"/>.</summary>
    public string IdFrom(string word) => Type switch
    {
        "aws:eks/podIdentityAssociation:PodIdentityAssociation" => $"{Input("clusterName")},{word}",
        "aws:ec2/route:Route" => $"{Input("routeTableId")}_{word}",
        "aws:ec2/routeTableAssociation:RouteTableAssociation" => $"{word}/{Input("routeTableId")}",
        // The last part of an ARN.
        "aws:kms/key:Key" => word.Split('/')[^1],
        _ => word,
    };

    private string Input(string name) => $"{Resource["inputs"]?[name]}";
}
