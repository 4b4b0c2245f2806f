using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using GopherMesh.Gopherctl.Program;
using GopherMesh.Gopherctl.Program.Evaluation;

namespace GopherMesh.Tests.Rehearsal.Pipeline;

/// <summary>
/// What a role needs to deploy what a stack declares, or to preview it: by type, the calls of the provider (terraform-provider-aws, which pulumi-aws
/// is built on, and pulumi-eks) and what they are about. ACCOUNT_ID, HOSTED_ZONE_ID, STATE_BUCKET and STATE_KEY_ID stand for the reader's own.
/// </summary>
internal static class RolePolicy
{
    /// <summary>An account in a declaration, which stands for the reader's.</summary>
    public const string Account = "123456789012";

    private const string Cluster = "arn:aws:eks:REGION:ACCOUNT_ID:cluster/CLUSTER";
    private const string HostedZone = "arn:aws:route53:::hostedzone/HOSTED_ZONE_ID";
    private const string Own = "aws:ResourceTag/project";
    private const string New = "aws:RequestTag/project";

    // What AWS narrows by no resource, and what is asked before a name is known.
    private const string Any = "any";

    // What is made with the stack's tags, and what is done with what has them.
    private const string Made = "made";
    private const string Tagged = "tagged";

    // The roles that the stack makes, by the beginning of their names, and those of others that it gives to pods.
    private const string Roles = "roles";
    private const string PodRoles = "pod roles";

    private static readonly string[] NetworkTypes =
        ["vpc", "subnet", "internet-gateway", "elastic-ip", "natgateway", "route-table", "vpc-endpoint", "vpc-flow-log", "security-group"];

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>By type: what the calls are about, and the calls.</summary>
    private static readonly (string Type, string About, string Actions)[] Rows =
    [
        ("pulumi:providers:aws", Any, "sts:GetCallerIdentity ec2:DescribeAvailabilityZones ec2:DescribeAccountAttributes"),
        ("aws:ec2/vpc:Vpc", Any, "ec2:DescribeVpcs ec2:DescribeVpcAttribute ec2:DescribeNetworkAcls"),
        ("aws:ec2/vpc:Vpc", Made, "ec2:CreateVpc"),
        ("aws:ec2/vpc:Vpc", Tagged, "ec2:DeleteVpc ec2:ModifyVpcAttribute"),
        ("aws:ec2/subnet:Subnet", Any, "ec2:DescribeSubnets ec2:DescribeNetworkInterfaces"),
        ("aws:ec2/subnet:Subnet", Made, "ec2:CreateSubnet"),
        ("aws:ec2/subnet:Subnet", Tagged, "ec2:DeleteSubnet ec2:ModifySubnetAttribute"),
        ("aws:ec2/internetGateway:InternetGateway", Any, "ec2:DescribeInternetGateways"),
        ("aws:ec2/internetGateway:InternetGateway", Made, "ec2:CreateInternetGateway"),
        ("aws:ec2/internetGateway:InternetGateway", Tagged, "ec2:AttachInternetGateway ec2:DetachInternetGateway ec2:DeleteInternetGateway"),
        ("aws:ec2/eip:Eip", Any, "ec2:DescribeAddresses ec2:DescribeAddressesAttribute"),
        ("aws:ec2/eip:Eip", Made, "ec2:AllocateAddress"),
        ("aws:ec2/eip:Eip", Tagged, "ec2:ReleaseAddress"),
        ("aws:ec2/natGateway:NatGateway", Any, "ec2:DescribeNatGateways"),
        ("aws:ec2/natGateway:NatGateway", Made, "ec2:CreateNatGateway"),
        ("aws:ec2/natGateway:NatGateway", Tagged, "ec2:DeleteNatGateway"),
        ("aws:ec2/routeTable:RouteTable", Any, "ec2:DescribeRouteTables"),
        ("aws:ec2/routeTable:RouteTable", Made, "ec2:CreateRouteTable"),
        ("aws:ec2/routeTable:RouteTable", Tagged, "ec2:DeleteRouteTable"),
        ("aws:ec2/route:Route", Tagged, "ec2:CreateRoute ec2:ReplaceRoute ec2:DeleteRoute"),
        ("aws:ec2/routeTableAssociation:RouteTableAssociation", Tagged, "ec2:AssociateRouteTable ec2:DisassociateRouteTable ec2:ReplaceRouteTableAssociation"),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", Any, "ec2:DescribeVpcEndpoints ec2:DescribePrefixLists"),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", Made, "ec2:CreateVpcEndpoint"),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", Tagged, "ec2:ModifyVpcEndpoint ec2:DeleteVpcEndpoints"),
        ("aws:ec2/flowLog:FlowLog", Any, "ec2:DescribeFlowLogs"),
        ("aws:ec2/flowLog:FlowLog", Made, "ec2:CreateFlowLogs"),
        ("aws:ec2/flowLog:FlowLog", Tagged, "ec2:DeleteFlowLogs"),
        // A VPC's default group is there without tags; its rules go before the tags come.
        ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", Any, "ec2:DescribeSecurityGroups ec2:DescribeSecurityGroupRules"),
        ("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "arn:aws:ec2:REGION:ACCOUNT_ID:security-group/*", "ec2:RevokeSecurityGroupIngress ec2:RevokeSecurityGroupEgress"),
        ("aws:cloudwatch/logGroup:LogGroup", Any, "logs:DescribeLogGroups"),
        ("aws:cloudwatch/logGroup:LogGroup", "arn:aws:logs:REGION:ACCOUNT_ID:log-group:/aws/*/CLUSTER/*", "logs:CreateLogGroup logs:DeleteLogGroup logs:PutRetentionPolicy logs:DeleteRetentionPolicy logs:ListTagsForResource logs:TagResource logs:UntagResource"),
        ("aws:iam/role:Role", Roles, "iam:GetRole iam:ListRolePolicies iam:ListAttachedRolePolicies iam:ListInstanceProfilesForRole iam:CreateRole iam:DeleteRole iam:UpdateAssumeRolePolicy iam:TagRole iam:UntagRole"),
        ("aws:iam/rolePolicy:RolePolicy", Roles, "iam:GetRolePolicy iam:PutRolePolicy iam:DeleteRolePolicy"),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "attached", "iam:AttachRolePolicy iam:DetachRolePolicy"),
        ("aws:kms/key:Key", Made, "kms:CreateKey"),
        ("aws:kms/key:Key", Tagged, "kms:DescribeKey kms:GetKeyPolicy kms:GetKeyRotationStatus kms:ListResourceTags kms:EnableKeyRotation kms:UpdateKeyDescription kms:ScheduleKeyDeletion kms:TagResource kms:UntagResource kms:CreateGrant"),
        ("aws:kms/alias:Alias", Any, "kms:ListAliases"),
        ("aws:kms/alias:Alias", "arn:aws:kms:REGION:ACCOUNT_ID:alias/CLUSTER", "kms:CreateAlias kms:UpdateAlias kms:DeleteAlias"),
        ("aws:kms/alias:Alias", Tagged, "kms:CreateAlias kms:UpdateAlias kms:DeleteAlias"),
        ("aws:ecr/repository:Repository", "arn:aws:ecr:REGION:ACCOUNT_ID:repository/CLUSTER/*", "ecr:DescribeRepositories ecr:ListTagsForResource ecr:CreateRepository ecr:DeleteRepository ecr:PutImageTagMutability ecr:PutImageScanningConfiguration ecr:TagResource ecr:UntagResource"),
        ("aws:ecr/lifecyclePolicy:LifecyclePolicy", "arn:aws:ecr:REGION:ACCOUNT_ID:repository/CLUSTER/*", "ecr:GetLifecyclePolicy ecr:PutLifecyclePolicy ecr:DeleteLifecyclePolicy"),
        // The images that `pulumi up` builds and pushes.
        ("command:local:Command", Any, "ecr:GetAuthorizationToken"),
        ("command:local:Command", "arn:aws:ecr:REGION:ACCOUNT_ID:repository/CLUSTER/*", "ecr:BatchGetImage ecr:DescribeImages ecr:BatchCheckLayerAvailability ecr:GetDownloadUrlForLayer ecr:InitiateLayerUpload ecr:UploadLayerPart ecr:CompleteLayerUpload ecr:PutImage"),
        // The component: the cluster, its access entries and its security groups.
        ("eks:index:Cluster", Cluster, "eks:DescribeCluster eks:ListUpdates eks:DescribeUpdate eks:ListAccessEntries eks:DeleteCluster eks:UpdateClusterConfig eks:UpdateClusterVersion eks:AssociateEncryptionConfig eks:CreateAccessEntry eks:TagResource eks:UntagResource"),
        ("eks:index:Cluster", "arn:aws:eks:REGION:ACCOUNT_ID:access-entry/CLUSTER/*", "eks:DescribeAccessEntry eks:ListAssociatedAccessPolicies eks:UpdateAccessEntry eks:DeleteAccessEntry eks:AssociateAccessPolicy eks:DisassociateAccessPolicy eks:TagResource eks:UntagResource"),
        ("eks:index:Cluster", Made, "eks:CreateCluster ec2:CreateSecurityGroup"),
        ("eks:index:Cluster", "arn:aws:ec2:REGION:ACCOUNT_ID:security-group-rule/*", "ec2:AuthorizeSecurityGroupIngress ec2:AuthorizeSecurityGroupEgress"),
        ("eks:index:Cluster", Tagged, "ec2:DeleteSecurityGroup ec2:AuthorizeSecurityGroupIngress ec2:AuthorizeSecurityGroupEgress"),
        ("aws:eks/addon:Addon", Cluster, "eks:CreateAddon"),
        ("aws:eks/addon:Addon", "arn:aws:eks:REGION:ACCOUNT_ID:addon/CLUSTER/*", "eks:DescribeAddon eks:DescribeUpdate eks:UpdateAddon eks:DeleteAddon eks:TagResource eks:UntagResource"),
        ("aws:eks/podIdentityAssociation:PodIdentityAssociation", Cluster, "eks:CreatePodIdentityAssociation"),
        ("aws:eks/podIdentityAssociation:PodIdentityAssociation", "arn:aws:eks:REGION:ACCOUNT_ID:podidentityassociation/CLUSTER/*", "eks:DescribePodIdentityAssociation eks:UpdatePodIdentityAssociation eks:DeletePodIdentityAssociation eks:TagResource eks:UntagResource"),
        ("aws:eks/podIdentityAssociation:PodIdentityAssociation", PodRoles, "iam:PassRole"),
        ("aws:acm/certificate:Certificate", Made, "acm:RequestCertificate acm:AddTagsToCertificate"),
        ("aws:acm/certificate:Certificate", Tagged, "acm:DescribeCertificate acm:ListTagsForCertificate acm:DeleteCertificate acm:RemoveTagsFromCertificate"),
        ("aws:acm/certificateValidation:CertificateValidation", Tagged, "acm:DescribeCertificate"),
        ("aws:route53/zone:Zone", HostedZone, "route53:GetHostedZone route53:ListTagsForResource"),
        ("aws:route53/record:Record", HostedZone, "route53:GetHostedZone route53:ListResourceRecordSets route53:ChangeResourceRecordSets"),
        ("aws:route53/record:Record", "arn:aws:route53:::change/*", "route53:GetChange"),
    ];

    /// <summary>The types that the table covers.</summary>
    public static IReadOnlySet<string> Covered { get; } = Rows.Select(row => row.Type).ToHashSet();

    /// <summary>Types whose resources are made through the cluster's API, by an access entry and not by IAM, and those that make nothing.</summary>
    public static bool NeedsNoGrant(string type) =>
        type.StartsWith("kubernetes:", StringComparison.Ordinal) || type.StartsWith("gopher-mesh:", StringComparison.Ordinal) || type == "pulumi:providers:kubernetes";

    /// <summary>The policy as a file, with what the declared types need.</summary>
    /// <param name="declaration">What the stack declares.</param>
    /// <param name="region">The stack's region.</param>
    /// <param name="reads">Whether only what reads is allowed, as a preview and the detection of drift need.</param>
    public static string For(Declaration declaration, string region, bool reads)
    {
        var types = declaration.Resources.Select(resource => resource.Type).ToHashSet();
        var cluster = declaration.Resources.Single(resource => resource.Type == "eks:index:Cluster").Inputs.Text("name")!;
        var rows = Rows.Where(row => types.Contains(row.Type))
            .Select(row => (row.About, Actions: row.Actions.Split(' ').Where(action => !reads || Reads(action)).ToList())).Where(row => row.Actions.Count > 0).ToList();
        var statements = new JsonArray([.. rows.GroupBy(row => row.About).SelectMany(about => Statements(about.Key, [.. about.SelectMany(row => row.Actions).Distinct()], declaration)), .. Others(declaration, reads)]);
        return new JsonObject { ["Version"] = "2012-10-17", ["Statement"] = statements }.ToJsonString(Json)
            .Replace("REGION", region, StringComparison.Ordinal).Replace("CLUSTER", cluster, StringComparison.Ordinal) + "\n";
    }

    /// <summary>Whether an action changes nothing.</summary>
    public static bool Reads(string action) => action.Split(':')[1] is var name && (name.StartsWith("Describe", StringComparison.Ordinal)
        || name.StartsWith("List", StringComparison.Ordinal) || (name.StartsWith("Get", StringComparison.Ordinal) && name is not ("GetAuthorizationToken" or "GetDownloadUrlForLayer")));

    private static IEnumerable<JsonNode> Statements(string about, string[] actions, Declaration declaration) => about switch
    {
        Any => [Statement("Look", actions, ["*"])],
        // AWS names neither a key nor a cluster before it is made; of the network each kind has a name.
        Made =>
        [
            Statement("MakeNetwork", [.. Of(actions, "ec2:"), "ec2:CreateTags"], Network(), Equal(New, "gopher-mesh")),
            Statement("MakeTagged", [.. actions.Except(Of(actions, "ec2:")), "kms:TagResource"], ["*"], Equal(New, "gopher-mesh")),
            // A subnet is made in a VPC, and that has the tag already.
            Statement("MakeInside", Of(actions, "ec2:").Except(["ec2:CreateVpc", "ec2:CreateInternetGateway", "ec2:AllocateAddress"]), Network(), Equal(Own, "gopher-mesh")),
        ],
        Tagged =>
        [
            .. Of(actions, "ec2:").Take(1).Select(_ => Statement("ChangeOwn", [.. Of(actions, "ec2:"), "ec2:DeleteTags"], Network(), Equal(Own, "gopher-mesh"))),
            Statement("UseOwnKeys", Of(actions, "kms:"), ["arn:aws:kms:REGION:ACCOUNT_ID:key/*"], Equal(Own, "gopher-mesh")),
            .. Of(actions, "acm:").Take(1).Select(_ => Statement("UseOwnCertificates", Of(actions, "acm:"), ["arn:aws:acm:REGION:ACCOUNT_ID:certificate/*"], Equal(Own, "gopher-mesh"))),
        ],
        Roles => [Statement("IamRole", actions, RolesOf(declaration))],
        PodRoles => [Statement("PassPodRoles", actions, PodRolesOf(declaration), Equal("iam:PassedToService", "eks.amazonaws.com", "pods.eks.amazonaws.com"))],
        "attached" => [Statement("AttachPolicies", actions, RolesOf(declaration), new() { ["ArnEquals"] = new JsonObject { ["iam:PolicyARN"] = Texts(Attached(declaration)) } })],
        _ => [Statement(Id(about), actions, [about])],
    };

    private static IEnumerable<JsonNode> Others(Declaration declaration, bool reads)
    {
        if (!reads)
        {
            yield return Statement("PassRoles", ["iam:PassRole"], RolesOf(declaration), Equal("iam:PassedToService", "eks.amazonaws.com", "ec2.amazonaws.com", "vpc-flow-logs.amazonaws.com"));
            yield return Statement("ServiceLinkedRoles", ["iam:CreateServiceLinkedRole"], ["arn:aws:iam::ACCOUNT_ID:role/aws-service-role/*"], Equal("iam:AWSServiceName", "eks.amazonaws.com", "elasticloadbalancing.amazonaws.com"));
        }

        yield return Statement("State", reads ? ["s3:GetObject"] : ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], ["arn:aws:s3:::STATE_BUCKET/*"]);
        yield return Statement("StateList", ["s3:ListBucket"], ["arn:aws:s3:::STATE_BUCKET"]);
        yield return Statement("StateSecrets", reads ? ["kms:Decrypt"] : ["kms:Encrypt", "kms:Decrypt"], ["arn:aws:kms:REGION:ACCOUNT_ID:key/STATE_KEY_ID"]);
    }

    // A role's name begins with its resource's, and its path is a setting.
    private static IEnumerable<string> RolesOf(Declaration declaration) => declaration.Resources.Where(resource => resource.Type == "aws:iam/role:Role")
        .Select(role => $"arn:aws:iam::ACCOUNT_ID:role{role.Inputs.Text("path") ?? "/"}{role.Name.Split('-')[0]}-*").Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<string> PodRolesOf(Declaration declaration) => declaration.Resources.Where(resource => resource.Type == "aws:eks/podIdentityAssociation:PodIdentityAssociation")
        .Select(pods => pods.Inputs.Text("roleArn")!.Replace(Account, "ACCOUNT_ID", StringComparison.Ordinal)).Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<string> Attached(Declaration declaration) =>
        declaration.Resources.Where(resource => resource.Type == "aws:iam/rolePolicyAttachment:RolePolicyAttachment").Select(resource => resource.Inputs.Text("policyArn")!).Distinct().Order(StringComparer.Ordinal);

    private static string[] Of(string[] actions, string service) => [.. actions.Where(action => action.StartsWith(service, StringComparison.Ordinal))];

    private static string[] Network() => [.. NetworkTypes.Select(type => $"arn:aws:ec2:REGION:ACCOUNT_ID:{type}/*")];

    // arn:aws:eks:REGION:ACCOUNT_ID:cluster/CLUSTER is EksCluster.
    private static string Id(string about) => string.Concat(new[] { about.Split(':')[2], about.Split(':')[5].Split('/')[0] }
        .Select(part => string.Concat(part.Where(char.IsAsciiLetter))).Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    private static JsonObject Equal(string key, params string[] values) => new() { ["StringEquals"] = new JsonObject { [key] = values is [var one] ? JsonValue.Create(one) : (JsonNode)Texts(values) } };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    private static JsonObject Statement(string id, IEnumerable<string> actions, IEnumerable<string> resources, JsonObject? condition = null)
    {
        var statement = new JsonObject { ["Sid"] = id, ["Effect"] = "Allow", ["Action"] = Texts(actions.Distinct().Order(StringComparer.Ordinal)), ["Resource"] = Texts(resources) };
        if (condition is not null)
        {
            statement["Condition"] = condition;
        }

        return statement;
    }
}
