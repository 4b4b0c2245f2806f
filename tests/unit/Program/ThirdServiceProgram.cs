using GopherMesh.Infra.Clusters;
using GopherMesh.Infra.Conventions;
using GopherMesh.Infra.Gophers;
using GopherMesh.Infra.Istio;
using GopherMesh.Infra.Mesh;
using GopherMesh.Infra.Routing;
using GopherMesh.Infra.Security;
using GopherMesh.Infra.Settings;

namespace GopherMesh.Tests.Unit.Program;

/// <summary>A program of its own: the stack's two services and a third one, of which docs/your-own-service.md shows the lines.</summary>
internal static class ThirdServiceProgram
{
    public static IDictionary<string, object?> Declare()
    {
        var (settings, mesh, home) = Ground();

        // docs/your-own-service.md: calls
        var security = new MeshSecurity(settings, mesh, home,
        [
            new(Caller.Gateway, Names.Requester),
            new(Caller.Service(Names.Requester, home.Name), Names.Distributor, "GET"),
            new(Caller.Service(Names.Requester, home.Name), "gopher-auditor", "GET", "POST"),
        ]);
        // end

        _ = new MeshService(Names.Distributor, new()
        {
            Security = security,
            Rollout = settings.Rollout,
            Replicas = settings.Gophers.DistributorReplicas,
            Timeouts = Timeouts.Distributor,
        });
        _ = new MeshService(Names.Requester, new()
        {
            Security = security,
            Gateway = new MeshGateway(settings.Mesh, behindTls: false, home),
            Image = settings.Gophers.RequesterImage,
            Replicas = settings.Gophers.RequesterReplicas,
            Timeouts = Timeouts.Requester,
            Environment = GopherEnvironment.OfRequester(settings),
        });

        // docs/your-own-service.md: service
        var auditor = new MeshService("gopher-auditor", new()
        {
            Security = security,
            Rollout = new(
                Versions: new Dictionary<string, string>
                {
                    ["v1"] = "registry.example.com/gopher-auditor:1.0",
                    ["v2"] = "registry.example.com/gopher-auditor:2.0",
                },
                Stable: "v1",
                Canary: "v2",
                CanaryWeight: 10,
                MirrorPercent: 100,
                PreviewHeader: null),
            Replicas = 2,
            Timeouts = new(OneTry: "1s", AllTries: "4s"),
            Environment = [("AUDIT_FORMAT", "json")],
        });
        // end

        return new Dictionary<string, object?> { ["versions"] = string.Join(", ", auditor.Images.Keys) };
    }

    /// <summary>A program with a call to <paramref name="called"/>, and a service <c>gopher-auditor</c> of an image, of versions, or of both.</summary>
    public static Func<IDictionary<string, object?>> Of(string called, string? image, bool hasVersions, int maxReplicas = 0) => () =>
    {
        var (settings, mesh, home) = Ground();
        _ = new MeshService("gopher-auditor", new()
        {
            Security = new MeshSecurity(settings, mesh, home, [new(Caller.Gateway, called)]),
            Image = image,
            Rollout = hasVersions ? settings.Rollout : null,
            Replicas = 1,
            MaxReplicas = maxReplicas,
            Timeouts = Timeouts.Distributor,
        });
        return new Dictionary<string, object?>();
    };

    private static (StackSettings Settings, IstioMesh Mesh, GopherNamespace Home) Ground()
    {
        var settings = StackSettings.Read(StackConfig.Read());
        var cluster = ExistingCluster.Declare(settings.Cluster);
        var mesh = new IstioMesh(settings.Mesh, telemetry: [], cluster);
        return (settings, mesh, GopherNamespace.Declare(settings, cluster, mesh));
    }
}
