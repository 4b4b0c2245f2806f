using System.Collections.Immutable;
using Moq;
using Pulumi.Testing;

namespace GopherMesh.Tests.Unit;

/// <summary>An engine that knows the types which the program is meant to declare, and refuses any other.</summary>
internal static partial class StrictMocks
{
    private static readonly ImmutableHashSet<string> KubernetesTypes =
    [
        "pulumi:providers:kubernetes",
        "kubernetes:apps/v1:Deployment",
        "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
        "kubernetes:core/v1:ConfigMap",
        "kubernetes:core/v1:Namespace",
        "kubernetes:core/v1:Service",
        "kubernetes:core/v1:ServiceAccount",
        "kubernetes:helm.sh/v3:Release",
        "kubernetes:networking.istio.io/v1alpha3:EnvoyFilter",
        "kubernetes:networking.istio.io/v1:DestinationRule",
        "kubernetes:networking.istio.io/v1:Gateway",
        "kubernetes:networking.istio.io/v1:Sidecar",
        "kubernetes:networking.istio.io/v1:VirtualService",
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "kubernetes:policy/v1:PodDisruptionBudget",
        "kubernetes:security.istio.io/v1:AuthorizationPolicy",
        "kubernetes:security.istio.io/v1:PeerAuthentication",
        "kubernetes:storage.k8s.io/v1:StorageClass",
        "kubernetes:telemetry.istio.io/v1:Telemetry",
    ];

    /// <summary>Mocks that note every resource's inputs in <paramref name="inputs"/>.</summary>
    public static IMocks Over(Dictionary<(string Type, string Name), ImmutableDictionary<string, object>> inputs)
    {
        var mocks = new Mock<IMocks>(MockBehavior.Strict);
        mocks.Setup(engine => engine.NewResourceAsync(It.Is<MockResourceArgs>(args => IsKnown(args.Type!))))
            .Returns((MockResourceArgs args) => Task.FromResult(Answer(args, inputs)));
        mocks.Setup(engine => engine.RegisterResourceOutputs(It.IsAny<MockRegisterResourceOutputsRequest>())).Returns(Task.CompletedTask);
        return mocks.Object;
    }

    private static bool IsKnown(string type) => type.StartsWith("gopher-mesh:", StringComparison.Ordinal) || KubernetesTypes.Contains(type);

    private static (string? Id, object State) Answer(
        MockResourceArgs args, Dictionary<(string Type, string Name), ImmutableDictionary<string, object>> inputs)
    {
        // A read passes the id, and its state is the object in the cluster.
        if (!string.IsNullOrEmpty(args.Id))
        {
            return (args.Id, Cluster.State(args.Type!, args.Id));
        }

        lock (inputs)
        {
            inputs.Add((args.Type!, args.Name!), args.Inputs);
        }

        var id = args.Type == "kubernetes:helm.sh/v3:Release" ? $"{args.Inputs["namespace"]}/{args.Inputs["name"]}" : $"{args.Name}-id";
        return (id, args.Inputs);
    }

    /// <summary>The objects in the cluster that the program does not declare.</summary>
    private static class Cluster
    {
        public static ImmutableDictionary<string, object> State(string type, string id) => (type, id) switch
        {
            ("kubernetes:core/v1:Service", "istio-system/istio-ingressgateway") => Map(
                ("status", Map(("loadBalancer", Map(("ingress", ImmutableArray.Create<object>(Map(("hostname", "gophers.elb.example.com"))))))))),
            _ => throw new InvalidOperationException($"There is no {type} called {id}."),
        };

        private static ImmutableDictionary<string, object> Map(params (string Key, object Value)[] members) =>
            members.ToImmutableDictionary(member => member.Key, member => member.Value);
    }
}
