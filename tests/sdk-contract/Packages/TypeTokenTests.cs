using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Kubernetes.Autoscaling.V2;
using Pulumi.Kubernetes.Core.V1;
using Pulumi.Kubernetes.Helm.V3;
using Pulumi.Kubernetes.Networking.V1;
using Pulumi.Kubernetes.Policy.V1;
using Pulumi.Kubernetes.Rbac.V1;
using Aws = Pulumi.Aws;
using Command = Pulumi.Command.Local;
using Deployment = Pulumi.Kubernetes.Apps.V1.Deployment;

namespace GopherMesh.Tests.SdkContract.Packages;

/// <summary>The type under which each kind of resource reaches the engine.</summary>
public sealed class TypeTokenTests
{
    public static TheoryData<string, Func<string, Resource>> Kubernetes => new()
    {
        { "kubernetes:core/v1:Namespace", name => new Namespace(name) },
        { "kubernetes:core/v1:Service", name => new Service(name) },
        { "kubernetes:core/v1:ServiceAccount", name => new ServiceAccount(name) },
        { "kubernetes:core/v1:ConfigMap", name => new ConfigMap(name) },
        { "kubernetes:core/v1:Secret", name => new Secret(name) },
        { "kubernetes:apps/v1:Deployment", name => new Deployment(name) },
        { "kubernetes:autoscaling/v2:HorizontalPodAutoscaler", name => new HorizontalPodAutoscaler(name) },
        { "kubernetes:policy/v1:PodDisruptionBudget", name => new PodDisruptionBudget(name) },
        { "kubernetes:networking.k8s.io/v1:NetworkPolicy", name => new NetworkPolicy(name) },
        { "kubernetes:rbac.authorization.k8s.io/v1:Role", name => new Role(name) },
        { "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", name => new ClusterRole(name) },
        { "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", name => new RoleBinding(name, new() { RoleRef = Reference }) },
        { "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding", name => new ClusterRoleBinding(name, new() { RoleRef = Reference }) },
        { "kubernetes:helm.sh/v3:Release", name => new Release(name, new() { Chart = "istiod" }) },
        { "pulumi:providers:kubernetes", name => new Pulumi.Kubernetes.Provider(name) },
    };

    public static TheoryData<string, Func<string, Resource>> Cloud => new()
    {
        { "eks:index:Cluster", name => new Pulumi.Eks.Cluster(name) },
        { "command:local:Command", name => new Command.Command(name) },
        { "pulumi:providers:aws", name => new Aws.Provider(name) },
        { "aws:ec2/vpc:Vpc", name => new Aws.Ec2.Vpc(name) },
        { "aws:ec2/subnet:Subnet", name => new Aws.Ec2.Subnet(name, new() { VpcId = "vpc" }) },
        { "aws:ec2/internetGateway:InternetGateway", name => new Aws.Ec2.InternetGateway(name) },
        { "aws:ec2/eip:Eip", name => new Aws.Ec2.Eip(name) },
        { "aws:ec2/natGateway:NatGateway", name => new Aws.Ec2.NatGateway(name, new() { SubnetId = "subnet" }) },
        { "aws:ec2/routeTable:RouteTable", name => new Aws.Ec2.RouteTable(name, new() { VpcId = "vpc" }) },
        { "aws:ec2/route:Route", name => new Aws.Ec2.Route(name, new() { RouteTableId = "table" }) },
        { "aws:ec2/routeTableAssociation:RouteTableAssociation", name => new Aws.Ec2.RouteTableAssociation(name, new() { RouteTableId = "table" }) },
        { "aws:ec2/vpcEndpoint:VpcEndpoint", name => new Aws.Ec2.VpcEndpoint(name, new() { VpcId = "vpc" }) },
        { "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", name => new Aws.Ec2.DefaultSecurityGroup(name) },
        { "aws:ec2/flowLog:FlowLog", name => new Aws.Ec2.FlowLog(name) },
        { "aws:acm/certificate:Certificate", name => new Aws.Acm.Certificate(name) },
        { "aws:acm/certificateValidation:CertificateValidation", name => new Aws.Acm.CertificateValidation(name, new() { CertificateArn = "arn" }) },
        {
            "aws:eks/podIdentityAssociation:PodIdentityAssociation",
            name => new Aws.Eks.PodIdentityAssociation(name, new() { ClusterName = "c", Namespace = "n", ServiceAccount = "s", RoleArn = "arn" })
        },
        { "aws:route53/record:Record", name => new Aws.Route53.Record(name, new() { ZoneId = "Z0", Name = "a.example.com", Type = "CNAME" }) },
        { "aws:route53/zone:Zone", name => new Aws.Route53.Zone(name) },
        { "aws:kms/key:Key", name => new Aws.Kms.Key(name) },
        { "aws:kms/alias:Alias", name => new Aws.Kms.Alias(name, new() { TargetKeyId = "key" }) },
        { "aws:cloudwatch/logGroup:LogGroup", name => new Aws.CloudWatch.LogGroup(name) },
        { "aws:ecr/repository:Repository", name => new Aws.Ecr.Repository(name) },
        { "aws:ecr/lifecyclePolicy:LifecyclePolicy", name => new Aws.Ecr.LifecyclePolicy(name, new() { Policy = "{}", Repository = "gophers" }) },
        { "aws:iam/role:Role", name => new Aws.Iam.Role(name, new() { AssumeRolePolicy = "{}" }) },
        { "aws:iam/rolePolicy:RolePolicy", name => new Aws.Iam.RolePolicy(name, new() { Role = "role", Policy = "{}" }) },
        { "aws:iam/rolePolicyAttachment:RolePolicyAttachment", name => new Aws.Iam.RolePolicyAttachment(name, new() { Role = "role", PolicyArn = "arn" }) },
    };

    private static Pulumi.Kubernetes.Types.Inputs.Rbac.V1.RoleRefArgs Reference => new() { Kind = "Role", Name = "gopher" };

    [Theory]
    [MemberData(nameof(Kubernetes))]
    [MemberData(nameof(Cloud))]
    public async Task A_resource_is_registered_by_its_type_and_read_only_when_asked(string token, Func<string, Resource> declare)
    {
        Resource? resource = null;
        var mocks = await Run.ProgramAsync(() => resource = declare("gopher"));

        Assert.Equal((token, ""), (mocks["gopher"].Type, mocks["gopher"].Id));
        Assert.Equal(token, resource!.GetResourceType());
    }

    [Fact]
    public async Task An_object_that_exists_is_read_by_its_id()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            _ = Service.Get("gateway", "istio-system/istio-ingressgateway");
            _ = Command.Command.Get("push", "command-id");
        });

        Assert.Equal("kubernetes:core/v1:Service", mocks["gateway"].Type);
        Assert.Equal("istio-system/istio-ingressgateway", mocks["gateway"].Id);
        Assert.Empty(mocks["gateway"].Inputs);
        Assert.Equal("command-id", mocks["push"].Id);
    }
}
