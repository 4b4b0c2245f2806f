using GopherMesh.Tests.SdkContract.Support;
using Pulumi;
using Pulumi.Kubernetes.ApiExtensions;
using Pulumi.Kubernetes.Core.V1;
using Pulumi.Kubernetes.Helm.V3;
using Pulumi.Kubernetes.Types.Inputs.Apps.V1;
using Pulumi.Kubernetes.Types.Inputs.Core.V1;
using Pulumi.Kubernetes.Types.Inputs.Helm.V3;
using Pulumi.Kubernetes.Types.Inputs.Meta.V1;
using Pulumi.Utilities;
using CustomResource = Pulumi.Kubernetes.ApiExtensions.CustomResource;
using Deployment = Pulumi.Kubernetes.Apps.V1.Deployment;

namespace GopherMesh.Tests.SdkContract.Packages;

public sealed class KubernetesTests
{
    /// <summary>A pod with what a production Deployment has.</summary>
    private static PodSpecArgs ProductionPod => new()
    {
        AutomountServiceAccountToken = false,
        SecurityContext = new PodSecurityContextArgs { RunAsNonRoot = true, SeccompProfile = new SeccompProfileArgs { Type = "RuntimeDefault" } },
        TopologySpreadConstraints = new TopologySpreadConstraintArgs { MaxSkew = 1, TopologyKey = "zone", WhenUnsatisfiable = "ScheduleAnyway" },
        Containers = new ContainerArgs
        {
            Name = "gopher",
            Env = new EnvVarArgs { Name = "POD_NAME", ValueFrom = new EnvVarSourceArgs { FieldRef = new ObjectFieldSelectorArgs { FieldPath = "metadata.name" } } },
            Ports = new ContainerPortArgs { Name = "http", ContainerPortValue = 8080 },
            ReadinessProbe = new ProbeArgs { HttpGet = new HTTPGetActionArgs { Path = "/readyz", Port = "http" } },
            Lifecycle = new LifecycleArgs { PreStop = new LifecycleHandlerArgs { Sleep = new SleepActionArgs { Seconds = 5 } } },
            SecurityContext = new SecurityContextArgs { Capabilities = new CapabilitiesArgs { Drop = { "ALL" } } },
        },
    };

    [Fact]
    public async Task An_object_says_its_kind_whatever_the_arguments_say()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            _ = new Namespace("plain");
            _ = new Deployment("wrong", new DeploymentArgs { ApiVersion = "v7", Kind = "Job" });
        });

        Assert.Equal(("v1", "Namespace"), (mocks["plain"].Inputs["apiVersion"], mocks["plain"].Inputs["kind"]));
        Assert.Equal(("apps/v1", "Deployment"), (mocks["wrong"].Inputs["apiVersion"], mocks["wrong"].Inputs["kind"]));
    }

    [Fact]
    public async Task A_deployment_reaches_the_mocks_as_its_manifest()
    {
        var mocks = await Run.ProgramAsync(() => _ = new Deployment("gopher", new DeploymentArgs
        {
            Metadata = new ObjectMetaArgs { Name = "gopher", Labels = { ["app"] = "gopher" } },
            Spec = new DeploymentSpecArgs
            {
                Replicas = 3,
                Selector = new LabelSelectorArgs { MatchLabels = { ["app"] = "gopher" } },
                Strategy = new DeploymentStrategyArgs { RollingUpdate = new RollingUpdateDeploymentArgs { MaxSurge = "25%", MaxUnavailable = 0 } },
                Template = new PodTemplateSpecArgs { Spec = ProductionPod },
            },
        }));

        var spec = Run.Map(mocks["gopher"].Inputs["spec"]);
        var update = Run.Map(Run.Map(spec["strategy"])["rollingUpdate"]);
        var pod = Run.Map(Run.Map(spec["template"])["spec"]);
        var container = Run.Map(Assert.Single(Run.List(pod["containers"])));
        Assert.Equal((3.0, "25%", 0.0), (spec["replicas"], update["maxSurge"], update["maxUnavailable"]));
        Assert.Equal(8080.0, Run.Map(Assert.Single(Run.List(container["ports"])))["containerPort"]);
        Assert.Equal("http", Run.Map(Run.Map(container["readinessProbe"])["httpGet"])["port"]);
        Assert.Equal(5.0, Run.Map(Run.Map(Run.Map(container["lifecycle"])["preStop"])["sleep"])["seconds"]);
        Assert.Equal("metadata.name", Run.Map(Run.Map(Run.Map(Assert.Single(Run.List(container["env"])))["valueFrom"])["fieldRef"])["fieldPath"]);
        Assert.Equal("RuntimeDefault", Run.Map(Run.Map(pod["securityContext"])["seccompProfile"])["type"]);
        Assert.Equal(["ALL"], Run.List(Run.Map(Run.Map(container["securityContext"])["capabilities"])["drop"]));
        Assert.Equal(
            ["automountServiceAccountToken", "containers", "securityContext", "topologySpreadConstraints"], pod.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_services_type_is_a_word_whether_typed_or_not()
    {
        var mocks = await Run.ProgramAsync(() =>
        {
            _ = new Service("typed", new ServiceArgs { Spec = new ServiceSpecArgs { Type = ServiceSpecType.LoadBalancer } });
            _ = new Service("word", new ServiceArgs { Spec = new ServiceSpecArgs { Type = "LoadBalancer" } });
        });

        Assert.All(mocks.Resources, service => Assert.Equal("LoadBalancer", Run.Map(service.Inputs["spec"])["type"]));
        Assert.Equal("LoadBalancer", ServiceSpecType.LoadBalancer.ToString());
        Assert.Equal("ClusterIP", (string)ServiceSpecType.ClusterIP);
        Assert.True(ServiceSpecType.NodePort != ServiceSpecType.ExternalName);
    }

    [Fact]
    public async Task Outputs_have_the_shape_of_the_object()
    {
        Service? service = null;
        await Run.ProgramAsync(
            () => service = new Service("gateway", new ServiceArgs { Metadata = new ObjectMetaArgs { Name = "gateway" } }),
            new()
            {
                OnResource = args => ("id", args.Inputs.Add("status", new Dictionary<string, object>
                {
                    ["loadBalancer"] = new Dictionary<string, object> { ["ingress"] = new[] { new Dictionary<string, object> { ["hostname"] = "elb" } } },
                })),
            });

        Assert.Equal("gateway", await OutputUtilities.GetValueAsync(service!.Metadata.Apply(metadata => metadata.Name)));
        Assert.Equal("elb", await OutputUtilities.GetValueAsync(service.Status.Apply(status => status.LoadBalancer.Ingress[0].Hostname)));
    }

    [Fact]
    public async Task A_kind_of_our_own_is_registered_by_its_api_version_and_kind()
    {
        var mocks = await Run.ProgramAsync(() => _ = new CustomResource("route", new RouteArgs
        {
            Metadata = new ObjectMetaArgs { Name = "gopher-distributor" },
            Spec = new RouteSpecArgs { Hosts = { "gopher-distributor.gophers.svc.cluster.local" }, Weight = 50 },
        }));

        var sent = mocks["route"];
        Assert.Equal("kubernetes:networking.istio.io/v1:VirtualService", sent.Type);
        Assert.Equal(("networking.istio.io/v1", "VirtualService"), (sent.Inputs["apiVersion"], sent.Inputs["kind"]));
        Assert.Equal(50.0, Run.Map(sent.Inputs["spec"])["weight"]);
    }

    [Fact]
    public async Task A_kind_that_moved_between_api_groups_keeps_its_former_types_as_aliases()
    {
        List<string?> former = [];
        await Pulumi.Deployment.TestAsync(new RecordingMocks(), Run.Update, () => { _ = new Deployment("gopher", null, new() { ResourceTransformations = [Look] }); });

        Assert.Equal(["kubernetes:apps/v1beta1:Deployment", "kubernetes:apps/v1beta2:Deployment", "kubernetes:extensions/v1beta1:Deployment"], former);

        ResourceTransformationResult? Look(ResourceTransformationArgs seen)
        {
            former.AddRange(seen.Options.Aliases.Select(alias => TypeOf(alias)));
            Assert.False(string.IsNullOrEmpty(seen.Options.Version));
            return null;
        }

        static string? TypeOf(Input<Alias> alias)
            => OutputUtilities.GetValueAsync(alias.Apply(known => known.Type!)).GetAwaiter().GetResult();
    }

    [Fact]
    public async Task A_releases_password_is_a_secret_and_its_values_are_free()
    {
        var args = new ReleaseArgs
        {
            Chart = "istiod",
            RepositoryOpts = new RepositoryOptsArgs { Repo = "https://charts", Password = "hidden" },
            Values = { ["pilot"] = new Dictionary<string, object> { ["autoscaleMin"] = 2, ["env"] = new Dictionary<string, object>() } },
        };
        var mocks = await Run.ProgramAsync(() => _ = new Release("istiod", args));

        var repository = await OutputUtilities.GetValueAsync(args.RepositoryOpts.ToOutput());
        Assert.True(await Output.IsSecretAsync(repository.Password!.ToOutput()));
        Assert.Equal("hidden", Run.Map(mocks["istiod"].Inputs["repositoryOpts"])["password"]);
        Assert.Equal(2.0, Run.Map(Run.Map(mocks["istiod"].Inputs["values"])["pilot"])["autoscaleMin"]);
        Assert.Equal("true", mocks["istiod"].Inputs["compat"]);
    }

    private sealed class RouteArgs() : CustomResourceArgs("networking.istio.io/v1", "VirtualService")
    {
        [Input("spec")]
        public Input<RouteSpecArgs>? Spec { get; set; }
    }

    private sealed class RouteSpecArgs : ResourceArgs
    {
        [Input("hosts")]
        public InputList<string> Hosts { get; set; } = [];

        [Input("weight")]
        public Input<int>? Weight { get; set; }
    }
}
