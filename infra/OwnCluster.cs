using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Eks;
using GopherMesh.Infra.Eks.LoadBalancer;
using GopherMesh.Infra.Images;
using GopherMesh.Infra.Settings;
using Pulumi;
using Pulumi.Aws.Eks;
using Pulumi.Aws.Inputs;

namespace GopherMesh.Infra;

/// <summary>A cluster that the stack creates on EKS, with its network and image repositories, and deletes again.</summary>
internal static class OwnCluster
{
    public static ClusterHandle Declare(StackSettings settings, Action<string> warn)
    {
        var plan = EksPlan.For(settings.Eks, Deployment.Instance.StackName);
        if (ApiAccess.WarningFor(settings.Eks) is { } warning)
        {
            warn(warning);
        }

        // An explicit provider, because its default tags are on every resource and no resource has to name them.
        var aws = new Pulumi.Aws.Provider("aws", ProviderOf(plan));
        var cluster = new EksCluster("cluster", plan, aws);
        var names = plan.Settings.LoadBalancer.HostedZoneId is { } zone ? new GatewayNames("gateway", zone, settings.Mesh.Hosts, new() { Provider = aws }) : null;
        var images = new PublishedImages("images", plan.Name, plan.Settings, cluster.SecretsKey.Arn, new() { Provider = aws });
        return new()
        {
            Provider = cluster.Provider,
            // A pod gets its role's credentials only if the association is there when the pod is made.
            Ready = [cluster.Nodes, .. Identities(settings.Gophers, plan, cluster, aws)],
            Kubeconfig = cluster.Kubeconfig,
            PublishedImage = images.ReferenceTo,
            Tags = plan.Tags,
            StartsNodesInEveryZone = true,
            Protect = plan.Protect,
            LoadBalancerValues = LoadBalancerValues.For(plan, Certificate(names, plan.Settings.LoadBalancer)),
            PointNamesTo = balancer => names?.PointTo(balancer),
            GatewayNamespaceLabels = LoadBalancerValues.NamespaceLabels,
        };
    }

    private static IEnumerable<PodIdentityAssociation> Identities(GopherSettings gophers, EksPlan plan, EksCluster cluster, Pulumi.Aws.Provider aws) =>
        PodIdentity.RolesOf(gophers).Select(role => new PodIdentityAssociation(
            role.Key,
            new() { ClusterName = plan.Name, Namespace = gophers.Namespace, ServiceAccount = role.Key, RoleArn = role.Value },
            new() { Provider = aws, DependsOn = [cluster.Nodes] }));

    private static Input<string>? Certificate(GatewayNames? made, LoadBalancerSettings balancer) => made is not null ? made.CertificateArn
        : balancer.CertificateArn is { } arn ? (Input<string>)arn
        : null;

    private static Pulumi.Aws.ProviderArgs ProviderOf(EksPlan plan)
    {
        var credentials = plan.Settings.Credentials;
        var args = new Pulumi.Aws.ProviderArgs
        {
            Region = plan.Settings.Region,
            Profile = credentials.Profile!,
            DefaultTags = new ProviderDefaultTagsArgs { Tags = plan.Tags.ToInputs() },
        };
        if (credentials.Role is { } role)
        {
            args.AssumeRoles = [new ProviderAssumeRoleArgs { RoleArn = role.Arn, SessionName = role.SessionName }];
        }

        if (!credentials.AllowedAccountIds.IsEmpty)
        {
            args.AllowedAccountIds = [.. credentials.AllowedAccountIds];
        }

        return args;
    }
}
