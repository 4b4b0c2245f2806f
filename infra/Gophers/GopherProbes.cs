using GopherMesh.Infra.Conventions;
using Pulumi.Kubernetes.Types.Inputs.Core.V1;

namespace GopherMesh.Infra.Gophers;

/// <summary>How the kubelet learns that a gopher has started, is ready for requests, and is alive.</summary>
internal static class GopherProbes
{
    /// <summary>Checked every second, so that a pod gets requests soon after its start; half a minute is far more than any start takes.</summary>
    public static ProbeArgs Startup() => new()
    {
        HttpGet = Get("/healthz"),
        PeriodSeconds = 1,
        TimeoutSeconds = 1,
        FailureThreshold = 30,
    };

    /// <summary>A pod leaves the Service after about four seconds of failures; a single slow answer has no effect. The probe calls no other service.</summary>
    public static ProbeArgs Readiness() => new()
    {
        HttpGet = Get("/readyz"),
        PeriodSeconds = 2,
        TimeoutSeconds = 1,
        FailureThreshold = 2,
    };

    /// <summary>The container is restarted after half a minute without an answer: a restart loses the requests under way, so it comes last.</summary>
    public static ProbeArgs Liveness() => new()
    {
        HttpGet = Get("/healthz"),
        PeriodSeconds = 10,
        TimeoutSeconds = 2,
        FailureThreshold = 3,
    };

    private static HTTPGetActionArgs Get(string path) => new() { Path = path, Port = Names.HttpPort };
}
